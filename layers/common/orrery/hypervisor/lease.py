"""A plan on its way to an agent: targets with a generation and an end, and what in a plan is news."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from orrery.hypervisor.plan import Action, Cause, Decision, Plan

LIFE = timedelta(seconds=90)
"""How long targets hold: nine plans may go missing before an agent scales by itself."""

RENEWED = timedelta(seconds=45)
"""A lease that says nothing new is written again only when less than this is left of it: half the writes cost half the money."""

RENEWED_AT_REST = timedelta(seconds=75)
"""The same, where the next look is a minute away."""


WORDS = {
    Cause.SILENT: "the cluster is silent",
    Cause.CLOSING: "no worker may run on this queue any more",
    Cause.OVER_CEILING: "more workers run than may",
    Cause.DEMAND: "more tasks or a higher floor than the workers are enough for",
    Cause.AHEAD: "more workers will be needed before a new one could serve",
    Cause.AT_CEILING: "as many workers as may run",
    Cause.RIGHT_SIZED: "as many workers as are needed",
    Cause.AT_REST: "nothing is to do",
    Cause.ALL_BUSY: "more workers than are needed, and all of them are busy",
    Cause.JUST_IDLE: "more workers than are needed, idle for less time than a start takes",
    Cause.IDLE: "more workers than are needed, and idle",
    Cause.PACKED: "what comes fits on fewer workers",
}
"""What a target says of its cause: the numbers are in the decision, and would cost a lease a second kilobyte every ten seconds."""


@dataclass(frozen=True)
class Target:
    """How many workers one queue should have, and the class of the reason why."""

    deployment_id: str
    queue: str
    workers: int
    deployment_generation: int
    cause: str

    @property
    def reason(self) -> str:
        return WORDS[Cause(self.cause)]


@dataclass(frozen=True)
class Lease:
    """The newest targets of a shard; its generation counts how often they were written.

    A queue at rest needs no target: while a lease is in force, an agent keeps what has none at what it is, within its bounds.
    """

    generation: int
    issued_at: datetime
    expires_at: datetime
    targets: tuple[Target, ...]
    queues: int = 0
    """How many queues it was planned for."""


def renew(last: Lease | None, plan: Plan, now: datetime, *, renewed: timedelta = RENEWED) -> Lease | None:
    """The lease that follows from a plan, or nothing when the last one still says the same for at least `renewed`.

    What is planned for a silent cluster ends at once: nobody should act on it, and it is kept only to know what has been told.
    """
    targets = tuple(Target(d.deployment, d.queue, d.target, d.generation, d.cause) for d in plan if d.cause is not Cause.AT_REST)
    silent = any(decision.cause is Cause.SILENT for decision in plan)
    same = last is not None and last.targets == targets and bool(last.queues) == bool(plan)
    if last and same and (silent or not plan or last.expires_at - now > renewed):
        return None
    return Lease(last.generation + 1 if last else 1, now, now if silent else now + LIFE, targets, len(plan))


def news(last: Lease | None, plan: Plan) -> tuple[Decision, ...]:
    """What is worth remembering: every action, and a hold when its cause is not what it was; a queue without a target was at rest."""
    before = Cause.AT_REST.value if last else ""
    told = {(target.deployment_id, target.queue): target.cause for target in last.targets} if last else {}
    return tuple(d for d in plan if d.action is not Action.HOLD or told.get((d.deployment, d.queue), before) != d.cause)


def merge(leases: Iterable[Lease]) -> Lease | None:
    """The leases of a cluster's shards as the one that its agent is given; None when there are none.

    It ends with the first of them: an agent plans by itself for all that it sees, or for nothing. An empty shard has no say. Where two
    speak of one queue, because a shard was split, the newer one counts.
    """
    every = sorted(leases, key=lambda lease: lease.issued_at)
    speaking = [lease for lease in every if lease.queues] or every[:1]
    if not speaking:
        return None
    targets = {(target.deployment_id, target.queue): target for lease in speaking for target in lease.targets}
    return Lease(
        generation=sum(lease.generation for lease in every),
        issued_at=speaking[0].issued_at,
        expires_at=min(lease.expires_at for lease in speaking),
        targets=tuple(targets.values()),
        queues=sum(lease.queues for lease in speaking),
    )
