"""A command that is really run, against a small control plane that remembers what it was asked."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parent))

from fake_plane import Plane
from local_project import Workbench, install_uv
from orrery_cli import waiting
from orrery_cli.main import cli


@pytest.fixture
def plane() -> Iterator[Plane]:
    with Plane() as running:
        yield running


@pytest.fixture
def environment(plane: Plane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A home of its own, nothing of the developer's, and waits that do not wait."""
    kept = "ORRERY_GOLDEN"  # speaks to the tests, not to the command
    for name in [each for each in os.environ if (each.startswith("ORRERY_") and each != kept) or each == "NO_COLOR"]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(waiting, "EVERY", 0.0)
    values = {"ORRERY_HOME": str(tmp_path / "home"), "ORRERY_API_URL": plane.url, "ORRERY_API_TOKEN": plane.token}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture
def bench(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """A project whose Airflow is a small one; nothing of it outlives the test."""
    monkeypatch.setenv("UV", str(install_uv(tmp_path)))
    project = Workbench(tmp_path / "etl")
    yield project
    project.end()


@pytest.fixture
def orrery(environment: dict[str, str]) -> Callable[..., Result]:
    """Run `orrery` with these words; `stdin` is what it reads."""

    def run(*words: str, stdin: str = "") -> Result:
        result = CliRunner().invoke(cli, list(words), input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
