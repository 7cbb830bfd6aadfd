"""`orrery init`: a new project, or what an older one lacks; nothing that is there is touched."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from orrery_cli import project
from orrery_cli.local import releases

Run = Callable[..., Result]
FILES = {"pyproject.toml", ".gitignore", ".env", "dags/example.py", "tests/test_dags.py"}


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_a_new_project_has_all_that_a_first_day_needs(orrery: Run, tmp_path: Path) -> None:
    told = document(orrery("init", str(tmp_path / "My Shop!"), "-o", "json"))
    assert (told["name"], set(told["made"]), told["kept"]) == ("my-shop", FILES, [])
    assert files(tmp_path / "My Shop!").keys() == FILES
    found = project.find(str(tmp_path / "My Shop!"))
    assert releases.wanted(found) == releases.newest()
    assert tomllib.loads((found.root / "pyproject.toml").read_text())["project"]["requires-python"] == releases.PYTHON


def test_a_second_time_changes_nothing(orrery: Run, tmp_path: Path) -> None:
    orrery("init", str(tmp_path / "etl"))
    before = files(tmp_path / "etl")
    told = document(orrery("init", str(tmp_path / "etl"), "--name", "other", "-o", "json"))
    assert (told["made"], set(told["kept"])) == ([], FILES)
    assert files(tmp_path / "etl") == before


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_is_there_stays_as_it_is(orrery: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine\n")
    assert document(orrery("init", str(tmp_path), "-o", "json"))["kept"] == [name]
    assert path.read_text() == "mine\n"


def test_whoever_has_dags_gets_no_example(orrery: Run, tmp_path: Path) -> None:
    (tmp_path / "dags" / "shop").mkdir(parents=True)
    (tmp_path / "dags" / "shop" / "week.py").touch()
    assert "dags/example.py" not in document(orrery("init", str(tmp_path), "-o", "json"))["made"]


def test_an_older_project_keeps_its_files_and_its_airflow(orrery: Run, tmp_path: Path) -> None:
    older = {"Dockerfile": "FROM apache/airflow:3.2.1-python3.12\nRUN true\n", "requirements.txt": "polars\n", "packages.txt": "git\n"}
    for name, text in older.items():
        (tmp_path / name).write_text(text)
    result = orrery("init", str(tmp_path), "-o", "json")
    told = document(result)
    assert (told["runtime"], told["airflowVersion"]) == (None, "3.2.1")
    assert "the Dockerfile only names the Airflow" in result.stderr
    assert "install them yourself: git" in result.stderr
    assert {name: text for name, text in files(tmp_path).items() if name in older} == older
    assert releases.wanted(project.find(str(tmp_path))).airflow == "3.2.1"


def test_the_runtime_may_be_named(orrery: Run, tmp_path: Path) -> None:
    assert document(orrery("init", str(tmp_path), "--runtime", "3.1-2", "-o", "json"))["airflowVersion"] == "3.1.*"
    assert 'runtime = "3.1-2"' in (tmp_path / "pyproject.toml").read_text()
    assert orrery("init", str(tmp_path / "x"), "--runtime", "12.0.0").exit_code == 2
    assert not (tmp_path / "x").exists()


def test_a_place_that_cannot_be_written_is_told(orrery: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = orrery("init", str(tmp_path / "file" / "etl"), "-o", "json")
    assert (json.loads(result.stderr)["kind"], result.exit_code) == ("usage", 2)
