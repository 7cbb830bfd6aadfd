"""What one installation remembers between runs: everything under `.orrery/`, and which run holds it now."""

import errno
import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Failure(Exception):
    """The command cannot go on; the message is the one line that its user gets."""


@dataclass(frozen=True)
class State:
    path: Path

    @classmethod
    def here(cls) -> "State":
        """`ORRERY_STATE`, or `.orrery` beside the code."""
        return cls(Path(os.environ.get("ORRERY_STATE") or ROOT / ".orrery").absolute())

    @property
    def venvs(self) -> Path:
        """The environments belong to the code, whatever state it is run on."""
        return ROOT / ".orrery" / "venvs"

    @property
    def aws(self) -> Path:
        return self.path / "aws"

    @property
    def mail(self) -> Path:
        """What the plane would have mailed, one `.eml` each."""
        return self.path / "mail"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def executions(self) -> Path:
        """The histories of state machines."""
        return self.path / "executions"

    @property
    def cli(self) -> Path:
        """The CLI's configuration for this installation; the user's own is left alone."""
        return self.path / "cli"

    @property
    def plane_ready(self) -> Path:
        """There while the plane serves; tells its address."""
        return self.path / "plane" / "ready.json"

    @property
    def admin_socket(self) -> Path:
        """The operator's door to the plane."""
        return self.path / "plane" / "admin.sock"

    @property
    def home_socket(self) -> Path:
        return self.path / "home" / "home.sock"

    @property
    def owner_token(self) -> Path:
        return self.path / "owner" / "token"

    @property
    def agent_token(self) -> Path:
        return self.path / "agent" / "token"

    @property
    def agent_journal(self) -> Path:
        """What the agent did, and at whose word: JSON lines."""
        return self.path / "agent" / "decisions.jsonl"

    def sign_in_code(self) -> str:
        """What a browser shows before it may sign in as anybody; drawn once, and only its owner reads it."""
        path = self.path / "sign-in" / "code"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(path, secrets.token_urlsafe(12))
        return path.read_text().strip()

    def prepare(self) -> None:
        """Run as root, a Deployment's user sees the machine's files: what tells of all tenants is closed to it."""
        closed = (self.mail, self.logs, self.executions, self.cli, self.owner_token.parent, self.agent_token.parent)
        try:
            for path in (self.path, *closed):
                path.mkdir(parents=True, exist_ok=True)
            for path in closed:
                path.chmod(0o700)
        except OSError as error:
            raise Failure(f"cannot write `{self.path}`: {explain(error)}") from error

    def recall(self, name: str) -> Any:
        """What `remember` kept under this name, or None."""
        return self._memory().get(name)

    def remember(self, name: str, value: Any) -> None:
        write(self.path / "memory.json", json.dumps({**self._memory(), name: value}, indent=2))

    def _memory(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads((self.path / "memory.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return kept


class Lock:
    """Held by the one `make up` of an installation; its file names the holder."""

    def __init__(self, state: State) -> None:
        self._path = state.path / "up.lock"
        self._file = self._path.open("a+")

    def take(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
        return True

    def holder(self) -> int | None:
        """The process that holds the lock now."""
        if self.take():
            fcntl.flock(self._file, fcntl.LOCK_UN)
            return None
        self._file.seek(0)
        return int(self._file.read() or 0) or None


def write(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Whole or not at all, and never readable by others in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(text)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise Failure(f"cannot write `{path}`: {explain(error)}") from error


def explain(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; make room and start again"
    return (error.strerror or str(error)).lower()
