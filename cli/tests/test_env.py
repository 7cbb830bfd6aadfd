"""Environment objects: found by key in a place, secrets that are on no command line, links that keep one another."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fake_environment import AIRFLOW_VARIABLE, CONNECTION
from fake_plane import DEPLOYMENT, ORGANIZATION, WORKSPACE, Plane

Run = Callable[..., Result]
OTHER = "cdeployment000000000002aa"


def linked(deployment: str) -> dict[str, str]:
    return {"scope": "DEPLOYMENT", "scopeEntityId": deployment}


def test_a_connection_is_made_in_the_workspace_with_the_fields_that_were_named(plane: Plane, orrery: Run) -> None:
    words = "--key sales --type postgres --host db.example.com --port 5432 --auto-link".split()
    done = orrery("env", "connection", "create", *words, "--extra", '{"sslmode": "require"}')
    assert done.exit_code == 0, done.output
    assert plane.asked("POST", "/environment-objects")[0].json == {
        "objectKey": "sales", "objectType": "CONNECTION", "scope": "WORKSPACE", "scopeEntityId": WORKSPACE, "autoLinkDeployments": True,
        "connection": {"type": "postgres", "host": "db.example.com", "port": 5432, "extra": {"sslmode": "require"}},
    }  # fmt: skip


def test_a_variable_of_a_deployment_is_made_there(plane: Plane, orrery: Run) -> None:
    assert orrery("env", "variable", "create", "--key", "STAGE", "--value", "dev", "--deployment", "etl").exit_code == 0
    sent = plane.asked("POST", "/environment-objects")[0].json
    assert (sent["objectType"], sent["scope"], sent["scopeEntityId"]) == ("ENVIRONMENT_VARIABLE", "DEPLOYMENT", DEPLOYMENT)
    assert sent["environmentVariable"] == {"value": "dev"}


def test_a_metrics_export_is_made_with_its_labels_and_a_token_from_stdin(plane: Plane, orrery: Run) -> None:
    words = "--key grafana --endpoint https://p.example.com/w --auth AUTH_TOKEN --token-file - --label team=data --header X-A=b=c".split()
    assert orrery("env", "metrics-export", "create", *words, stdin="t0ken\n").exit_code == 0
    assert plane.asked("POST", "/environment-objects")[0].json["metricsExport"] == {
        "exporterType": "PROMETHEUS", "endpoint": "https://p.example.com/w", "authType": "AUTH_TOKEN", "basicToken": "t0ken",
        "labels": {"team": "data"}, "headers": {"X-A": "b=c"},
    }  # fmt: skip


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_comes_from_stdin_without_its_line_break(plane: Plane, orrery: Run, ending: str) -> None:
    words = "env airflow-variable create --key token --secret --value-file -".split()
    assert orrery(*words, stdin=f"two\nlines{ending}").exit_code == 0
    assert plane.asked("POST")[0].json["airflowVariable"] == {"value": "two\nlines", "isSecret": True}


def test_a_password_and_an_extra_come_from_files(plane: Plane, orrery: Run, tmp_path: Path) -> None:
    (tmp_path / "extra.json").write_text('{"token": "t0ken"}\n')
    words = "env connection update --key sales --password-file - --extra-file".split()
    assert orrery(*words, str(tmp_path / "extra.json"), stdin="hunter2\n").exit_code == 0
    (sent,) = plane.asked("POST", f"/environment-objects/{CONNECTION}")
    assert sent.json == {"connection": {"password": "hunter2", "extra": {"token": "t0ken"}}}


@pytest.mark.parametrize(
    ("words", "stdin", "part"),
    [
        ("connection create --key a --type http --extra t0ken", "", "one JSON object"),
        ("connection create --key a --type http --extra-file -", '["t0ken"]', "one JSON object"),
        ("connection create --key a --password x --password-file -", "t0ken", "not both"),
        ("connection create --key a --port 70000", "", "70000"),
        ("connection create --type http", "", "--key"),
        ("connection link etl --key sales --unset hots", "", "'hots' is not one of 'host'"),
        ("variable update --key STAGE", "", "nothing to change"),
        ("variable list --own", "", "`--deployment`"),
        ("metrics-export create --key a --header t0ken", "", "NAME=VALUE"),
        ("metrics-export create --key a --auth SIGV4", "", "SIGV4"),
        ("variabel list", "", "Did you mean 'variable'"),
    ],
)
def test_wrong_usage_is_told_without_repeating_a_secret_and_asks_for_nothing(
    plane: Plane, orrery: Run, words: str, stdin: str, part: str
) -> None:
    done = orrery("env", *words.split(), stdin=stdin)
    assert (done.exit_code, plane.requests) == (2, [])
    assert part in done.stderr
    assert "t0ken" not in done.stderr


def test_a_file_that_is_not_text_is_told(orrery: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    done = orrery("env", "variable", "update", "--key", "STAGE", "--value-file", str(tmp_path / "key"))
    assert (done.exit_code, "is not text in UTF-8" in done.stderr) == (2, True)


def test_a_near_miss_of_a_key_is_told(orrery: Run) -> None:
    done = orrery("env", "connection", "get", "--key", "sale")
    assert (done.exit_code, "did you mean `sales`" in done.stderr) == (1, True)


def test_a_deployments_list_is_what_reaches_it_unless_only_its_own_is_wanted(plane: Plane, orrery: Run) -> None:
    for more in ((), ("--own",), ("--show-secrets",)):
        assert orrery("env", "variable", "list", "--deployment", "etl", *more).exit_code == 0
    narrowed = {"objectType": ["ENVIRONMENT_VARIABLE"], "deploymentId": [DEPLOYMENT], "limit": ["100"], "offset": ["0"]}
    asked = [each.query for each in plane.asked("GET", "/environment-objects")]
    assert asked == [narrowed, narrowed | {"resolveLinked": ["false"]}, narrowed | {"showSecrets": ["true"]}]


def test_what_is_changed_in_a_deployment_is_its_own(plane: Plane, orrery: Run) -> None:
    for words in ("update --key region --value us", "delete --key region --yes"):
        assert orrery("env", "airflow-variable", *words.split(), "--deployment", "etl").exit_code == 0
        assert plane.asked("GET", "/environment-objects")[-1].query["resolveLinked"] == ["false"]


def test_a_link_keeps_the_others_and_ends_that_its_deployment_is_left_out(plane: Plane, orrery: Run) -> None:
    found = plane.environment[0]
    found["links"] = [{**linked(OTHER), "connectionOverrides": {"host": "there"}, "setFields": ["host"]}]
    found["excludeLinks"] = [linked(DEPLOYMENT)]
    assert orrery("env", "connection", "link", "etl", "--key", "sales", "--host", "here", "--unset", "login").exit_code == 0
    (sent,) = plane.asked("POST", f"/environment-objects/{CONNECTION}")
    overrides = {"connection": {"host": "here"}, "unsetFields": ["login"]}
    assert sent.json == {"links": [linked(OTHER), {**linked(DEPLOYMENT), "overrides": overrides}], "excludeLinks": []}


def test_a_link_again_without_fields_changes_none_of_them(plane: Plane, orrery: Run) -> None:
    assert orrery("env", "connection", "link", "etl", "--key", "sales").exit_code == 0
    assert plane.asked("POST")[0].json == {"links": [linked(DEPLOYMENT)]}


def test_unlinking_what_links_by_itself_says_that_it_still_reaches(plane: Plane, orrery: Run) -> None:
    done = orrery("env", "airflow-variable", "unlink", "etl", "--key", "region", "-o", "json")
    assert plane.asked("POST", f"/environment-objects/{AIRFLOW_VARIABLE}")[0].json == {"links": []}
    assert "orrery env airflow-variable exclude" in done.stderr
    assert json.loads(done.stdout)["links"] == []


def test_unlinking_what_is_not_linked_is_told_with_a_way_out(plane: Plane, orrery: Run) -> None:
    plane.environment[1]["links"] = []
    done = orrery("env", "airflow-variable", "unlink", "etl", "--key", "region")
    assert (done.exit_code, plane.asked("POST")) == (1, [])
    assert "use `exclude`" in done.stderr


def test_a_deployment_is_left_out_by_name(plane: Plane, orrery: Run) -> None:
    assert orrery("env", "connection", "exclude", "etl", "--key", "sales").exit_code == 0
    assert plane.asked("POST", "/exclude-linking")[0].json == linked(DEPLOYMENT)


@pytest.mark.parametrize(("option", "sent"), [("--env-secrets-fetching", True), ("--no-env-secrets-fetching", False)])
def test_an_organization_lets_secrets_be_fetched_or_not_and_keeps_the_rest(plane: Plane, orrery: Run, option: str, sent: bool) -> None:
    assert orrery("organization", "update", option).exit_code == 0
    (asked,) = plane.asked("POST", ORGANIZATION)
    assert asked.json["isEnvironmentSecretsFetchingEnabled"] is sent
    assert asked.json["name"] == "Acme"
