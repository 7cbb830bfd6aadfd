"""A plan on its way to an agent: targets with a generation and an end, and what in a plan is news."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from orrery.hypervisor.plan import Action, Cause, Decision, Plan

LIFE = timedelta(seconds=90)
"""How long targets hold: nine plans may go missing before an agent scales by itself."""

RENEWED = timedelta(seconds=45)
"""A lease that says nothing new is written again only when less than this is left of it: half the writes cost half the money."""


@dataclass(frozen=True)
class Target:
    """How many workers one queue should have, and why; `cause` is the class of the reason."""

    deployment_id: str
    queue: str
    workers: int
    deployment_generation: int
    cause: str
    reason: str

    @property
    def gist(self) -> tuple[str, str, int, int, str]:
        """Everything but the words: two targets of one gist say the same."""
        return self.deployment_id, self.queue, self.workers, self.deployment_generation, self.cause


@dataclass(frozen=True)
class Lease:
    """The newest targets of a cluster; its generation counts how often they were written."""

    generation: int
    issued_at: datetime
    expires_at: datetime
    targets: tuple[Target, ...]


def renew(last: Lease | None, plan: Plan, now: datetime) -> Lease | None:
    """The lease that follows from a plan, or nothing when the last one still says the same for long enough.

    What is planned for a silent cluster ends at once: nobody should act on it, and it is kept only to know what has been told.
    """
    targets = tuple(Target(d.deployment, d.queue, d.target, d.generation, d.cause, d.reason) for d in plan)
    silent = any(decision.cause is Cause.SILENT for decision in plan)
    if last and _gist(last.targets) == _gist(targets) and (silent or not targets or last.expires_at - now > RENEWED):
        return None
    return Lease(last.generation + 1 if last else 1, now, now if silent else now + LIFE, targets)


def news(last: Lease | None, plan: Plan) -> tuple[Decision, ...]:
    """What is worth remembering: every action, and a hold when its cause is not what it was."""
    told = {(target.deployment_id, target.queue): target.cause for target in last.targets} if last else {}
    return tuple(d for d in plan if d.action is not Action.HOLD or told.get((d.deployment, d.queue)) != d.cause)


def _gist(targets: Iterable[Target]) -> list[tuple[str, str, int, int, str]]:
    return [target.gist for target in targets]
