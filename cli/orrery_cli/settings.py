"""What the command remembers between runs: named contexts in one file, and their tokens in another that only the owner reads."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure, near

DEFAULT_CONTEXT: Final = "local"
DEFAULT_API_URL: Final = "http://localhost:8888"


@dataclass(frozen=True, slots=True)
class Context:
    """One control plane and where to work in it; organization and workspace are names or ids."""

    name: str
    api_url: str = DEFAULT_API_URL
    organization: str | None = None
    workspace: str | None = None

    def document(self) -> dict[str, Any]:
        return {"name": self.name, "apiUrl": self.api_url, "organization": self.organization, "workspace": self.workspace}


@dataclass(frozen=True, slots=True)
class Settings:
    """The contexts by name and which of them is current."""

    current: str = DEFAULT_CONTEXT
    contexts: dict[str, Context] = field(default_factory=dict)

    def context(self, name: str) -> Context:
        """The named context; the default one needs no setting up, any other must have been `set`."""
        if name in self.contexts:
            return self.contexts[name]
        if name == DEFAULT_CONTEXT:
            return Context(DEFAULT_CONTEXT)
        hint = near(name, self.contexts) or f"; make it with `orrery context set {name} --api-url URL`"
        raise Failure(f"there is no context `{name}`{hint}", kind="not_found")

    def with_context(self, context: Context) -> "Settings":
        return replace(self, contexts={**self.contexts, context.name: context})


def home() -> Path:
    """ORRERY_HOME, or the usual configuration directory of this system."""
    if named := os.environ.get("ORRERY_HOME"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_config_dir("orrery"))


def load() -> Settings:
    raw = _read(home() / "config.json")
    known = {each.name for each in fields(Context)} - {"name"}
    contexts = {name: Context(name, **{k: v for k, v in each.items() if k in known}) for name, each in raw.get("contexts", {}).items()}
    return Settings(raw.get("current", DEFAULT_CONTEXT), contexts)


def save(settings: Settings) -> None:
    contexts = {name: {k: v for k, v in asdict(each).items() if k != "name"} for name, each in settings.contexts.items()}
    _write(home() / "config.json", {"current": settings.current, "contexts": contexts})


def stored_token(context: str) -> str | None:
    """The API token of a context; none where somebody is signed in instead."""
    token = _credentials().get(context)
    return token if isinstance(token, str) else None


def store_token(context: str, token: str | None) -> bool:
    """Remember the token of a context, or forget it when None; whether anything changed."""
    with lock():
        return _store(context, token)


def stored_sign_in(context: str) -> dict[str, Any] | None:
    """What is kept of a sign-in with a context."""
    kept = _credentials().get(context)
    return kept if isinstance(kept, dict) else None


def store_sign_in(context: str, kept: dict[str, Any] | None, *, locked: bool = False) -> bool:
    """Remember a sign-in in place of whatever the context had; `locked` if the caller holds the lock."""
    with contextlib.nullcontext() if locked else lock():
        return _store(context, kept)


def lock() -> contextlib.AbstractContextManager[None]:
    """One command at a time: what it reads of the credentials is what is there until it has written."""
    return held(home() / "credentials.lock")


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock file, after whoever holds it now."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {error.strerror}", kind="usage") from error
    with file:
        _hold(file.fileno())
        yield  # closing the file lets go, and so does the end of the process


def _hold(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _store(context: str, credential: str | dict[str, Any] | None) -> bool:
    known = _credentials()
    if known.get(context) == credential:
        return False
    kept = {name: value for name, value in known.items() if name != context}
    _write(home() / "credentials.json", kept if credential is None else {**kept, context: credential})
    return True


def _credentials() -> dict[str, Any]:
    return _read(home() / "credentials.json")


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read `{path}`: {error}; repair it or remove it", kind="usage") from error
    if not isinstance(raw, dict):
        raise Failure(f"`{path}` is not a JSON object; repair it or remove it", kind="usage")
    return raw


def _write(path: Path, document: dict[str, Any]) -> None:
    """Atomic and never readable by others, not even for a moment: mkstemp opens with 0600."""
    import tempfile  # costs every other command three milliseconds

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w") as file:
            json.dump(document, file, indent=2)
            file.write("\n")
        Path(temporary).replace(path)
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {error.strerror}", kind="usage") from error
