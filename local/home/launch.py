"""The last thing that runs before a process of the home: takes an order from a pipe, walls the process in, gives up root and becomes it.

Started by path with `python -I -S`, so nothing of a tenant's environment is looked at while we are still root: the environment arrives in
the order and is only put on by the final exec. Nothing secret is on the command line.
"""

import ctypes
import json
import os
import sys
from typing import Any

_CLONE_NEWNS = 0x20000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38

_libc = ctypes.CDLL(None, use_errno=True)


def _must(answer: int, what: str) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(source: str, target: str, *, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    encoded = [text.encode() if text is not None else None for text in (source, target, kind, data)]
    _must(_libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]), f"mount {target}")


def wall_in(binds: list[list[str]]) -> None:
    """A mount namespace of its own, what it needs bound where it looks for it, and a /proc that keeps everybody else's secrets.

    `hidepid=1` and not 2: Airflow makes its task supervisor undumpable, and 2 would hide the supervisor's own child from it.
    """
    _must(_libc.unshare(_CLONE_NEWNS), "unshare")
    _mount("none", "/", flags=_MS_REC | _MS_PRIVATE)
    for source, target in binds:
        _mount(source, target, flags=_MS_BIND | _MS_REC)
    _mount("proc", "/proc", kind="proc", flags=_MS_NOSUID | _MS_NODEV | _MS_NOEXEC, data="hidepid=1")


def give_up_root(uid: int) -> None:
    _must(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _take_input(text: str) -> None:
    """Standard input from memory: how a server gets a configuration that no disk and no command line should carry."""
    given = os.memfd_create("input", 0) if text else os.open(os.devnull, os.O_RDONLY)
    if text:
        os.write(given, text.encode())
        os.lseek(given, 0, os.SEEK_SET)
    os.dup2(given, 0)


def main() -> None:
    with os.fdopen(int(sys.argv[1])) as pipe:
        order: dict[str, Any] = json.load(pipe)
    if order["uid"] is not None:
        wall_in(order["binds"])
        give_up_root(order["uid"])
    os.umask(0o077)
    os.chdir(order["cwd"])
    _take_input(order["stdin"])
    own = {**order["env"], "ORRERY_PID": str(os.getpid())}  # its children inherit all of this and have another pid
    os.execve(order["argv"][0], order["argv"], own)  # noqa: S606


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        sys.exit(125)
