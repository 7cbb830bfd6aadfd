"""Keeps processes alive: starts each once the one before it is ready, starts again what dies, ends all in reverse."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.progress import Screen
from local.state import ROOT, Failure, State, explain, write

FIRST_PAUSE, LONGEST_PAUSE, SETTLED = 0.5, 30.0, 60.0
"""Seconds before a dead process is started again: doubled each time, from the start again once it ran for `SETTLED`."""

LONG_LOG = 20 * 1024**2


@dataclass(frozen=True)
class Child:
    name: str
    argv: list[str]
    environment: Mapping[str, str] = field(repr=False)
    ready: Callable[[], bool]
    """Whether it serves now; asked until it says yes or the process ends."""
    patience: float = 60.0
    """Seconds to get ready."""
    grace: float = 15.0
    """Seconds to end after SIGTERM; then it is killed."""


class Keeper:
    def __init__(self, state: State, screen: Screen) -> None:
        self.state, self.screen = state, screen
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._children: list[Child] = []
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def start(self, child: Child) -> None:
        """Starts it and waits until it is ready; one that ends before is a `Failure` with the last line of its log."""
        process = self._spawn(child)
        self._children.append(child)
        until = time.monotonic() + child.patience
        while not child.ready():
            if process.poll() is not None:
                raise Failure(self.last_words(child.name) or f"{child.name} ended before it was ready; see `{self.log(child.name)}`")
            if time.monotonic() > until:
                raise Failure(f"{child.name} is not ready after {child.patience:.0f} s; see `{self.log(child.name)}`")
            if self._stopping.wait(0.05):
                return
        threading.Thread(target=self._keep, args=(child, process), name=f"keep-{child.name}", daemon=True).start()

    def stop(self) -> None:
        """Ends them all, the last first."""
        self._stopping.set()
        for child in reversed(self._children):
            with self._lock:
                process = self._processes.get(child.name)
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(child.grace)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._tell()

    def log(self, name: str) -> Path:
        return self.state.logs / f"{name}.log"

    def last_words(self, name: str) -> str:
        lines = [line for line in self.log(name).read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        try:
            self._turn_log(child.name)
            with self.log(child.name).open("ab") as log:
                # a session of its own: Ctrl-C at the terminal is for the supervisor, which ends the others in order
                process = subprocess.Popen(
                    child.argv,
                    env={**child.environment, "ORRERY_STATE": str(self.state.path), "ORRERY_PART": child.name},
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            raise Failure(f"cannot start {child.name}: {explain(error)}: `{error.filename}`") from error
        with self._lock:
            self._processes[child.name] = process
        self._tell()
        return process

    def _turn_log(self, name: str) -> None:
        """A log that has grown long becomes the older one; at a start nobody writes to it."""
        log = self.log(name)
        if log.exists() and log.stat().st_size > LONG_LOG:
            log.replace(log.with_suffix(".log.1"))

    def _keep(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            status = process.wait()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - began > SETTLED else pause
            self.screen.line(f"! {child.name} ended ({_how(status)}); starting it again in {pause:g} s, see `{self.log(child.name)}`")
            if self._stopping.wait(pause):
                return
            pause = min(2 * pause, LONGEST_PAUSE)
            try:
                process = self._spawn(child)
            except Failure as failure:  # a disk that is full now may have room later: the dead process is met again above
                self.screen.line(f"! {failure}")
            if self._stopping.is_set():
                process.terminate()  # `stop` may have looked before this one was there
                return

    def _tell(self) -> None:
        with self._lock:
            alive = {name: process.pid for name, process in self._processes.items() if process.poll() is None}
        write(self.state.path / "children.json", json.dumps(alive))


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a child gets: enough of ours to run, and what it needs; nothing else of the user's environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "XDG_RUNTIME_DIR") if name in os.environ}
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common")])
    return {**kept, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1", **more}
