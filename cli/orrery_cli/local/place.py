"""Where a project's own Airflow lies: everything in `.orrery/` beside its dags/, which git never sees."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orrery_cli import settings
from orrery_cli.failures import Failure


@dataclass(frozen=True, slots=True)
class Place:
    """The folder `.orrery` of the project at `root`; only its owner may look into it, as it holds passwords."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / ".orrery"

    @property
    def environments(self) -> Path:
        return self.state / "environments"

    @property
    def home(self) -> Path:
        """AIRFLOW_HOME."""
        return self.state / "airflow"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def secrets(self) -> Path:
        return self.state / "secrets"

    @property
    def running(self) -> Path:
        return self.state / "running.json"

    def make(self) -> "Place":
        try:
            self.state.mkdir(mode=0o700, exist_ok=True)
            for each in (self.environments, self.home, self.logs, self.secrets):
                each.mkdir(mode=0o700, exist_ok=True)
            (self.state / ".gitignore").write_text("*\n")
        except OSError as error:
            raise Failure(f"cannot write `{self.state}`: {error.strerror}", kind="usage") from error
        return self

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """One command at a time builds, starts or stops here."""
        self.make()
        with settings.held(self.state / "lock"):
            yield

    def clear(self) -> None:
        """Remove everything; the caller holds the lock, whose file stays."""
        import shutil

        for each in self.state.iterdir():
            if each.name not in ("lock", ".gitignore"):
                shutil.rmtree(each) if each.is_dir() else each.unlink()

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for as long as one run takes."""
        import tempfile

        self.make()
        with tempfile.TemporaryDirectory(prefix="run-", dir=self.state) as path:
            yield Path(path)


def read(path: Path) -> dict[str, Any]:
    """The JSON object in a file of ours; empty where there is none, or one that was cut short."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def write(path: Path, document: Any) -> None:
    """Replace a file of ours in one step, readable only by its owner."""
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # opens with 0600
    with os.fdopen(handle, "w") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    Path(temporary).replace(path)
