"""What a local Airflow is given: the Workspace's connections and variables, the older layout's, and `.env`."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from fake_plane import Plane, error
from local_project import Workbench

Run = Callable[..., Result]
SETTINGS = """
airflow:
  connections:
    - conn_id: lake
      conn_type: aws
      conn_host:
      conn_password: s3cret
      conn_port: 5432
      conn_extra: {region_name: eu-west-1}
    - conn_id:
  variables:
    - variable_name: region
      variable_value: here
    - variable_name: limits
      variable_value: {low: 1}
  pools:
    - pool_name: few
      pool_slot: 2
      pool_description: not many
"""
PATH = "/v1/organizations/corganization0000000001aa/environment-objects"


@pytest.fixture
def start(orrery: Run, bench: Workbench) -> Run:
    return lambda *words: orrery("local", "start", "--path", str(bench.root), "--no-wait", "-o", "json", *words)


def given(bench: Workbench, kind: str) -> Any:
    """What Airflow's secrets backend would find."""
    return json.loads((bench.place.secrets / f"{kind}.json").read_text())


def environment(bench: Workbench) -> dict[str, str]:
    command = [sys.executable, "-m", "orrery_cli", "local", "shell", "--path", str(bench.root), "python", "show"]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def reveal(plane: Plane) -> None:
    """As an Organization does that lets secrets be fetched."""
    for each in plane.environment:
        if each["connection"]:
            each["connection"] = {**each["connection"], "password": "hunter2", "extra": {"sslmode": "require"}}
        if each["environmentVariable"]:
            each["environmentVariable"] = {"isSecret": True, "value": "dev"}


def test_the_workspaces_connections_and_variables_reach_airflow_with_their_secrets(start: Run, bench: Workbench, plane: Plane) -> None:
    reveal(plane)
    assert start().exit_code == 0
    sales = {"conn_type": "postgres", "host": "db.example.com", "login": "ada", "password": "hunter2", "port": 5432}
    assert given(bench, "connections") == {"sales": {**sales, "extra": '{"sslmode": "require"}'}}
    assert given(bench, "variables") == {"region": "eu"}
    assert environment(bench)["STAGE"] == "dev"
    asked = plane.asked("GET", "environment-objects")
    assert {each.query["showSecrets"][0] for each in asked} == {"true"}
    assert {"workspaceId"} <= asked[0].query.keys()


def test_a_deployment_may_be_named_in_place_of_the_workspace(start: Run, plane: Plane) -> None:
    assert start("--deployment", "etl").exit_code == 0
    assert "deploymentId" in plane.asked("GET", "environment-objects")[0].query


def test_where_secrets_stay_everything_else_comes_and_what_is_missing_is_told(start: Run, bench: Workbench, plane: Plane) -> None:
    plane.answer("GET", PATH, error(403, "your Organization does not let secrets be fetched"))
    result = start()
    assert "connections come without password and extra, nor the values of `STAGE`" in result.stderr
    assert given(bench, "connections")["sales"]["host"] == "db.example.com"
    assert given(bench, "variables") == {"region": "eu"}
    assert "STAGE" not in environment(bench)


def test_nobody_is_asked_where_nothing_of_a_workspace_is_wanted(start: Run, bench: Workbench, plane: Plane) -> None:
    assert start("--no-environment").exit_code == 0
    assert plane.requests == []
    assert given(bench, "connections") == {}


def test_offline_gives_what_came_last(start: Run, bench: Workbench, plane: Plane, orrery: Run) -> None:
    start()
    bench.end()
    plane.requests.clear()
    assert start("--offline").exit_code == 0
    assert plane.requests == []
    assert given(bench, "variables") == {"region": "eu"}


def test_a_plane_that_is_away_or_a_person_who_is_not_signed_in_stops_nobodys_work(
    start: Run, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORRERY_API_TOKEN")
    result = start()
    assert result.exit_code == 0
    assert "nobody is signed in" in result.stderr
    assert "nothing of a Workspace is given" in result.stderr


def test_a_workspace_that_was_named_has_to_be_there(start: Run, bench: Workbench) -> None:
    result = start("--workspace", "Nowhere")
    assert json.loads(result.stderr.splitlines()[-1])["kind"] == "not_found"
    assert bench.pids() == set()


def test_the_older_layouts_settings_go_over_the_workspaces(start: Run, bench: Workbench) -> None:
    bench.has("airflow_settings.yaml", SETTINGS)
    assert start().exit_code == 0
    assert given(bench, "connections")["lake"] == {
        "conn_type": "aws",
        "password": "s3cret",
        "port": 5432,
        "extra": '{"region_name": "eu-west-1"}',
    }
    assert given(bench, "variables") == {"region": "here", "limits": '{"low": 1}'}
    pools = json.loads((bench.place.home / "imported.json").read_text())
    assert pools == {"few": {"slots": 2, "description": "not many", "include_deferred": False}}


def test_settings_that_cannot_be_read_are_refused_without_repeating_them(start: Run, bench: Workbench) -> None:
    bench.has("airflow_settings.yaml", "airflow: {connections: [s3cret]}")
    result = start()
    assert result.exit_code == 2
    assert "airflow_settings.yaml" in result.stderr
    assert "s3cret" not in result.stderr


def test_dotenv_goes_before_all_of_them(start: Run, bench: Workbench) -> None:
    bench.has(".env", "AIRFLOW_CONN_SALES=postgres://localhost\nAIRFLOW_VAR_REGION=mine\nSTAGE=local\nAIRFLOW__CORE__PARALLELISM=2\n")
    assert start().exit_code == 0
    assert given(bench, "connections") == given(bench, "variables") == {}
    seen = environment(bench)
    assert seen["AIRFLOW_CONN_SALES"] == "postgres://localhost"
    assert (seen["STAGE"], seen["AIRFLOW__CORE__PARALLELISM"]) == ("local", "2")


def test_what_holds_the_processes_together_gives_way_to_nothing(start: Run, bench: Workbench) -> None:
    bench.has(
        ".env", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=postgresql://prod\nAIRFLOW__CORE__EXECUTOR=CeleryExecutor\nAIRFLOW__API__PORT=1\n"
    )
    assert start().exit_code == 0
    seen = environment(bench)
    assert seen["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{bench.place.home / 'airflow.db'}"
    assert seen["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert seen["AIRFLOW__API__PORT"] != "1"


def test_no_secret_is_on_a_command_line_or_in_a_log(start: Run, bench: Workbench, plane: Plane) -> None:
    reveal(plane)
    told = start()
    lines = subprocess.run(["ps", "-axo", "args="], capture_output=True, text=True, check=True).stdout
    logs = "".join(path.read_text() for path in bench.place.logs.glob("*.log"))
    assert "hunter2" not in lines + logs + told.stdout + told.stderr
