"""A project on disk: a pyproject.toml with [tool.orrery], or just a folder with dags/ in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orrery_cli.failures import Failure


@dataclass(frozen=True, slots=True)
class Project:
    """Where its DAGs are, and the Deployment it names as its own, if it does."""

    root: Path
    dags: Path
    deployment: str | None = None
    stated: Mapping[str, Any] = field(default_factory=dict)
    """[tool.orrery], as it is written."""


def find(path: str | None) -> Project:
    """The project at `path`, or the one around the current directory; raises `Failure` of kind no_project."""
    if path is not None:
        project = _at(Path(path).absolute())  # what runs there need not run from here
    else:
        here = Path.cwd()
        project = next((found for each in (here, *here.parents) if (found := _at(each))), None)
    if project is None:
        place = f"`{path}`" if path is not None else "this directory or above it"
        raise Failure(f"there is no project in {place}: it needs a dags/ folder; name its directory with `--path`", kind="no_project")
    return project


def _at(root: Path) -> Project | None:
    table = _table(root / "pyproject.toml")
    dags = root / str((table or {}).get("dags", "dags"))
    if dags.is_dir():
        deployment = (table or {}).get("deployment")
        return Project(root, dags, str(deployment) if deployment else None, table or {})
    if table is not None:
        raise Failure(f"the project in `{root}` has no folder `{dags.name}`", kind="no_project")
    return None


def _table(path: Path) -> dict[str, Any] | None:
    """[tool.orrery], or None where a pyproject.toml is missing or belongs to something else."""
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    import tomllib  # which nobody needs who stands in no project

    try:
        document = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Failure(f"cannot read `{path}`: {error}", kind="usage") from error
    table = document.get("tool", {}).get("orrery")
    return table if isinstance(table, dict) else None
