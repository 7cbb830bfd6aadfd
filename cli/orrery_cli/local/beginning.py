"""A new project on disk: what is missing is written, what is there stays as it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure
from orrery_cli.local import releases
from orrery_cli.local.releases import Release
from orrery_cli.project import Project

_EXAMPLE: Final = Path(__file__).parent / "examples" / "new"
_OLDER: Final = ("Dockerfile", "requirements.txt", "packages.txt", "airflow_settings.yaml")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is to be made: a folder, a name for pyproject.toml, an Airflow."""

    root: Path
    name: str
    release: Release

    @property
    def older(self) -> bool:
        """Whether a project of the older layout lies there."""
        return any((self.root / each).is_file() for each in _OLDER)

    def write(self) -> dict[str, Any]:
        """Write what is missing; {made, kept} with paths relative to the project."""
        made: list[str] = []
        kept: list[str] = []
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for name, content in self._files().items():
                (made if _write(self.root / name, content) else kept).append(name)
        except OSError as error:
            raise Failure(f"cannot write `{error.filename}`: {error.strerror}", kind="usage") from error
        return {"made": made, "kept": kept}

    def _files(self) -> dict[str, Callable[[], str]]:
        """Contents by path. DAGs and tests are examples, and nobody who has their own wants ours beside them."""
        files: dict[str, Callable[[], str]] = {
            "pyproject.toml": self._pyproject,
            ".gitignore": lambda: _text("gitignore"),
            ".env": lambda: _text("env"),
        }
        examples = ("dags/example.py", "tests/test_dags.py")
        return files | {
            name: _reader(name) for name in examples if not _holds_python((self.root / name).parent) or (self.root / name).exists()
        }

    def _pyproject(self) -> str:
        named = f'runtime = "{self.release.runtime}"' if self.release.runtime else f'airflow = "{self.release.airflow}"'
        text = _text("pyproject")
        for key, value in {"name": self.name, "python": releases.PYTHON, "release": named}.items():
            text = text.replace(f"{{{key}}}", value)
        return text


def at(root: Path, *, name: str | None, runtime: str | None) -> Beginning:
    """A beginning in a folder: the runtime that was named, or that a Dockerfile there builds on, or the newest."""
    stated = {"runtime": runtime} if runtime else {}
    release = releases.wanted(Project(root, root / "dags", stated=stated))
    chosen = re.sub(r"[^a-z0-9]+", "-", (name or root.resolve().name).lower()).strip("-")
    return Beginning(root, chosen or "project", release)


def _write(path: Path, content: Callable[[], str]) -> bool:
    """Whether it was written: a file that is there, even by a race, is not touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content())
    except FileExistsError:
        return False
    return True


def _holds_python(folder: Path) -> bool:
    return folder.is_dir() and any(folder.rglob("*.py"))


def _reader(name: str) -> Callable[[], str]:
    return lambda: _text(name)


def _text(name: str) -> str:
    return (_EXAMPLE / name).read_text(encoding="utf-8")
