"""Which Airflow a project wants, and what an Orrery Runtime pins beside it.

`pins/<runtime>.txt` are the locked packages of each runtime, as its Deployments have them; `make lock` writes the newest.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orrery_cli.failures import Failure
from orrery_cli.project import Project

PINS: Final = Path(__file__).parent / "pins"
PYTHON: Final = ">=3.11,<3.14"
"""What the pins were locked for."""

_RUNTIME: Final = re.compile(r"(3\.\d{1,3})-\d{1,4}")
_AIRFLOW: Final = re.compile(r"(\d{1,3})\.(\d{1,3})(\.(\d{1,3}|\*))?((a|b|rc)\d{1,3})?")


@dataclass(frozen=True, slots=True)
class Release:
    """An Airflow to install: a version that may end in `.*`, and the file with all pins where a known runtime brings it."""

    airflow: str
    runtime: str | None = None
    pins: Path | None = None

    @property
    def requirements(self) -> list[str]:
        """Lines for uv: everything the runtime has, or Airflow and what it comes with."""
        return self.pins.read_text().splitlines() if self.pins else [f"apache-airflow=={self.airflow}"]


def known() -> dict[str, Release]:
    """The runtimes that this command has the pins of, oldest first."""
    files = sorted(PINS.glob("*.txt"), key=lambda path: [int(part) for part in re.split(r"\D", path.stem)])
    return {path.stem: Release(_airflow_in(path), path.stem, path) for path in files}


def newest() -> Release:
    return list(known().values())[-1]


def wanted(project: Project) -> Release:
    """What [tool.orrery] says as `runtime` or `airflow`, or the Dockerfile of the older layout; the newest runtime otherwise."""
    runtime, airflow = (project.stated.get(name) for name in ("runtime", "airflow"))
    if runtime and airflow:
        raise Failure("[tool.orrery] has both `runtime` and `airflow`; a runtime brings its Airflow, so keep one", kind="usage")
    if runtime:
        return _of_runtime(str(runtime))
    if airflow:
        return _of_airflow(str(airflow))
    tag = image_tag(project.root / "Dockerfile")
    return _of_tag(tag) if tag else newest()


def image_tag(dockerfile: Path) -> str | None:
    """The tag of the last image that a Dockerfile builds on, without what follows the version, such as `-base` or `-python3.12`."""
    try:
        lines = re.findall(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)", dockerfile.read_text(errors="replace"), re.MULTILINE | re.IGNORECASE)
    except OSError:
        return None
    tags = [image.partition("@")[0].rpartition("/")[2].partition(":")[2] for image in lines]
    found = next((tag for tag in reversed(tags) if tag), None)
    return re.sub(r"(-(base|slim|python[\d.]+|ubi\d*|onbuild))+$", "", found) if found else None


def _of_runtime(name: str) -> Release:
    if name in known():
        return known()[name]
    if found := _RUNTIME.fullmatch(name):
        return Release(f"{found[1]}.*", name)
    raise Failure(f"there is no runtime `{name}`; known are {', '.join(known())}", kind="usage")


def _of_airflow(version: str) -> Release:
    found = _AIRFLOW.fullmatch(version)
    if not found:
        raise Failure(f"`{version}` is no version of Airflow, such as `{newest().airflow}` or `3.2.*`", kind="usage")
    if int(found[1]) < 3:
        raise Failure(f"Airflow {version} does not run here: local development is for Airflow 3 and later", kind="usage")
    exact = version if found[3] else f"{version}.*"
    return next((each for each in reversed(known().values()) if each.airflow == exact), Release(exact))


def _of_tag(tag: str) -> Release:
    if _RUNTIME.fullmatch(tag):
        return _of_runtime(tag)
    if _AIRFLOW.fullmatch(tag):
        major = int(tag.partition(".")[0])
        if major > 3:  # runtimes of before 3.0 had a count of their own
            raise Failure(f"the Dockerfile's runtime `{tag}` brings Airflow 2; local development is for Airflow 3 and later", kind="usage")
        return _of_airflow(tag)
    raise Failure(
        f'the Dockerfile\'s tag `{tag}` names no Airflow; write `airflow = "{newest().airflow}"` under [tool.orrery] in pyproject.toml',
        kind="usage",
    )


def _airflow_in(path: Path) -> str:
    found = re.search(r"^apache-airflow==(\S+)", path.read_text(), re.MULTILINE)
    assert found, f"{path} pins no apache-airflow"
    return found[1]
