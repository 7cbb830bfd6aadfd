"""Keeps wanted processes running: starts them, sees them die, starts them again, and knows them again after the home itself was killed.

One thread waits on process descriptors, so nothing is polled. What runs is read back from /proc (each process carries its key and
fingerprint in its environment), so there is no list on disk that could be wrong.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local.home import memory
from local.home.cells import Command
from local.home.processes import Found, running

_LAUNCH = Path(__file__).with_name("launch.py")
_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0
_LOOPING_PAUSE = 4.0
"""Seconds that follow the third end in a row soon after a start."""
_LOG_BYTES = 5_000_000


@dataclass
class _Process:
    key: str
    wanted: Command | None = None
    again: bool = True
    """Whether it is started again when it ends; a worker is not, the agent decides on those."""
    pid: int = 0
    pidfd: int = -1
    fingerprint: str = ""
    started: float = 0.0
    pause: float = 0.0
    start_at: float = 0.0
    kill_at: float = float("inf")
    patience: float = 15.0
    ends: int = 0
    """How often it ended while it was wanted."""
    kills: int = 0
    """How many processes of this machine had been ended for want of memory when it started."""
    starved_at: float = 0.0
    """When it was last ended for want of memory, in seconds since the epoch."""
    unclaimed: bool = False
    """Found running at the start and not asked for yet; it goes on until somebody says what should be."""


class Supervisor:
    def __init__(self, state: Path) -> None:
        self._state = state
        self._processes: dict[str, _Process] = {}
        self._changed = threading.Condition()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._closing = False
        for found in running(state):
            self._adopt(found)
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def want(self, command: Command, *, again: bool = True, patience: float = 15.0) -> None:
        """`command` should run from now on; one of the same key and another fingerprint is replaced (TERM, then KILL after `patience`)."""
        with self._changed:
            process = self._processes.setdefault(command.key, _Process(command.key))
            process.wanted, process.again, process.patience, process.unclaimed = command, again, patience, False
        self._wake()

    def unwant(self, key: str) -> None:
        """The process should not run: TERM now, KILL after its patience."""
        with self._changed:
            if process := self._processes.get(key):
                process.wanted, process.unclaimed = None, False
        self._wake()

    def unwant_unclaimed(self) -> None:
        """End what was found running at the start and belongs to nothing that should be."""
        for key in [key for key, process in list(self._processes.items()) if process.unclaimed and process.again]:
            self.unwant(key)

    def ask_to_end(self, key: str) -> None:
        """TERM and nothing more, however long it takes: the warm shutdown of a worker."""
        with self._changed:
            process = self._processes.get(key)
            if process and process.pid:
                process.again = False
                process.kill_at = float("inf")
                _signal(process, signal.SIGTERM)

    def pid(self, key: str) -> int | None:
        with self._changed:
            process = self._processes.get(key)
            return process.pid or None if process else None

    def fingerprint(self, key: str) -> str:
        """Of what runs now; empty when nothing does."""
        with self._changed:
            process = self._processes.get(key)
            return process.fingerprint if process and process.pid else ""

    def started_at(self, key: str) -> float:
        """Seconds since the epoch; 0 when it does not run."""
        with self._changed:
            process = self._processes.get(key)
            return process.started if process and process.pid else 0.0

    def ends(self, key: str) -> int:
        with self._changed:
            process = self._processes.get(key)
            return process.ends if process else 0

    def is_looping(self, key: str) -> bool:
        """Whether it ends again and again soon after it starts, and has not run steadily since."""
        with self._changed:
            process = self._processes.get(key)
            if process is None or process.pause < _LOOPING_PAUSE:
                return False
            return not process.pid or time.time() - process.started <= _STEADY_SECONDS

    def starved_at(self, key: str) -> float:
        """When it was last killed by nobody here while the machine ended somebody for want of memory; 0 when it never was."""
        with self._changed:
            process = self._processes.get(key)
            return process.starved_at if process else 0.0

    def keys(self, prefix: str = "") -> list[str]:
        """Everything that runs or should."""
        with self._changed:
            return sorted(key for key, process in self._processes.items() if key.startswith(prefix) and (process.pid or process.wanted))

    def wait_gone(self, keys: Iterable[str], *, seconds: float) -> bool:
        """Whether all of `keys` have ended within `seconds`."""
        watched = list(keys)
        with self._changed:
            return self._changed.wait_for(lambda: not any(self._alive(key) for key in watched), timeout=seconds)

    def close(self) -> None:
        """Stop supervising; what still runs goes on and will be adopted."""
        with self._changed:
            self._closing = True
        self._wake()
        self._thread.join()

    def _alive(self, key: str) -> bool:
        process = self._processes.get(key)
        return bool(process and process.pid)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b".")

    def _run(self) -> None:
        while not self._closing:
            with self._changed:
                pause = min((self._step(process) for process in list(self._processes.values())), default=_LONGEST_PAUSE)
                waiting = {process.pidfd: process for process in self._processes.values() if process.pid}
            poll = select.poll()
            for descriptor in (self._wake_read, *waiting):
                poll.register(descriptor, select.POLLIN)
            for descriptor, _ in poll.poll(max(0.0, min(pause, _LONGEST_PAUSE)) * 1000):
                if descriptor == self._wake_read:
                    os.read(self._wake_read, 4096)
                else:
                    self._ended(waiting[descriptor])

    def _step(self, process: _Process) -> float:
        """Move one process towards what is wanted; seconds until it must be looked at again."""
        now = time.monotonic()
        if process.pid:
            return self._step_running(process, now)
        if process.wanted is None:
            del self._processes[process.key]
            return _LONGEST_PAUSE
        if now < process.start_at:
            return process.start_at - now
        try:
            self._start(process, process.wanted)
        except OSError as error:
            print(f"home: {process.key} cannot be started: {error}", flush=True)
            process.start_at = now + _LONGEST_PAUSE
        return _LONGEST_PAUSE

    def _step_running(self, process: _Process, now: float) -> float:
        wanted = process.wanted
        right = process.unclaimed or (wanted is not None and (not process.again or wanted.fingerprint == process.fingerprint))
        if right:
            if process.wanted:
                _bound(process.wanted.log)
            return _LONGEST_PAUSE
        if process.kill_at == float("inf"):
            process.kill_at = now + process.patience
            _signal(process, signal.SIGTERM)
        elif now >= process.kill_at:
            process.kill_at = now + process.patience
            _signal(process, signal.SIGKILL)
        return process.kill_at - now

    def _start(self, process: _Process, command: Command) -> None:
        process.kills = memory.kills()
        process.pid = start(command, state=self._state)
        process.pidfd = os.pidfd_open(process.pid)
        process.fingerprint = command.fingerprint
        process.started = time.time()
        process.kill_at = float("inf")

    def _adopt(self, found: Found) -> None:
        with contextlib.suppress(ProcessLookupError):
            pidfd = os.pidfd_open(found.pid)
            self._processes[found.key] = _Process(
                found.key, pid=found.pid, pidfd=pidfd, fingerprint=found.fingerprint, started=found.started, unclaimed=True
            )

    def claim(self, key: str) -> bool:
        """Go on with an adopted process as it is and never start it again (a worker); False when it does not run."""
        with self._changed:
            process = self._processes.get(key)
            if process and process.pid:
                process.again = False
            return bool(process and process.pid)

    def _ended(self, process: _Process) -> None:
        with self._changed:
            status = 0
            with contextlib.suppress(ChildProcessError):
                _, status = os.waitpid(process.pid, os.WNOHANG)
            os.close(process.pidfd)
            lived = time.time() - process.started
            process.pid, process.pidfd, process.fingerprint = 0, -1, ""
            if not process.again:
                process.wanted = None
            if process.wanted and process.kill_at == float("inf"):
                process.ends += 1
                if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and memory.kills() > process.kills:
                    process.starved_at = time.time()
                process.pause = 1.0 if lived > _STEADY_SECONDS else min(_LONGEST_PAUSE, max(1.0, process.pause * 2))
                process.start_at = time.monotonic() + process.pause
            self._changed.notify_all()


def start(command: Command, *, state: Path) -> int:
    """Start a process in a session of its own and return its pid; the same pid all the way, `launch.py` only execs."""
    read, write = os.pipe()
    command.log.parent.mkdir(parents=True, exist_ok=True)
    mark = {"ORRERY_STATE": str(state), "ORRERY_PROCESS": command.key, "ORRERY_FINGERPRINT": command.fingerprint}
    with open(command.log, "ab") as log, os.fdopen(write, "w") as pipe:
        os.chmod(command.log, 0o600)
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LAUNCH), str(read)],
            env=mark,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(read,),
            start_new_session=True,
        )
        os.close(read)
        with contextlib.suppress(BrokenPipeError):
            json.dump(command.order(state), pipe)
            pipe.flush()
    child.returncode = 0  # We wait for it ourselves, by its process descriptor; Popen must not.
    return child.pid


def _signal(process: _Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(process.pidfd, number)


def _bound(log: Path) -> None:
    """Keep one older part of a log that has grown too long; it is open for appending, so cutting it is safe."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > _LOG_BYTES:
            log.with_suffix(".1.log").write_bytes(log.read_bytes())
            os.truncate(log, 0)
