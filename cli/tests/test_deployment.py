"""Deployments from the command: bodies that keep what was not named, waits that end, logs from Airflow."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fake_plane import CLUSTER, DEPLOYMENT, WORKSPACE, Plane

Run = Callable[..., Result]


def sent(plane: Plane) -> Any:
    return plane.asked("POST")[-1].json


def test_create_asks_for_the_services_own_defaults_and_always_a_default_queue(orrery: Run, plane: Plane) -> None:
    assert orrery("deployment", "create", "new", "--queue", "heavy:min=0,max=4,concurrency=2,machine=A10").exit_code == 0
    assert sent(plane) == {
        "workspaceId": WORKSPACE,
        "name": "new",
        "type": "STANDARD",
        "workerQueues": [
            {"isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 10, "workerConcurrency": 5, "name": "default"},
            {"isDefault": False, "astroMachine": "A10", "minWorkerCount": 0, "maxWorkerCount": 4, "workerConcurrency": 2, "name": "heavy"},
        ],
    }


def test_create_leaves_to_the_service_what_was_not_named(orrery: Run, plane: Plane) -> None:
    assert orrery("deployment", "create", "new").exit_code == 0
    assert sent(plane) == {"workspaceId": WORKSPACE, "name": "new", "type": "STANDARD"}
    assert orrery("deployment", "create", "new", "--region", "eu-west-1", "--executor", "celery").exit_code == 0
    assert sent(plane) | {"cloudProvider": "AWS", "region": "eu-west-1", "executor": "CELERY"} == sent(plane)


def test_create_takes_a_cluster_by_name_and_a_whole_body_from_a_file(orrery: Run, plane: Plane, tmp_path: Path) -> None:
    source = tmp_path / "body.yaml"
    source.write_text("executor: KUBERNETES\nschedulerSize: LARGE\n")
    assert orrery("deployment", "create", "new", "--cluster", "standard", "--input", str(source)).exit_code == 0
    body = sent(plane)
    assert (body["clusterId"], body["executor"], body["schedulerSize"]) == (CLUSTER, "KUBERNETES", "LARGE")
    assert "workerQueues" not in body
    assert "region" not in body


def test_variables_come_from_options_and_files_and_secrets_only_from_files(orrery: Run, plane: Plane, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.env"
    secrets.write_text("# keys\nexport KEY='a=b'\n\nOTHER=x\n")
    assert orrery("deployment", "create", "new", "--env", "STAGE=dev", "--secret-env-file", str(secrets)).exit_code == 0
    assert sent(plane)["environmentVariables"] == [
        {"key": "KEY", "value": "a=b", "isSecret": True},
        {"key": "OTHER", "value": "x", "isSecret": True},
        {"key": "STAGE", "value": "dev", "isSecret": False},
    ]


def test_a_broken_secrets_file_is_refused_without_repeating_its_line(orrery: Run, plane: Plane, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.env"
    secrets.write_text("hunter2\n")
    result = orrery("deployment", "create", "new", "--secret-env-file", str(secrets))
    assert result.exit_code == 2
    assert "hunter2" not in result.stderr
    assert plane.asked("POST") == []


def test_update_repeats_everything_that_was_not_named(orrery: Run, plane: Plane) -> None:
    assert orrery("deployment", "update", "etl", "--description", "nightly", "--env", "STAGE=prod").exit_code == 0
    body = sent(plane)
    assert body["description"] == "nightly"
    assert body["environmentVariables"] == [{"key": "STAGE", "value": "prod", "isSecret": False}, {"key": "KEY", "isSecret": True}]
    assert "workerQueues" not in body
    required = {"name", "type", "workspaceId", "executor", "schedulerSize", "isCicdEnforced", "isDagDeployEnabled", "isHighAvailability"}
    assert required <= body.keys()


def test_update_changes_adds_and_removes_queues_by_name(orrery: Run, plane: Plane) -> None:
    plane.deployments[0]["workerQueues"].append({"id": "q2", "name": "old", "isDefault": False})
    words = ("--queue", "default:max=7", "--queue", "heavy:max=2", "--remove-queue", "old", "--unset-env", "STAGE")
    assert orrery("deployment", "update", "etl", *words).exit_code == 0
    body = sent(plane)
    assert [(each.get("id"), each["name"], each["maxWorkerCount"]) for each in body["workerQueues"]] == [
        ("q1", "default", 7),
        (None, "heavy", 2),
    ]
    assert [each["key"] for each in body["environmentVariables"]] == ["KEY"]
    assert "no worker queue `none`" in orrery("deployment", "update", "etl", "--remove-queue", "none").stderr


def test_wait_tells_each_change_once_and_ends_when_it_is_healthy(orrery: Run, plane: Plane) -> None:
    plane.statuses = ["CREATING", "CREATING", "DEPLOYING", "HEALTHY"]
    result = orrery("deployment", "create", "new", "--wait", "-o", "json")
    assert json.loads(result.stdout)["status"] == "HEALTHY"
    said = [line.rsplit(": ", 1)[1] for line in result.stderr.splitlines()]
    assert said == ["CREATING", "DEPLOYING", "HEALTHY"]


def test_wait_gives_up_at_its_time_and_says_that_it_goes_on(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orrery_cli.waiting.EVERY", 5.0)
    plane.statuses = ["CREATING"]
    result = orrery("deployment", "create", "new", "--wait", "--timeout", "1", "-o", "json")
    failure = json.loads(result.stderr.splitlines()[-1])
    assert (failure["code"], result.exit_code, result.stdout) == ("wait_timeout", 1, "")


def test_a_creation_that_was_undone_ends_the_wait(orrery: Run, plane: Plane) -> None:
    plane.statuses = ["CREATING", "gone"]
    result = orrery("deployment", "create", "new", "--wait")
    assert result.exit_code == 1
    assert "its creation was undone" in result.stderr


def test_delete_waits_until_the_api_no_longer_knows_it(orrery: Run, plane: Plane) -> None:
    plane.statuses = ["HEALTHY", "HEALTHY", "gone"]
    assert orrery("deployment", "delete", DEPLOYMENT, "--yes", "--wait").exit_code == 0
    assert len(plane.asked("DELETE")) == 1


def test_hibernate_and_wake_up_send_the_override(orrery: Run, plane: Plane) -> None:
    orrery("deployment", "hibernate", "etl", "--yes", "--until", "2026-02-01T00:00:00Z")
    assert sent(plane) == {"isHibernating": True, "overrideUntil": "2026-02-01T00:00:00Z"}
    plane.statuses = ["HIBERNATING", "DEPLOYING", "HEALTHY"]
    assert orrery("deployment", "wake-up", DEPLOYMENT, "--wait").exit_code == 0
    assert sent(plane) == {"isHibernating": False, "overrideUntil": None}
    orrery("deployment", "wake-up", "etl", "--remove-override")
    assert plane.asked("DELETE")[-1].path.endswith("/hibernation-override")


def test_a_name_that_two_workspaces_use_needs_an_id(orrery: Run, plane: Plane) -> None:
    plane.deployments.append(plane.deployments[0] | {"id": "cother00000000000000001aa"})
    result = orrery("deployment", "inspect", "etl")
    assert "2 deployments are named `etl`" in result.stderr
    assert DEPLOYMENT in result.stderr
    assert orrery("deployment", "inspect", DEPLOYMENT).exit_code == 0


def test_which_deployment_is_a_question_only_where_there_are_several(orrery: Run, plane: Plane) -> None:
    assert orrery("deployment", "inspect").exit_code == 0
    plane.deployments.append(plane.deployments[0] | {"id": "cother00000000000000001aa", "name": "other"})
    result = orrery("deployment", "inspect", "-o", "json")
    assert json.loads(result.stderr)["kind"] == "input_required"


def test_all_pages_of_a_list_are_fetched(orrery: Run, plane: Plane) -> None:
    one = plane.deployments[0]
    plane.deployments = [one | {"id": f"c{number:024d}", "name": f"etl-{number}"} for number in range(250)]
    document = json.loads(orrery("deployment", "list", "-o", "json").stdout)
    assert [each["name"] for each in document["deployments"]] == [f"etl-{number}" for number in range(250)]


def test_logs_come_from_the_deployments_own_airflow_page_by_page(orrery: Run, plane: Plane) -> None:
    plane.log_pages.append([{"level": "error", "event": "no more rows"}])
    result = orrery("deployment", "logs", "etl", "--dag-id", "weather_etl", "--task-id", "load")
    assert result.stdout == "2026-01-02T03:04:05.678Z load INFO read 1461 rows\nload ERROR no more rows\n"
    read = plane.asked("GET", "/taskInstances/load/logs/2")
    assert [each.query.get("token") for each in read] == [None, ["1"]]
    assert {each.headers["host"] for each in read} == {f"brisk-comet-1234.localhost:{plane.port}"}
    assert {each.headers["authorization"] for each in read} == {f"Bearer {plane.token}"}


def test_logs_of_one_try_and_of_a_task_that_never_ran(orrery: Run, plane: Plane) -> None:
    assert orrery("deployment", "logs", "etl", "--try", "1").exit_code == 0
    assert plane.asked("GET", "/logs/1")
    result = orrery("deployment", "logs", "etl", "--task-id", "other", "-o", "json")
    assert json.loads(result.stderr)["kind"] == "not_found"


def test_component_logs_are_shown_oldest_first_with_their_component(orrery: Run, plane: Plane) -> None:
    result = orrery("deployment", "logs", "etl", "--worker", "--scheduler", "--search", "fail*", "--since", "30m", "--limit", "7")
    assert result.stdout.splitlines() == [
        "scheduler     2026-01-02T03:04:05.678Z [info     ] Starting the scheduler",
        "worker        2026-01-02T03:04:05.000+00:00 worker: Warm shutdown",
    ]
    asked = plane.asked("GET", "/logs")[0].query
    assert sorted(asked["sources"]) == ["scheduler", "worker"]
    assert (asked["searchText"], asked["range"], asked["maxNumResults"]) == (["fail*"], ["1800"], ["7"])


def test_follow_shows_each_entry_once(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            raise KeyboardInterrupt
        plane.logs.insert(0, {"source": "worker", "timestamp": 1767323046.0, "raw": "again"})

    monkeypatch.setattr("time.sleep", sleep)
    lines = orrery("deployment", "logs", "etl", "-f", "-o", "json").stdout.splitlines()
    assert [json.loads(line)["raw"].split()[-1] for line in lines] == ["scheduler", "shutdown", "again", "again"]


def test_followed_task_logs_are_lines_of_json_and_end_with_the_run(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    plane.run_states = ["queued", "running", "success"]
    monkeypatch.setattr("time.sleep", lambda _: plane.log_pages.append([{"event": f"page {len(plane.log_pages)}"}]))
    lines = orrery("deployment", "logs", "etl", "--tasks", "--follow", "-o", "json").stdout.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["read 1461 rows", "page 1", "page 2"]


@pytest.mark.parametrize(
    "options", [["--since", "2d"], ["--since", "25h"], ["--tasks", "--worker"], ["-f", "-o", "yaml"], ["--tasks", "-f", "-o", "yaml"]]
)
def test_options_of_logs_that_make_no_sense_are_refused(orrery: Run, options: list[str]) -> None:
    assert orrery("deployment", "logs", "etl", *options).exit_code != 0


@pytest.mark.parametrize(("status", "kind"), [("HIBERNATING", "deployment_hibernating"), ("CREATING", "not_running")])
@pytest.mark.parametrize("verb", ["logs --tasks", "open"])
def test_what_does_not_run_cannot_be_looked_into(orrery: Run, plane: Plane, status: str, kind: str, verb: str) -> None:
    plane.deployments[0]["status"] = status
    assert json.loads(orrery("deployment", *verb.split(), "etl", "-o", "json").stderr)["kind"] == kind


def test_an_airflow_without_an_address_yet_is_not_running(orrery: Run, plane: Plane) -> None:
    plane.deployments[0]["webServerAirflowApiUrl"] = ""
    assert json.loads(orrery("deployment", "logs", "etl", "--tasks", "-o", "json").stderr)["kind"] == "not_running"


def test_the_token_is_not_sent_in_the_clear_to_another_machine(orrery: Run, plane: Plane) -> None:
    plane.deployments[0]["webServerAirflowApiUrl"] = "http://etl.example.com/api/v2"
    result = orrery("deployment", "logs", "etl", "--tasks")
    assert result.exit_code == 1
    assert "not sent in the clear" in result.stderr


def test_open_prints_the_link_alone_for_a_person(orrery: Run) -> None:
    assert orrery("deployment", "open", "etl").stdout == "http://etl.localhost/auth/handover?code=once\n"


def test_a_span_is_a_time_from_now(orrery: Run, plane: Plane) -> None:
    before = datetime.now(UTC)
    assert orrery("deployment", "hibernate", "etl", "--yes", "--for", "12h").exit_code == 0
    until = datetime.fromisoformat(sent(plane)["overrideUntil"])
    assert timedelta(hours=12) - timedelta(seconds=1) <= until - before <= timedelta(hours=12, minutes=1)


@pytest.mark.parametrize("words", [["--for", "soon"], ["--for", "0h"], ["--for", "h"], ["--for", "1h", "--until", "2026-02-01T00:00:00Z"]])
def test_a_span_that_is_none_is_refused_and_nothing_is_sent(orrery: Run, plane: Plane, words: list[str]) -> None:
    assert orrery("deployment", "hibernate", "etl", "--yes", *words).exit_code == 2
    assert plane.asked("POST") == []


def test_hibernate_takes_its_word_back_without_asking(orrery: Run, plane: Plane) -> None:
    assert orrery("deployment", "hibernate", "etl", "--remove-override").exit_code == 0
    assert plane.asked("DELETE")[-1].path.endswith("/hibernation-override")


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (["--idle-after", "30"], {"idle": {"isEnabled": True, "afterMinutes": 30}}),
        (["--no-idle", "--no-schedules"], {"idle": {"isEnabled": False}, "schedules": []}),
        (["--catch-up", "latest", "--no-wake-on-visit"], {"catchUp": "LATEST", "wakeOnVisit": False}),
        (
            ["--schedule", "0 20 * * *", "0 7 * * *", "--time-zone", "Europe/Berlin"],
            {"schedules": [
                {"hibernateAtCron": "0 20 * * *", "wakeAtCron": "0 7 * * *", "isEnabled": True, "timeZone": "Europe/Berlin"}
            ]},
        ),
    ],
)  # fmt: skip
def test_rules_of_sleep_are_sent_and_nothing_else_changes(orrery: Run, plane: Plane, words: list[str], rules: Any) -> None:
    assert orrery("deployment", "hibernation", "etl", *words).exit_code == 0
    body = sent(plane)
    assert body["scalingSpec"] == {"hibernationSpec": rules}
    assert (body["name"], "workerQueues" in body) == ("etl", False)


def test_rules_of_sleep_are_shown_without_sending_anything(orrery: Run, plane: Plane) -> None:
    assert orrery("deployment", "hibernation", "etl").exit_code == 0
    assert plane.asked("POST") == []


@pytest.mark.parametrize("words", [["--time-zone", "UTC"], ["--idle-after", "5", "--no-idle"], ["--no-schedules", "--schedule", "a", "b"]])
def test_rules_that_contradict_each_other_are_refused(orrery: Run, plane: Plane, words: list[str]) -> None:
    assert orrery("deployment", "hibernation", "etl", *words).exit_code == 2
    assert plane.asked("POST") == []
