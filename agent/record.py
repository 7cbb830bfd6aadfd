"""Keeps how each queue stood, so that a day can be replayed: every ten seconds at most, on change, one piece for ten minutes.

A piece is written down before it is brought to the plane, and brought until the plane has answered; while the plane is away a day of
pieces waits here. What was seen since the last piece is lost when the agent dies: a record is for looking back, nothing scales by it.
"""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from agent import files
from agent.clock import Clock
from agent.report import PlaneTrouble

EVERY = 10.0
"""Seconds between two looks."""
LONGEST = 600
"""Seconds that one piece covers: it ends when the wall's clock passes a multiple of them."""
_MOST = 5000
"""Samples in one piece; more become another part of it, so that each is small enough for the plane."""
_WAITING = 144
"""Pieces that wait for the plane: a day."""
_FAR = 225
"""Values of a foretold curve that are kept: as far as a plan can look (seven and a half minutes, two seconds each)."""
_PAUSE, _LONGEST_PAUSE = 5.0, 120.0

Take = Callable[[dict[str, Any]], dict[str, Any]]
Stand = tuple[Any, ...]


class Recorder:
    def __init__(self, take: Take, folder: Path, clock: Clock) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take, self._folder, self._clock = take, folder, clock
        self._looked_at = float("-inf")
        self._started: datetime | None = None
        self._part = 0
        self._count = 0
        self._rows: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        self._last: dict[tuple[str, str, str], Stand] = {}

    def note(self, snapshot: Mapping[str, Any]) -> None:
        """How everything stands now; costs nothing between two looks."""
        if self._clock.seconds() - self._looked_at < EVERY:
            return
        self._looked_at = self._clock.seconds()
        now = datetime.fromisoformat(snapshot["takenAt"])
        if self._started and (_slot(now) != _slot(self._started) or now < self._started):
            self._close(now)
        self._started = self._started or now
        for key, stand in _stands(snapshot).items():
            if stand != self._last.get(key) and (key in self._last or not _is_nothing(stand)):
                self._note(key, stand, now)

    def bring(self) -> bool:
        """Brings the oldest piece that waits to the plane; whether there was one. `PlaneTrouble` when it cannot be brought now."""
        waiting = sorted(self._folder.glob("*.json"))
        for file in waiting[: max(0, len(waiting) - _WAITING)]:
            file.unlink(missing_ok=True)
        for file in waiting[-_WAITING:][:1]:
            try:
                self._take(json.loads(file.read_text()))
            except ValueError:
                print("agent: a piece of the demand record cannot be read and is let go", flush=True)
            except PlaneTrouble as problem:
                if not problem.is_final:
                    raise
                print(f"agent: a piece of the demand record is let go: {problem}", flush=True)
            file.unlink(missing_ok=True)
        return bool(waiting)

    def begin(self, stop: threading.Event) -> None:
        """Bring pieces until `stop`, on a thread of its own so that scaling never waits for it."""
        threading.Thread(target=self._run, args=(stop,), name="record", daemon=True).start()

    def _run(self, stop: threading.Event) -> None:
        pause = _PAUSE
        while not stop.wait(pause):
            try:
                pause = 0.1 if self.bring() else _PAUSE
            except (PlaneTrouble, OSError):
                pause = min(_LONGEST_PAUSE, max(_PAUSE, pause * 2))

    def _note(self, key: tuple[str, str, str], stand: Stand, now: datetime) -> None:
        if self._count >= _MOST:
            self._write(now)
            self._part += 1
        self._last[key] = stand
        self._rows.setdefault(key, []).append({"at": now.isoformat(), **dict(zip(_NAMES, stand, strict=True))})
        self._count += 1 + len(stand[-1] or ()) // 8  # a long curve counts as much as several samples

    def _close(self, now: datetime) -> None:
        """Ends the piece; the next one tells of everything anew, so that each stands for itself."""
        self._write(now)
        self._started, self._part, self._last = None, 0, {}

    def _write(self, now: datetime) -> None:
        assert self._started is not None
        queues = [
            {"deploymentId": deployment, "organizationId": organization, "queue": queue, "samples": rows}
            for (organization, deployment, queue), rows in self._rows.items()
        ]
        piece = {"startedAt": self._started.isoformat(), "endedAt": now.isoformat(), "part": self._part, "queues": queues}
        files.replace(self._folder / f"{self._started:%Y%m%dT%H%M%S}-{self._part:04}.json", piece)
        self._rows, self._count = {}, 0


_NAMES = ("queued", "running", "starting", "serving", "draining", "min", "max", "concurrency", "startSeconds", "spanSeconds", "ahead")


def _stands(snapshot: Mapping[str, Any]) -> dict[tuple[str, str, str], Stand]:
    """How each queue stands, by Organization, Deployment and name."""
    return {
        (deployment["organizationId"], deployment["id"], queue["name"]): _stand(queue)
        for deployment in snapshot["deployments"]
        for queue in deployment["queues"]
    }


def _stand(queue: Mapping[str, Any]) -> Stand:
    states = [worker["state"] for worker in queue["workers"]]
    counts = (states.count("STARTING"), states.count("RUNNING"), states.count("DRAINING"))
    bounds = (queue["min"], queue["max"], queue["concurrency"], queue.get("startSeconds"), queue.get("spanSeconds"))
    return (queue["queued"], queue["running"], *counts, *bounds, _near(queue.get("ahead")))


def _near(ahead: Any) -> Any:
    """As much of what is foretold as a plan can look at."""
    if ahead is None:
        return None
    near, room = [], _FAR
    for value, count in ahead:
        near.append([value, min(count, room)])
        room -= count
        if room <= 0:
            break
    return near


def _is_nothing(stand: Stand) -> bool:
    """Neither tasks nor workers, and nothing foretold."""
    return not any(stand[:5]) and not any(value for value, _ in stand[-1] or ())


def _slot(moment: datetime) -> int:
    return int(moment.timestamp()) // LONGEST
