"""The steps of a cluster's saga: it is within reach, its agent is there, and the agent has been heard.

The same rules as for a Deployment's (`steps`): the id travels, the facts are read again, a step may run twice and none waits by itself. A
cluster that serves already keeps its agent when new facts do not work out: Deployments live on it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from orrery.dataplane.port import ClusterPlane
from orrery.errors import NotReadyYet, StaleGeneration, Superseded
from orrery.minting import LIFE, agent_token, digest
from orrery.model.cluster import Cluster, ClusterStatus
from orrery.provisioning.trouble import words
from orrery.settings import settings
from orrery.store import clusters, observed, registrations, writes

Error = Mapping[str, str]


def run(step: str, cluster_id: str, generation: int, error: Error, *, connect: Callable[[], ClusterPlane]) -> None:
    """Does one step; `connect` gives the data plane, and is only called by steps that touch it."""
    registration = registrations.load(cluster_id)
    if registration is None or registration.generation != generation:
        raise Superseded(f"cluster `{cluster_id}` was registered anew; generation {generation} is over")
    cluster = clusters.load("", cluster_id)
    if step in MARKS:
        _mark(step, cluster, error)
    else:
        STEPS[step](connect(), cluster)


def _mark(step: str, cluster: Cluster, error: Error) -> None:
    try:
        MARKS[step](cluster, error)
    except StaleGeneration as newer:
        raise Superseded(f"cluster `{cluster.name}` was registered anew while this was ending") from newer


def _ensure_agent(plane: ClusterPlane, cluster: Cluster) -> None:
    """A token that is there and known stays; else a new one takes its place, first in our table and then there."""
    known, token = registrations.agent(cluster.id), plane.agent_token(cluster.id)
    if known is None or digest(token) != known.hash:
        now = datetime.now(UTC)
        made = agent_token(cluster.id, now, now + LIFE)
        registrations.replace_agent(cluster.id, made.hash, now + LIFE, before=known)
        token = made.value
    plane.ensure_agent(cluster.id, token=token, api_url=settings().api_url)


def _await_agent(plane: ClusterPlane, cluster: Cluster) -> None:
    """Heard since it was registered: an agent reports every ten seconds at least."""
    heard = observed.heartbeat(cluster.id)
    if heard is None or heard < cluster.updated_at:
        raise NotReadyYet(plane.agent_trouble(cluster.id) or "its agent has not been heard yet")


def _remove_agent(plane: ClusterPlane, cluster: Cluster) -> None:
    if not cluster.is_open:
        plane.remove_agent(cluster.id)
        registrations.forget_agent(cluster.id)


def _mark_ready(cluster: Cluster, error: Error) -> None:
    if cluster.status is not ClusterStatus.CREATED:
        writes.commit(clusters.changed(cluster.registered(datetime.now(UTC))))


def _mark_failed(cluster: Cluster, error: Error) -> None:
    if cluster.status in (ClusterStatus.CREATING, ClusterStatus.UPDATING):
        writes.commit(clusters.changed(cluster.failed(words(error), datetime.now(UTC))))


STEPS: Mapping[str, Callable[[ClusterPlane, Cluster], None]] = {
    "ensure_reach": lambda plane, cluster: plane.check_cluster(cluster.id),
    "ensure_agent": _ensure_agent,
    "await_agent": _await_agent,
    "remove_agent": _remove_agent,
}
MARKS: Mapping[str, Callable[[Cluster, Error], None]] = {"mark_cluster_ready": _mark_ready, "mark_cluster_failed": _mark_failed}
