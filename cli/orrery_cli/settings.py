"""What the command remembers between runs: named contexts in one file, and their tokens in another that only the owner reads."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure

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
        raise Failure(f"there is no context `{name}`; make it with `orrery context set {name} --api-url URL`", kind="not_found")

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
    token = _read(home() / "credentials.json").get(context)
    return token if isinstance(token, str) else None


def store_token(context: str, token: str | None) -> bool:
    """Remember the token of a context, or forget it when None; whether anything changed."""
    path = home() / "credentials.json"
    tokens = _read(path)
    if tokens.get(context) == token:
        return False
    kept = {name: value for name, value in tokens.items() if name != context}
    _write(path, kept if token is None else {**kept, context: token})
    return True


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w") as file:
            json.dump(document, file, indent=2)
            file.write("\n")
        Path(temporary).replace(path)
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {error.strerror}", kind="usage") from error
