"""Who has a port of this machine that is not free; whether one is, the command knows (`orrery_cli.local.ports`)."""

import contextlib
import os
from pathlib import Path

from local.strays import describe

_LISTEN = "0A"


def holder(port: int) -> str:
    """`name (pid 7)` of the process that listens there, as far as this user may see; else "another process"."""
    inodes = {f"socket:[{inode}]" for inode in _inodes(port)}
    for name in os.listdir("/proc") if inodes else []:
        if name.isdigit():
            with contextlib.suppress(OSError):
                for descriptor in os.scandir(f"/proc/{name}/fd"):
                    if os.readlink(descriptor.path) in inodes:
                        return f"{describe(int(name))} (pid {name})"
    return "another process"


def _inodes(port: int) -> list[str]:
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                    found.append(fields[9])
    return found
