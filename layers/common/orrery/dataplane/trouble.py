"""What can be wrong with a part of a Deployment, in the words that every home tells it with: pure, and the most telling first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orrery.dataplane.port import Incident
from orrery.model.incident import DESCRIPTION, MOST, SUBJECT, Severity


class Kind(StrEnum):
    """The first is the most telling."""

    IMAGE_PULL = "IMAGE_PULL"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    CRASH_LOOP = "CRASH_LOOP"
    OUT_OF_STORAGE = "OUT_OF_STORAGE"
    MISCONFIGURED = "MISCONFIGURED"
    OVER_QUOTA = "OVER_QUOTA"
    NO_ROOM = "NO_ROOM"
    SCHEDULER_HEARTBEAT_NOT_FOUND = "SCHEDULER_HEARTBEAT_NOT_FOUND"
    WORKER_QUEUE_MISSING = "WORKER_QUEUE_MISSING"
    WORKER_QUEUE_AT_CAPACITY = "WORKER_QUEUE_AT_CAPACITY"
    NOT_READY = "NOT_READY"
    """Mends itself while something starts: a reason, and no incident."""


RECENT = timedelta(minutes=10)
"""For so long a crash counts although what crashed runs again: as long as a kubelet remembers it."""
PATIENCE = timedelta(minutes=5)
"""For so long what may mend itself is no incident: a node comes in a minute or two, and a burst of tasks is worked off."""
_MAY_MEND_ITSELF = (Kind.NO_ROOM, Kind.SCHEDULER_HEARTBEAT_NOT_FOUND, Kind.WORKER_QUEUE_MISSING, Kind.WORKER_QUEUE_AT_CAPACITY)
_ORDER = list(Kind)
_SAYS = {
    Kind.IMAGE_PULL: "its image cannot be pulled",
    Kind.OUT_OF_MEMORY: "it was ended because it used more memory than it has",
    Kind.CRASH_LOOP: "it ends again and again soon after it starts",
    Kind.OUT_OF_STORAGE: "it was ended because it wrote more files than it has room for",
    Kind.MISCONFIGURED: "it cannot be started as it is configured",
    Kind.OVER_QUOTA: "it is over the quota of its namespace",
    Kind.NO_ROOM: "no node has room for it",
    Kind.SCHEDULER_HEARTBEAT_NOT_FOUND: "it has noted no heartbeat for more than ten minutes",
    Kind.WORKER_QUEUE_MISSING: "tasks wait for this worker queue, which the Deployment does not have",
    Kind.WORKER_QUEUE_AT_CAPACITY: "more tasks wait than all the workers that it may have can run",
    Kind.NOT_READY: "it runs and does not answer yet",
}
_RUNS_TASKS = frozenset({"task", "worker"})


@dataclass(frozen=True)
class Trouble:
    kind: Kind
    component: str
    name: str
    """Of the pod or process, or of what cannot make one."""
    times: int = 0
    """How often it was started again."""
    queue: str = ""
    """Of a worker."""
    at: datetime | None = None
    """When it happened, or began; None when nobody says."""
    is_over: bool = False
    """It runs again: no reason for anything any more, and an incident for a while yet."""

    @property
    def words(self) -> str:
        return f"its {self.component} is not well: {_described(self.kind, self.times)}"

    @property
    def subject(self) -> str:
        return f"{self.component} of queue {self.queue}" if self.queue else self.component

    @property
    def severity(self) -> Severity:
        """What runs tasks concerns some tasks, every other component the whole Deployment."""
        return Severity.WARNING if self.component in _RUNS_TASKS else Severity.CRITICAL

    def is_incident(self, now: datetime) -> bool:
        if self.is_over:
            return self.at is not None and now - self.at <= RECENT
        if self.kind in _MAY_MEND_ITSELF and self.at is not None:
            return now - self.at >= PATIENCE
        return self.kind is not Kind.NOT_READY


def ordered(found: Iterable[Trouble]) -> list[Trouble]:
    """The most telling first."""
    return sorted(found, key=lambda trouble: (_ORDER.index(trouble.kind), trouble.component, trouble.name))


def why(found: Iterable[Trouble], components: Collection[str]) -> str:
    """What keeps one of these components from being ready, in words; empty when nothing is known."""
    return next((each.words for each in found if each.component in components and not each.is_over), "")


def incidents(found: Iterable[Trouble], now: datetime) -> tuple[Incident, ...]:
    """One for each kind and severity, however many pods it is about: a cluster that is ill as a whole can still tell so in few words."""
    alike: dict[tuple[Kind, Severity], list[Trouble]] = {}
    for each in ordered(found):
        if each.is_incident(now):
            alike.setdefault((each.kind, each.severity), []).append(each)
    return tuple(_incident(kind, severity, troubles) for (kind, severity), troubles in alike.items())[:MOST]


def _incident(kind: Kind, severity: Severity, troubles: list[Trouble]) -> Incident:
    subjects = ", ".join(dict.fromkeys(each.subject for each in troubles))
    subject = subjects if len(subjects) <= SUBJECT else f"{subjects[: SUBJECT - 4]} ..."
    return Incident(kind.value, severity, subject, _described(kind, max(each.times for each in troubles))[:DESCRIPTION])


def _described(kind: Kind, times: int) -> str:
    again = f" ({times} times so far)" if times and kind in (Kind.CRASH_LOOP, Kind.OUT_OF_MEMORY) else ""
    return f"{_SAYS[kind]}{again}"
