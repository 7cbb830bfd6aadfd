"""What is kept of a day's demand so that it can be replayed: how each queue stood whenever it changed, every ten seconds at most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

KEPT = timedelta(days=30)
"""How long a record is kept."""
LONGEST = timedelta(minutes=10)
"""What one piece of a record covers at most."""


class Sample(NamedTuple):
    """A queue from `at` (seconds since 1970) until its next sample: tasks, workers by state, bounds, and what was foretold."""

    at: float
    queued: int
    running: int
    starting: int
    serving: int
    draining: int
    floor: int
    ceiling: int
    concurrency: int
    start: float
    """Seconds that a worker takes from its launch until it takes tasks."""
    span: float = 0.0
    """Seconds that the runs which are ahead usually take; 0 when nobody can tell."""
    ahead: tuple[tuple[float, int], ...] | None = None
    """The curve of tasks that was foretold, in run lengths; None when nobody could tell."""

    @property
    def active(self) -> int:
        """Tasks that wait or run."""
        return self.queued + self.running

    @property
    def workers(self) -> int:
        """Workers that are paid for."""
        return self.starting + self.serving + self.draining


def spans(samples: Sequence[Sample], end: float) -> Iterator[tuple[Sample, float]]:
    """Each sample, and until when a queue stood like that; the last one until `end`."""
    yield from zip(samples, [*(each.at for each in samples[1:]), end], strict=True)


@dataclass(frozen=True)
class Piece:
    """A part of a cluster's record, by Deployment and queue. A queue that it says nothing of had neither tasks nor workers."""

    started_at: float
    ended_at: float
    samples: dict[str, dict[str, tuple[Sample, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """One Deployment's record: its queues' samples in order of time, and the spans of time that are covered."""

    queues: dict[str, tuple[Sample, ...]]
    covered: tuple[tuple[float, float], ...]

    @property
    def seconds(self) -> float:
        """How much time is covered."""
        return sum(end - start for start, end in self.covered)
