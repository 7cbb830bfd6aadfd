"""What is shown of Deployments, gathered in a handful of reads however many there are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orrery.api.wire.deployments import Deployment, Seen
from orrery.model import deployment as model
from orrery.model.deploy import Release
from orrery.model.deployment import Health, Observed
from orrery.store import clusters, deploys, observed, workspaces

FRESH = timedelta(seconds=60)
"""What an agent told longer ago is no knowledge any more."""


def render(organization_id: str, found: Sequence[model.Deployment]) -> list[Deployment]:
    """Deployments of one Organization as they go over the wire."""
    ids = {each.id for each in found}
    seen, releases = observed.several(ids), deploys.releases(ids)
    heard = observed.heard({each.cluster_id for each in found})
    serving = {each.id: each for each in clusters.serving(organization_id)} if found else {}
    names = workspaces.names(organization_id, {each.workspace_id for each in found})
    now = datetime.now(UTC)
    return [
        Deployment.of(
            Seen(
                deployment=each,
                observed=_as_of(now, heard.get(each.cluster_id), seen.get(each.id, Observed())),
                release=releases.get(each.id, Release(each.id)),
                cluster=serving.get(each.cluster_id),
                workspace_name=names.get(each.workspace_id, ""),
            )
        )
        for each in found
    ]


def one(deployment: model.Deployment) -> Deployment:
    """One Deployment as it goes over the wire."""
    return render(deployment.organization_id, [deployment])[0]


def _as_of(now: datetime, heard: datetime | None, last: Observed) -> Observed:
    """What was observed, as far as it can still be believed."""
    if heard is None:
        return replace(last, health=Health.UNKNOWN, reason="its cluster's agent has not reported yet")
    if now - heard > FRESH:
        return replace(last, health=Health.UNKNOWN, reason=f"its cluster's agent has been silent since {heard:%Y-%m-%d %H:%M:%S} UTC")
    return last
