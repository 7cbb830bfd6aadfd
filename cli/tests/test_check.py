"""`orrery check` and `orrery pytest`, and the older words for local development."""

import json
from collections.abc import Callable

import click
import pytest
from click.testing import Result
from local_project import Workbench
from orrery_cli.main import cli

Run = Callable[..., Result]


def test_what_cannot_be_imported_is_told_with_its_place_and_exit_code_one(orrery: Run, bench: Workbench) -> None:
    bench.has("dags/broken.py")
    result = orrery("check", "--path", str(bench.root), "-o", "json")
    found = json.loads(result.stdout)
    error = {"file": "dags/broken.py", "line": 3, "code": "import-error", "message": "ModuleNotFoundError: No module named 'x'"}
    assert (found["errors"], result.exit_code) == ([error], 1)
    assert [each["dagId"] for each in found["dags"]] == ["one"]


def test_a_person_reads_one_finding_a_line(orrery: Run, bench: Workbench) -> None:
    bench.has("dags/broken.py")
    bench.has("dags/old.py", "# AIR311")
    result = orrery("check", "--path", str(bench.root))
    assert result.stdout.splitlines() == [
        "dags/broken.py:3: import-error ModuleNotFoundError: No module named 'x'",
        "dags/old.py:7: AIR311 `x` is gone",
        "2 DAGs, 1 errors, 1 warnings",
    ]


@pytest.mark.parametrize(("code", "plain", "strict"), [("AIR301", 1, 1), ("AIR302", 1, 1), ("AIR311", 0, 1), ("", 0, 0)])
def test_what_airflow_3_no_longer_has_is_an_error_and_what_it_will_not_have_a_warning(
    orrery: Run, bench: Workbench, code: str, plain: int, strict: int
) -> None:
    bench.has("dags/old.py", f"# {code}")
    assert orrery("check", "--path", str(bench.root)).exit_code == plain
    assert orrery("check", "--path", str(bench.root), "--strict").exit_code == strict


def test_tests_are_counted_and_their_failure_is_exit_code_one(orrery: Run, bench: Workbench) -> None:
    bench.has("failing")
    result = orrery("pytest", "--path", str(bench.root), "-o", "json", "-k", "x", "--maxfail=1")
    assert json.loads(result.stdout) == {"passed": 3, "failed": 1, "errors": 0, "skipped": 1, "exitCode": 1}
    assert result.exit_code == 1


def test_words_that_pytest_does_not_know_are_wrong_usage(orrery: Run, bench: Workbench) -> None:
    bench.has("unusable")
    result = orrery("pytest", "--path", str(bench.root), "--nonsense", "-o", "json")
    assert (result.stdout, result.exit_code) == ("", 2)
    assert json.loads(result.stderr.splitlines()[-1])["kind"] == "usage"


@pytest.mark.parametrize(
    ("older", "now"),
    [
        ("dev init {new}", "init {new}"),
        ("dev ps --path {root}", "local status --path {root}"),
        ("dev stop --path {root}", "local stop --path {root}"),
        ("dev kill --path {root} --yes", "local reset --path {root} --yes"),
        ("dev parse --path {root}", "check --path {root}"),
        ("dev pytest --path {root}", "pytest --path {root}"),
    ],
)
def test_older_words_say_the_same(orrery: Run, bench: Workbench, older: str, now: str) -> None:
    first, second = (
        orrery("-o", "json", *line.format(root=bench.root, new=bench.root / name / "etl").split())
        for line, name in ((older, "a"), (now, "b"))
    )
    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr
    assert json.loads(first.stdout).keys() == json.loads(second.stdout).keys()


def test_all_older_words_are_there_and_no_list_shows_them(orrery: Run) -> None:
    dev = cli.get_command(click.Context(cli), "dev")
    assert isinstance(dev, click.Group)
    words = {"init", "start", "stop", "restart", "ps", "logs", "run", "bash", "kill", "parse", "pytest"}
    assert set(dev.list_commands(click.Context(dev))) == words
    assert "\n  dev " not in orrery("--help").stdout


def test_dev_run_is_for_airflows_own_commands(orrery: Run, bench: Workbench) -> None:
    bench.has("dags/two.py")
    result = orrery("-o", "json", "dev", "run", "--path", str(bench.root), "dags", "list")
    assert json.loads(result.stdout)["command"] == ["airflow", "dags", "list"]
