"""Processes that outlive the command: started as leaders of their own sessions, known by pid and birth, ended with all they started.

A pid alone is not enough: after a restart of the machine it may be somebody else's.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_EVERY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Leader:
    """The first process of a session, as it was started."""

    pid: int
    birth: str

    @property
    def alive(self) -> bool:
        return birth(self.pid) == self.birth


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    group: int
    birth: str


def start(argv: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path, kept: Sequence[int] = ()) -> Leader:
    """A process that nothing of this command holds: its own session, no terminal, words into a file; `kept` are descriptors it inherits."""
    import subprocess  # which nobody needs who only looks

    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: S603
            argv,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=kept,
        )
    born = birth(process.pid)
    process.returncode = 0  # it is not ours to wait for, and Popen would complain
    return Leader(process.pid, born or "")


def end(leaders: Iterable[Leader], *, seconds: float) -> int:
    """Ask the leaders to end and give them time, then end whatever is left of their sessions; how many processes there were."""
    known = list(leaders)
    seen: dict[int, str] = {}
    _living(known, seen)  # before they end: what left its session is known by its parent only
    for leader in known:
        if leader.alive:
            _signal(leader.pid, signal.SIGTERM)
    until = time.monotonic() + seconds
    while left := _living(known, seen):
        if time.monotonic() > until:
            for pid in left:
                _signal(pid, signal.SIGKILL)
        elif not any(leader.alive for leader in known):
            # what its leader has left behind was not told
            for pid in left:
                _signal(pid, signal.SIGTERM)
        if time.monotonic() > until + 10:
            break  # a process that does not end by KILL waits in the kernel: nobody can do more
        _reap(known)
        time.sleep(_EVERY)
    return len(seen)


def members(leaders: Iterable[Leader]) -> set[int]:
    """Everything alive that these leaders started, they themselves included."""
    return _living(list(leaders), {})


def birth(pid: int) -> str | None:
    """When a process was started, in whatever words the system has; None for one that is dead, or dead and not yet mourned."""
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    return next((each.birth for each in _table() if each.pid == pid), None)


def _living(leaders: list[Leader], seen: dict[int, str]) -> set[int]:
    """Those in the leaders' groups, their descendants, and those seen before who are still the same; adds to `seen`."""
    table = {each.pid: each for each in _table()}
    groups = {each.pid for each in leaders if each.pid not in table or table[each.pid].birth == each.birth}
    found = {pid for pid, each in table.items() if each.group in groups or seen.get(pid) == each.birth}
    grown = True
    while grown:
        more = {pid for pid, each in table.items() if each.parent in found} - found
        found |= more
        grown = bool(more)
    seen |= {pid: table[pid].birth for pid in found}
    return found


def _table() -> Iterator[_Process]:
    """Every living process; on Linux with the session in place of the group, which fewer things change."""
    if sys.platform == "linux":
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    fields = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
                    if fields[0] not in "ZX":
                        yield _Process(int(name), int(fields[1]), int(fields[3]), fields[19])
        return
    import subprocess

    listed = subprocess.run(["ps", "-axo", "pid=,ppid=,pgid=,stat=,lstart="], capture_output=True, text=True, check=True)  # noqa: S607
    for line in listed.stdout.splitlines():
        pid, parent, group, state, started = line.split(None, 4)
        if not state.startswith("Z"):
            yield _Process(int(pid), int(parent), int(group), started)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _reap(leaders: Iterable[Leader]) -> None:
    """A leader that this very process started stays a zombie until it is waited for."""
    for leader in leaders:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(leader.pid, os.WNOHANG)
