"""Choosing a port for an api-server that will listen there only in some seconds, while others choose theirs."""

import contextlib
import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orrery_cli.failures import Failure

_PREFERRED: Final = 8080


@dataclass(frozen=True, slots=True)
class Port:
    """A port, and the open lock file that keeps other projects from it for as long as any process has it open."""

    number: int
    claim: int


def check(wanted: int | None) -> None:
    """Raises `Failure` where something listens at the port that was asked for."""
    if wanted is not None and not free(wanted):
        raise _taken(wanted)


@contextlib.contextmanager
def claimed(wanted: int | None, before: int | None) -> Iterator[Port]:
    """The port that was asked for; otherwise the one there was before, 8080, or any that is free.

    The claim ends with the block, unless a process that was started in it has inherited it.
    """
    port = next((found for each in _candidates(wanted, before) if (found := _claim(each))), None)
    if port is None:
        raise _taken(wanted)
    try:
        yield port
    finally:
        os.close(port.claim)


def _candidates(wanted: int | None, before: int | None) -> Iterator[int]:
    if wanted is not None:
        yield wanted
        return
    yield from filter(None, (before, _PREFERRED))
    for _ in range(100):
        yield choose()


def _claim(number: int) -> Port | None:
    folder = Path(tempfile.gettempdir(), f"orrery-ports-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    claim = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(claim)
        return None
    if free(number):
        return Port(number, claim)
    os.close(claim)
    return None


def free(number: int) -> bool:
    """Whether a server of this machine could listen there now."""
    with socket.socket() as probe:
        # as servers bind: what a closed connection left behind does not count
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def choose() -> int:
    """A port that is free now; the kernel picks it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _taken(number: int | None) -> Failure:
    return Failure(f"port {number} is in use; leave out `--port` to have a free one chosen", kind="conflict")
