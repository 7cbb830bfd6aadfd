"""A cell is the walls around one Deployment's processes; a command is one process that should run inside them."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.home.places import Places

_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Cell:
    """`uid` None means no walls: the process is simply ours. `binds` are (what there is, where the process looks for it)."""

    uid: int | None
    home: Path
    binds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Command:
    """One process: `key` is `<deployment>/<component>`, unique in the home; `log` is where its words go (none: nowhere)."""

    key: str
    argv: tuple[str, ...]
    cell: Cell
    log: Path
    env: dict[str, str] = field(default_factory=dict, repr=False)
    stdin: str = field(default="", repr=False)

    @property
    def fingerprint(self) -> str:
        """Two commands of one fingerprint are the same process; another means it must be replaced."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()[:16]

    def order(self, state: Path) -> dict[str, Any]:
        """What `launch.py` is told. The ORRERY_ variables are how the process is known again, by its home and by `make down`."""
        given = {
            "PATH": _PATH,
            "LANG": "C.UTF-8",
            **self.env,
            "HOME": str(self.cell.home),
            "USER": "orrery",
            "ORRERY_STATE": str(state),
            "ORRERY_PROCESS": self.key,
            "ORRERY_FINGERPRINT": self.fingerprint,
        }
        return {
            "argv": self.argv,
            "env": given,
            "stdin": self.stdin,
            "uid": self.cell.uid,
            "binds": self.cell.binds,
            "cwd": str(self.cell.home),
        }


def server_cell(places: Places, *, uid: int, files: Path) -> Cell:
    """The cell of a shared server: its own files and the wheels it comes in."""
    if not places.isolated:
        return Cell(uid=None, home=files)
    binds = ((str(places.servers), str(places.run / "servers")), *_own(places, uid=uid, files=files))
    return Cell(uid=uid, home=places.run / "files", binds=binds)


def deployment_cell(places: Places, *, room: Path, uid: int) -> Cell:
    """The cell of a Deployment: the files and releases in its `room`, Airflow and the server wheels; nothing of any other."""
    if not places.isolated:
        return Cell(uid=None, home=room / "files")
    binds = (
        (str(places.servers), str(places.run / "servers")),
        (str(places.runtime), str(places.run / "runtime")),
        (str(places.airflow_package), str(places.run / "airflow")),
        (str(room / "releases"), str(places.run / "releases")),
        (str(room / "broker"), str(places.run / "broker")),
        (str(room / "environment"), str(places.run / "environment")),
        *_own(places, uid=uid, files=room / "files"),
    )
    return Cell(uid=uid, home=places.run / "files", binds=binds)


def own_room(room: Path, *names: str, uid: int, isolated: bool) -> None:
    """The private directories of a cell, each given to its user.

    The room itself stays ours: its user may not replace a directory by a link, which root would follow when it mounts or gives away.
    """
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in names:
        (room / name).mkdir(mode=0o700, exist_ok=True)
        if isolated:
            os.chown(room / name, uid, uid, follow_symlinks=False)


def _own(places: Places, *, uid: int, files: Path) -> tuple[tuple[str, str], ...]:
    """Files, /tmp, and a list of users that names this one (Postgres and many libraries want a name for their user)."""
    passwd = files.parent / "passwd"
    users = f"root:x:0:0::/root:/bin/sh\norrery:x:{uid}:{uid}::{places.run / 'files'}:/usr/sbin/nologin\n"
    if not passwd.exists() or passwd.read_text() != users:
        passwd.write_text(users)
        passwd.chmod(0o644)
    return (
        (str(files), str(places.run / "files")),
        (str(passwd), "/etc/passwd"),
        (str(files.parent / "tmp"), "/tmp"),  # noqa: S108
    )
