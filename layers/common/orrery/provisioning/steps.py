"""The steps of every saga, each pair of ensure and remove on neighbouring lines.

A state of a state machine, its step here and the data plane's function are one word (EnsureDatabase, `ensure_database`). The id travels,
the facts are read again at each step: a step whose generation is no longer the newest, or is settled already, raises `Superseded`, and its
execution ends quietly. Every step may run twice; none waits or tries again by itself, that is the state machine's to do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from orrery.dataplane.port import DataPlane
from orrery.errors import Conflict, NotFound, NotReadyYet, StaleGeneration, Superseded
from orrery.model.deployment import Deployment, Health, Observed
from orrery.provisioning import environment, guard
from orrery.provisioning.marks import MARKS, Error
from orrery.provisioning.specs import ref_of, spec_of
from orrery.store import deployments, observed, removals
from orrery.store import environment as store

Step = Callable[[DataPlane, Deployment], None]

STEPS: Mapping[str, Step] = {
    "ensure_namespace": lambda plane, wanted: _ensure_namespace(plane, wanted),
    "remove_namespace": lambda plane, wanted: plane.remove_namespace(ref_of(wanted)),
    "ensure_database": lambda plane, wanted: plane.ensure_database(spec_of(wanted)),
    "remove_database": lambda plane, wanted: plane.remove_database(ref_of(wanted)),
    "ensure_broker": lambda plane, wanted: plane.ensure_broker(spec_of(wanted)),
    "remove_broker": lambda plane, wanted: plane.remove_broker(ref_of(wanted)),
    "ensure_release": lambda plane, wanted: _ensure_release(plane, wanted),
    "restore_release": lambda plane, wanted: _ensure_release(plane, _good(wanted)),
    "remove_release": lambda plane, wanted: plane.remove_release(ref_of(wanted)),
    "ensure_airflow": lambda plane, wanted: plane.ensure_airflow(spec_of(wanted)),
    "restore_airflow": lambda plane, wanted: plane.ensure_airflow(spec_of(_good(wanted))),
    "remove_airflow": lambda plane, wanted: plane.remove_airflow(ref_of(wanted)),
    "ensure_queues": lambda plane, wanted: plane.ensure_queues(spec_of(wanted)),
    "ensure_drained": lambda plane, wanted: plane.ensure_queues(spec_of(wanted)),
    "restore_queues": lambda plane, wanted: plane.ensure_queues(spec_of(_good(wanted))),
    "remove_queues": lambda plane, wanted: plane.remove_queues(ref_of(wanted)),
    "ensure_ingress": lambda plane, wanted: _ensure_ingress(plane, wanted),
    "restore_ingress": lambda plane, wanted: plane.ensure_ingress(spec_of(_good(wanted))),
    "remove_ingress": lambda plane, wanted: plane.remove_ingress(ref_of(wanted)),
    "await_healthy": lambda plane, wanted: _await_healthy(plane, wanted),
}


@dataclass(frozen=True)
class Saga:
    """Which saga a step belongs to: one generation of one Deployment, and the first error if it is already turning back."""

    organization: str
    deployment: str
    generation: int
    error: Error


def run(step: str, saga: Saga, *, connect: Callable[[], DataPlane]) -> None:
    """Does one step; `connect` gives the data plane, and is only called by steps that touch it."""
    wanted = _wanted(saga)
    if step in MARKS:
        _mark(step, wanted, saga.error)
    elif wanted.is_settled:
        raise Superseded(f"generation {wanted.generation} of deployment `{wanted.name}` is settled; nothing is left to do")
    else:
        if step.startswith("remove_"):
            guard.admit(wanted)
        STEPS[step](connect(), wanted)


def _wanted(saga: Saga) -> Deployment:
    try:
        wanted = deployments.load(saga.organization, saga.deployment)
    except NotFound as gone:
        raise Superseded(f"deployment `{saga.deployment}` is gone") from gone
    if wanted.generation != saga.generation:
        raise Superseded(f"deployment `{wanted.name}` is at generation {wanted.generation}; generation {saga.generation} is over")
    return wanted


def _mark(step: str, wanted: Deployment, error: Error) -> None:
    try:
        MARKS[step](wanted, error)
    except StaleGeneration as newer:
        raise Superseded(f"deployment `{wanted.name}` changed while generation {wanted.generation} was ending") from newer


def _good(wanted: Deployment) -> Deployment:
    """The last settings that ran well, under the generation of now: a home ignores specs of an older one."""
    good = deployments.good(wanted.id)
    if good is None:
        raise Conflict(f"deployment `{wanted.name}` has no earlier settings to go back to")
    return replace(good, generation=wanted.generation)


def _ensure_namespace(plane: DataPlane, wanted: Deployment) -> None:
    """Counted before it is there and until it is forgotten, so that nothing is there uncounted and nothing is let go twice."""
    removals.place(wanted)
    plane.ensure_namespace(spec_of(wanted))


def _ensure_release(plane: DataPlane, wanted: Deployment) -> None:
    """What was given is noted after it was given: a run cut short between the two gives it again."""
    has = environment.of(wanted)
    plane.ensure_release(spec_of(wanted, has))
    store.keep_given(wanted.id, has.digest)


def _await_healthy(plane: DataPlane, wanted: Deployment) -> None:
    """Before it gets its door: until then its host leads to whoever can say that it is starting."""
    seen = plane.observe(ref_of(wanted))
    if seen.generation < wanted.generation:
        raise NotReadyYet("its Airflow is still starting")
    if not seen.healthy:
        raise NotReadyYet(seen.reason or "its Airflow is not healthy yet")


def _ensure_ingress(plane: DataPlane, wanted: Deployment) -> None:
    """What the saga sees now is newer than what the agent last told: without it a Deployment just made would be shown as unhealthy, or
    without an address, for a moment. Incidents stay the agent's to tell and to take back.
    """
    plane.ensure_ingress(spec_of(wanted))
    seen, known = plane.observe(ref_of(wanted)), observed.load(wanted.id).incidents
    health = Health.HEALTHY if seen.healthy else Health.UNHEALTHY
    observed.save(wanted.id, Observed(health, seen.reason, seen.address, seen.generation, datetime.now(UTC), known))
