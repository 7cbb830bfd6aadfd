"""The Python environment of a project: its Airflow, its own requirements, pytest and ruff; one folder for each state of these."""

import hashlib
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orrery_cli.local import releases, uv
from orrery_cli.local.place import Place, read, write
from orrery_cli.local.releases import Release
from orrery_cli.output import note
from orrery_cli.project import Project

_TOOLS: Final = ("pytest", "ruff")
_MADE: Final = "orrery.json"
"""Written last, so an environment without it was cut short."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that is complete; `airflow` is the version that is really in it."""

    path: Path
    airflow: str

    @property
    def bin(self) -> Path:
        return self.path / "bin"

    @property
    def python(self) -> str:
        return str(self.bin / "python")


def ready(place: Place, project: Project) -> Environment:
    """The project's environment as its files ask for it now, built when there is none yet. Holds the lock itself."""
    release = releases.wanted(project)
    lines = [*release.requirements, *requirements(project.root), *_TOOLS]
    python = _python(project.root)
    key = hashlib.sha256("\n".join([*lines, *python]).encode()).hexdigest()[:12]
    path = place.environments / key
    with place.lock():
        if not (path / _MADE).exists():
            _build(place, project, path, release, lines=lines, python=python)
    return Environment(path, str(read(path / _MADE)["airflow"]))


def forget_others(place: Place, *kept: Path) -> None:
    """Remove environments that nothing needs any more."""
    for path in place.environments.iterdir():
        if path not in kept:
            shutil.rmtree(path, ignore_errors=True)


def requirements(root: Path) -> list[str]:
    """What the project asks for beside Airflow: the dependencies in pyproject.toml, and requirements.txt of the older layout."""
    listed = [str(each) for each in _table(root).get("dependencies", [])]
    file = root / "requirements.txt"
    return [*listed, *(file.read_text(errors="replace").splitlines() if file.is_file() else [])]


def system_packages(root: Path) -> list[str]:
    """The operating system's packages that the older layout asks for; nobody installs them here."""
    file = root / "packages.txt"
    lines = file.read_text(errors="replace").splitlines() if file.is_file() else []
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def _build(place: Place, project: Project, path: Path, release: Release, *, lines: list[str], python: list[str]) -> None:
    if release.pins is None:
        note(f"Airflow {release.airflow} is no known runtime's, so what it needs is chosen anew and may differ from a Deployment's")
    if packages := system_packages(project.root):
        note(f"packages.txt is for images; if they are missing here, install them yourself: {' '.join(packages)}")
    note(f"Installing Airflow {release.airflow} and what the project needs")
    log = place.logs / "install.log"
    uv.run("venv", "--clear", "--quiet", "--no-project", *python, str(path), cwd=project.root, log=log)
    asked = ("pip", "install", "--quiet", "--python", str(path / "bin" / "python"), "--requirements", "-")
    uv.run(*asked, cwd=project.root, log=log, lines=lines)
    write(path / _MADE, {"airflow": _installed(path), "runtime": release.runtime})


def _python(root: Path) -> list[str]:
    """uv's words for the interpreter: what the project pins or allows, otherwise what the runtimes have."""
    pinned = root / ".python-version"
    stated = pinned.read_text().strip() if pinned.is_file() else str(_table(root).get("requires-python") or releases.PYTHON)
    return ["--python", stated]


def _installed(path: Path) -> str:
    found = sorted(path.glob("lib/python3.*/site-packages/apache_airflow_core-*.dist-info"))
    return re.sub(r"^apache_airflow_core-|\.dist-info$", "", found[0].name) if found else "unknown"


def _table(root: Path) -> dict[str, Any]:
    """[project]; whether the file can be read was seen when the project was found."""
    try:
        return dict(tomllib.loads((root / "pyproject.toml").read_text()).get("project", {}))
    except (OSError, ValueError):
        return {}
