"""What runs on this machine for this home, read from /proc: no list of ours could be truer."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Found:
    key: str
    pid: int
    fingerprint: str
    started: float
    """Seconds since the epoch."""


def running(state: Path) -> list[Found]:
    """The processes of the home at `state`, one a key: those that it started itself.

    What they start inherits their marks, but not their pid (which is not there yet before the last exec); and who writes another's marks
    on himself was started later.
    """
    found: dict[str, Found] = {}
    for pid, key in _of_home(state):
        status, marks = _status(pid), _environment(pid)
        if status and marks.get("ORRERY_PID", str(pid)) == str(pid) and (key not in found or status.started < found[key].started):
            found[key] = Found(key, pid, marks.get("ORRERY_FINGERPRINT", ""), status.started)
    return list(found.values())


def end_all(state: Path, *, prefix: str) -> None:
    """KILL whatever of the home carries a key that begins with `prefix`, until nothing does."""
    for _ in range(50):
        left = [pid for pid, key in _of_home(state) if key.startswith(prefix)]
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            return
        time.sleep(0.1)


def end_user(uid: int) -> None:
    """KILL every process of a user that belongs to one Deployment alone; for those that threw their marks away."""
    for _ in range(50):
        left = [pid for pid in _pids() if (status := _status(pid)) and status.uid == uid]
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            return
        time.sleep(0.1)


@dataclass(frozen=True)
class _Status:
    parent: int
    session: int
    started: float
    uid: int


def _of_home(state: Path) -> Iterator[tuple[int, str]]:
    """Those that the home started and their keys; the home itself carries no key."""
    for pid in _pids():
        environment = _environment(pid)
        if environment.get("ORRERY_STATE") == str(state) and environment.get("ORRERY_PROCESS"):
            yield pid, environment["ORRERY_PROCESS"]


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _environment(pid: int) -> dict[str, str]:
    with contextlib.suppress(OSError):
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        pairs = (entry.decode(errors="replace").partition("=") for entry in entries if entry.startswith(b"ORRERY_"))
        return {name: value for name, _, value in pairs}
    return {}


def _status(pid: int) -> _Status | None:
    """None when it is gone or a zombie."""
    with contextlib.suppress(OSError):
        folder = Path(f"/proc/{pid}")
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        uid = folder.stat().st_uid
        if fields[0] == "Z":
            return None
        return _Status(parent=int(fields[1]), session=int(fields[3]), started=_boot() + int(fields[19]) / _TICKS, uid=uid)
    return None


def _boot() -> float:
    with open("/proc/stat") as lines:
        return next(float(line.split()[1]) for line in lines if line.startswith("btime "))
