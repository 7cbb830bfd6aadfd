"""The hypervisor's decisions for one Deployment, followed as they are made."""

from collections.abc import Callable
from typing import Any

from local.progress import Screen

Item = dict[str, Any]


class Decisions:
    def __init__(self, newest: Callable[[], list[Item]]) -> None:
        """`newest` gives the latest decisions, newest first, in wire form."""
        self.newest = newest
        self._seen: set[str] = set()
        self.moves: list[Item] = []
        """All that changed a number of workers since `forget`, oldest first."""

    def forget(self) -> None:
        """What was decided until now is left out of what comes."""
        self._seen |= {decision["id"] for decision in self.newest()}
        self.moves = []

    def tell(self, screen: Screen) -> None:
        """A line for each decision since the last look, oldest first; holds are left out."""
        fresh = [decision for decision in self.newest() if decision["id"] not in self._seen]
        self._seen |= {decision["id"] for decision in fresh}
        moves = [decision for decision in reversed(fresh) if decision["action"] != "HOLD" and not decision["isShadow"]]
        self.moves += moves
        for each in moves:
            screen.line(f"  hypervisor: {each['queue']} {each['current']} -> {each['target']} workers: {each['reason']}")

    def workers(self) -> dict[str, int]:
        """How many workers each queue had when it was last decided on."""
        return {decision["queue"]: decision["current"] for decision in reversed(self.newest()) if not decision["isShadow"]}

    @property
    def launched(self) -> set[str]:
        """The queues for which workers were asked for."""
        return {decision["queue"] for decision in self.moves if decision["action"] == "LAUNCH"}
