"""A project in a folder of its own, and what runs there seen from outside."""

import os
import time
from pathlib import Path

import fake_uv
from orrery_cli.local import serving
from orrery_cli.local.place import Place


class Workbench:
    """A project with one DAG; `pids` are the processes that have anything to do with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "dags").mkdir(parents=True)
        (root / "dags" / "one.py").write_text("print(1)\n")
        self.place = Place(root)

    def has(self, name: str, text: str = "") -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def installed(self) -> list[str]:
        """What uv was asked for, of the only environment there is."""
        (environment,) = self.place.environments.iterdir()
        return (environment / "installed.txt").read_text().splitlines()

    def pids(self) -> set[int]:
        """By AIRFLOW_HOME in their environment, which all that a component starts inherits."""
        mark = f"AIRFLOW_HOME={self.place.home}".encode()
        return {int(name) for name in os.listdir("/proc") if name.isdigit() and mark in _environment(name)}

    def whole(self) -> set[int]:
        """The pids as soon as each component has started what it starts besides."""
        while len(found := self.pids()) < 2 * len(serving.COMPONENTS):
            time.sleep(0.01)
        return found

    def end(self) -> None:
        serving.stop(self.place, seconds=0)


def install_uv(folder: Path) -> Path:
    path = folder / "uv"
    fake_uv.script(path, "uv")
    return path


def _environment(pid: str) -> list[bytes]:
    try:
        return Path("/proc", pid, "environ").read_bytes().split(b"\0")
    except OSError:
        return []
