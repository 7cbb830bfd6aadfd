"""Finds and ends processes that a killed `make up` left behind: each carries its installation's mark in its environment.

The mark is ORRERY_STATE with the name of a part (ours, ORRERY_PART) or of a process of the home (ORRERY_PROCESS);
ORRERY_STATE alone may be somebody's shell.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

SOFT_SECONDS = 10.0

_PARTS = (b"ORRERY_PART=", b"ORRERY_PROCESS=")


def find(state: Path) -> list[int]:
    """Processes of this installation, other than this one and those it descends from."""
    mark = b"ORRERY_STATE=" + os.fsencode(state)
    ours = set(_ancestors(os.getpid()))
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in ours:
            with contextlib.suppress(OSError):
                variables = Path("/proc", name, "environ").read_bytes().split(b"\0")
                if mark in variables and any(variable.startswith(_PARTS) for variable in variables):
                    found.append(int(name))
    return found


def end(state: Path, *, soft_seconds: float = SOFT_SECONDS) -> int:
    """Asks them to end, then ends them; returns how many there were. Others may be started meanwhile by those that end."""
    seen: set[int] = set()
    until = time.monotonic() + soft_seconds
    asked: set[int] = set()
    while left := [pid for pid in find(state) if _alive(pid)]:
        seen |= set(left)
        hard = time.monotonic() > until
        _signal(left if hard else set(left) - asked, signal.SIGKILL if hard else signal.SIGTERM)
        asked |= set(left)
        if time.monotonic() > until + soft_seconds:
            break  # a process that does not end by KILL waits in the kernel: nobody can do more
        time.sleep(0.1)
    return len(seen)


def describe(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return "?"


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def _ancestors(pid: int) -> Iterable[int]:
    while pid > 0:
        yield pid
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return
