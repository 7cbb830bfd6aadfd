"""How many Deployments may be taken from a cluster in an hour: a few, or a small share of them, or as many more as a person has allowed.

Whatever goes wrong above, a sweep that mistakes, a script that loops, a storm of deletes, takes no more than this before somebody notices.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from orrery.errors import RemovalHeld

WINDOW = timedelta(hours=1)
FEW = 5
"""So many may always go: on a small cluster a person who tidies up is no storm."""
SHARE = 10
"""One in ten."""
MOST_ALLOWED, LONGEST = 10_000, timedelta(hours=24)
"""What a person may allow at once, and for how long."""


@dataclass(frozen=True)
class Allowance:
    """A person's word: so many more until then, and why."""

    more: int
    until: datetime
    reason: str


@dataclass(frozen=True)
class Removals:
    """Those of one cluster that were let go."""

    cluster_id: str
    recent: tuple[datetime, ...] = ()
    """When each of the last hour was let go."""
    allowance: Allowance | None = None
    generation: int = 0

    def let_go(self, now: datetime, *, there: int) -> Self:
        """One more, of so many Deployments that are on the cluster; raises `RemovalHeld` when that is too many."""
        recent = tuple(_within(self.recent, now))
        spare = self.allowance.more if self.allowance and now < self.allowance.until else 0
        if len(recent) < limit(there):
            return replace(self, recent=(*recent, now), generation=self.generation + 1)
        if self.allowance and spare:
            return replace(self, recent=recent, allowance=replace(self.allowance, more=spare - 1), generation=self.generation + 1)
        raise RemovalHeld(
            "too many Deployments have been deleted from its cluster within the hour; it is as it was, and goes later by itself, "
            "or as soon as an operator allows it"
        )

    def allow(self, allowance: Allowance) -> Self:
        """In place of what was allowed before."""
        return replace(self, allowance=allowance, generation=self.generation + 1)


def limit(there: int) -> int:
    """How many may go in an hour, of so many."""
    return max(FEW, there // SHARE)


def _within(moments: Iterable[datetime], now: datetime) -> Iterable[datetime]:
    return (each for each in moments if now - each < WINDOW)
