"""Which Airflow a project gets, and what is installed beside it."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from local_project import Workbench
from orrery_cli.failures import Failure
from orrery_cli.local import releases, uv
from orrery_cli.project import Project

Run = Callable[..., Result]
ROOT = Path(__file__).parents[2]


def wanted(root: Path, stated: Mapping[str, Any] | None = None, *, dockerfile: str | None = None) -> releases.Release:
    if dockerfile is not None:
        (root / "Dockerfile").write_text(dockerfile)
    return releases.wanted(Project(root, root / "dags", stated=stated or {}))


def test_every_runtime_on_offer_has_its_pins_and_they_are_its_airflow() -> None:
    offered = json.loads((ROOT / "runtime" / "versions.json").read_text())["runtimeVersions"]
    known = {name: each.airflow for name, each in releases.known().items()}
    assert known == {name: each["metadata"]["airflowVersion"] for name, each in offered.items()}


def test_the_newest_pins_are_what_the_runtimes_lock_file_says() -> None:
    words = ["export", "--quiet", "--frozen", "--offline", "--project", str(ROOT / "runtime"), "--no-default-groups"]
    plain = ["--no-hashes", "--no-header", "--no-annotate"]
    exported = subprocess.run([uv.find(), *words, *plain], capture_output=True, text=True, check=True).stdout
    assert releases.newest().requirements == exported.splitlines(), "run `make lock`"


def test_a_project_that_says_nothing_gets_the_newest_runtime(tmp_path: Path) -> None:
    assert wanted(tmp_path) == releases.newest()


def test_an_airflow_that_a_runtime_brings_comes_with_its_pins(tmp_path: Path) -> None:
    newest = releases.newest()
    assert wanted(tmp_path, {"airflow": newest.airflow}) == wanted(tmp_path, {"runtime": newest.runtime}) == newest


@pytest.mark.parametrize(
    ("stated", "airflow"),
    [({"airflow": "3.2.1"}, "3.2.1"), ({"airflow": "3.2"}, "3.2.*"), ({"airflow": "3.2.*"}, "3.2.*"), ({"runtime": "3.1-7"}, "3.1.*")],
)
def test_any_airflow_3_may_be_asked_for(tmp_path: Path, stated: dict[str, str], airflow: str) -> None:
    found = wanted(tmp_path, stated)
    assert (found.airflow, found.pins, found.requirements) == (airflow, None, [f"apache-airflow=={airflow}"])


@pytest.mark.parametrize(
    ("line", "airflow"),
    [
        ("FROM registry.example.com/astro-runtime:3.2-4", "3.2.*"),
        ("FROM registry.example.com:5000/runtime:3.2-4-base", "3.2.*"),
        ("FROM --platform=linux/amd64 apache/airflow:3.2.1-python3.12 AS base\nRUN true", "3.2.1"),
        ("# FROM a:1\nfrom apache/airflow:slim-3\nFROM apache/airflow:3.2.1@sha256:0123", "3.2.1"),
        ("FROM apache/airflow:3.2.1 AS base\nFROM base", "3.2.1"),
        ("FROM scratch", None),
    ],
)
def test_a_dockerfile_of_the_older_layout_names_it_by_its_tag(tmp_path: Path, line: str, airflow: str | None) -> None:
    assert wanted(tmp_path, dockerfile=line).airflow == (airflow or releases.newest().airflow)


def test_what_the_project_states_goes_before_its_dockerfile(tmp_path: Path) -> None:
    assert wanted(tmp_path, {"airflow": "3.1.0"}, dockerfile="FROM apache/airflow:3.2.1").airflow == "3.1.0"


@pytest.mark.parametrize(
    "stated", [{"airflow": "2.11.0"}, {"airflow": "three"}, {"runtime": "12.1.0"}, {"airflow": "3.2.1", "runtime": "3.3-1"}]
)
def test_what_does_not_run_here_is_refused(tmp_path: Path, stated: dict[str, str]) -> None:
    with pytest.raises(Failure) as refused:
        wanted(tmp_path, stated)
    assert refused.value.kind == "usage"


@pytest.mark.parametrize("tag", ["12.1.0", "2.10.2", "latest", "slim"])
def test_a_tag_that_names_no_airflow_3_is_refused_with_a_way_out(tmp_path: Path, tag: str) -> None:
    with pytest.raises(Failure, match=r"Airflow 3|tool\.orrery"):
        wanted(tmp_path, dockerfile=f"FROM apache/airflow:{tag}")


def test_the_environment_has_the_runtimes_packages_the_projects_and_the_tools(orrery: Run, bench: Workbench) -> None:
    bench.has("pyproject.toml", '[project]\nname = "x"\nrequires-python = "==3.12.*"\ndependencies = ["polars>=1"]\n[tool.orrery]\n')
    bench.has("requirements.txt", "pendulum\n# a word\n")
    assert orrery("check", "--path", str(bench.root)).exit_code == 0
    pins = releases.newest().requirements
    assert bench.installed() == [*pins, "polars>=1", "pendulum", "# a word", "pytest", "ruff"]
    (environment,) = bench.place.environments.iterdir()
    asked = json.loads((environment / "asked.json").read_text())
    assert asked[asked.index("--python") + 1] == "==3.12.*"


def test_a_python_that_the_project_pins_goes_before_what_it_allows(orrery: Run, bench: Workbench) -> None:
    bench.has(".python-version", "3.13\n")
    orrery("check", "--path", str(bench.root))
    (environment,) = bench.place.environments.iterdir()
    assert "3.13" in json.loads((environment / "asked.json").read_text())


def test_packages_of_the_operating_system_are_named_and_not_installed(orrery: Run, bench: Workbench) -> None:
    bench.has("packages.txt", "libpq-dev  # for postgres\n\n# git\n")
    result = orrery("check", "--path", str(bench.root))
    assert "packages.txt is for images; if they are missing here, install them yourself: libpq-dev\n" in result.stderr


def test_without_uv_there_is_a_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.delenv("UV", raising=False)
    with pytest.raises(Failure, match="pip install uv"):
        uv.find()


@pytest.mark.parametrize("line", ["--help", "local --help", "local start --help", "local status", "local stop", "dev --help"])
def test_what_builds_nothing_imports_nothing_heavy(bench: Workbench, line: str) -> None:
    program = "import sys; from orrery_cli.main import main\ntry: main()\nfinally: print('\\n', *sys.modules)"
    result = subprocess.run([sys.executable, "-c", program, *line.split()], cwd=bench.root, capture_output=True, text=True, check=True)
    heavy = {"http.client", "httpx2", "yaml", "hashlib", "sqlite3", "socket", "secrets", "orrery_cli.http", "orrery_cli.local.preparation"}
    assert heavy.isdisjoint(result.stdout.splitlines()[-1].split())
