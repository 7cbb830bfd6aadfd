"""How long each queue's workers take from their launch until they take tasks, as it was seen here."""

from collections import deque
from collections.abc import Collection
from statistics import median

from orrery.hypervisor.fleet import START

_LEAST, _MOST = 5.0, 600.0
_KEPT = 20


class Startups:
    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], deque[float]] = {}

    def took(self, deployment_id: str, queue: str, seconds: float) -> None:
        """A worker came up so many seconds after it was first seen."""
        self._seen.setdefault((deployment_id, queue), deque(maxlen=_KEPT)).append(seconds)

    def seconds(self, deployment_id: str, queue: str) -> float:
        """The median of the last twenty."""
        seen = self._seen.get((deployment_id, queue))
        return round(min(max(median(seen), _LEAST), _MOST), 1) if seen else START

    def forget(self, kept: Collection[str]) -> None:
        """All Deployments but these are gone."""
        self._seen = {key: seen for key, seen in self._seen.items() if key[0] in kept}
