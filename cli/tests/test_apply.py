"""Deployments as code: the plan that is shown, the request that is sent, what a file may not say, and what is never printed."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from fake_plane import CLUSTER, DEPLOYMENT, WORKSPACE, Plane
from orrery_cli import template

Run = Callable[..., Result]
Write = Callable[[str], str]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    def write(text: str) -> str:
        path = tmp_path / "deployment.yaml"
        path.write_text(text)
        return str(path)

    return write


def _plan(orrery: Run, path: str, *words: str) -> Any:
    result = orrery("deployment", "apply", path, "--dry-run", "-o", "json", *words)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("output", [[], ["-o", "yaml"], ["-o", "json"]])
def test_a_template_that_nobody_changed_changes_nothing_and_sends_nothing(
    orrery: Run, plane: Plane, file: Write, output: list[str]
) -> None:
    template = orrery("deployment", "inspect", "etl", "--template", *output).stdout
    result = orrery("deployment", "apply", file(template))
    assert (result.exit_code, result.stdout) == (0, "Deployment `etl` in the Workspace `Data` is as the file says: nothing changes\n")
    assert plane.asked("POST") == []


def test_a_template_is_read_by_people_and_has_neither_ids_nor_secrets(orrery: Run, plane: Plane) -> None:
    plane.deployments[0]["environmentVariables"][1]["value"] = "hunter2"
    text = orrery("deployment", "inspect", "etl", "--template").stdout
    assert "hunter2" not in text
    assert not {DEPLOYMENT, WORKSPACE, CLUSTER, "q1"} & set(text.split())
    assert yaml.safe_load(text)["environmentVariables"] == [
        {"key": "STAGE", "value": "dev", "isSecret": False},
        {"key": "KEY", "isSecret": True},
    ]


def test_the_plan_is_a_table_for_people_and_nothing_is_sent(orrery: Run, plane: Plane, file: Write) -> None:
    path = file("name: etl\ndescription: nightly\nworkerQueues: [{name: default, maxWorkerCount: 7}]\nenvironmentVariables: [{key: KEY}]\n")
    result = orrery("deployment", "apply", path, "--plan")
    assert [line.split() for line in result.stdout.splitlines()] == [
        "Deployment `etl` in the Workspace `Data` would change:".split(),
        ["CHANGE", "SETTING", "BEFORE", "AFTER"],
        ["CHANGE", "description", "nightly"],
        ["CHANGE", "workerQueues.default.maxWorkerCount", "3", "7"],
        ["REMOVE", "environmentVariables.STAGE", "dev", "-"],
    ]
    assert plane.asked("POST") == []


def test_an_update_says_the_least_and_keeps_secrets(orrery: Run, plane: Plane, file: Write) -> None:
    assert orrery("deployment", "apply", file("name: etl\ncontactEmails: [eve@example.com]\n"), "--yes").exit_code == 0
    body = plane.asked("POST")[0].json
    assert body["contactEmails"] == ["eve@example.com"]
    assert body["environmentVariables"] == [{"key": "STAGE", "value": "dev", "isSecret": False}, {"key": "KEY", "isSecret": True}]
    assert not {"workerQueues", "description", "scalingSpec", "clusterId", "cluster", "workspace"} & body.keys()


def test_queues_keep_their_ids_new_ones_get_the_services_defaults_and_others_go(orrery: Run, plane: Plane, file: Write) -> None:
    plane.deployments[0]["workerQueues"].append(plane.deployments[0]["workerQueues"][0] | {"id": "q2", "name": "old"})
    assert orrery("deployment", "apply", file("name: etl\nworkerQueues: [{name: default}, {name: heavy}]\n"), "--yes").exit_code == 0
    queues = plane.asked("POST")[0].json["workerQueues"]
    assert [(each.get("id"), each["name"], each["isDefault"], each["maxWorkerCount"]) for each in queues] == [
        ("q1", "default", True, 3),
        (None, "heavy", False, 10),
    ]


def test_a_file_of_a_name_that_is_not_there_makes_it(orrery: Run, plane: Plane, file: Write) -> None:
    path = file("name: new\ncluster: standard\nworkerQueues: [{name: default, maxWorkerCount: 2}]\nscalingSpec: {style: ECONOMY}\n")
    assert _plan(orrery, path)["action"] == "CREATE"
    assert orrery("deployment", "apply", path, "--yes").exit_code == 0
    assert plane.asked("POST")[0].json == {
        "type": "STANDARD", "name": "new", "workspaceId": WORKSPACE, "clusterId": CLUSTER, "scalingSpec": {"style": "ECONOMY"},
        "workerQueues": [
            {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 2, "workerConcurrency": 5}
        ],
    }  # fmt: skip


def test_a_template_of_one_deployment_makes_another_of_another_name(orrery: Run, plane: Plane, file: Write, tmp_path: Path) -> None:
    template = yaml.safe_load(orrery("deployment", "inspect", "etl", "--template").stdout) | {"name": "twin"}
    (tmp_path / "secrets").write_text("KEY=for the twin\n")
    words = ("--secret-env-file", str(tmp_path / "secrets"), "--yes")
    assert orrery("deployment", "apply", file(yaml.safe_dump(template)), *words).exit_code == 0
    body = plane.asked("POST")[0].json
    assert (body["name"], body["clusterId"], body["astroRuntimeVersion"]) == ("twin", CLUSTER, "3.3-1")
    assert {"key": "KEY", "value": "for the twin", "isSecret": True} in body["environmentVariables"]


@pytest.mark.parametrize("output", ["json", "yaml", "table"])
def test_a_secrets_value_is_sent_and_never_shown(orrery: Run, plane: Plane, file: Write, output: str) -> None:
    path = file("name: etl\nenvironmentVariables: [{key: KEY, value: hunter2}, {key: OTHER, value: hunter2, isSecret: true}]\n")
    shown = [orrery("deployment", "apply", path, *words, "-o", output) for words in (["--plan"], [], ["--yes"])]
    assert "hunter2" not in "".join(each.stderr for each in shown)
    assert "hunter2" not in shown[0].stdout
    assert "(secret, a new value)" in shown[0].stdout
    sent = [each for request in plane.asked("POST") for each in request.json["environmentVariables"]]
    assert [each["value"] for each in sent if each["isSecret"]] == ["hunter2", "hunter2"]


def test_an_empty_value_of_a_secret_is_none_and_an_empty_list_takes_the_others_away(orrery: Run, plane: Plane, file: Write) -> None:
    keeps = "name: etl\nenvironmentVariables: [{key: STAGE, value: dev}, {key: KEY, value: ''}]\n"
    assert _plan(orrery, file(keeps))["action"] == "NONE"
    plan = _plan(orrery, file("name: etl\nenvironmentVariables: []\n"))
    assert [(each["change"], each["setting"], each["before"]) for each in plan["changes"]] == [
        ("REMOVE", "environmentVariables.STAGE", "dev"),
        ("REMOVE", "environmentVariables.KEY", "(secret)"),
    ]


def test_the_example_in_the_documentation_is_a_file_that_can_be_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "deployments-as-code.md").read_text()
    found = template.read(io.StringIO(page.partition("```yaml\n")[2].partition("```")[0]))
    assert found["scalingSpec"]["hibernationSpec"]["schedules"][0]["hibernateAtCron"] == "0 20 * * 1-5"


def test_a_plain_variable_that_becomes_a_secret_keeps_its_value(orrery: Run, plane: Plane, file: Write) -> None:
    path = file("name: etl\nenvironmentVariables: [{key: KEY}, {key: STAGE, isSecret: true}]\n")
    assert orrery("deployment", "apply", path, "--yes").exit_code == 0
    assert plane.asked("POST")[0].json["environmentVariables"][1] == {"key": "STAGE", "value": "dev", "isSecret": True}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nme: etl", "nme: is not known; did you mean `name`"),
        ("name: etl\nworkerQueues: [{name: x, minWorkers: 1}]", "workerQueues[0].minWorkers: is not known; did you mean `minWorkerCount`"),
        ("name: etl\nscalingSpec: {hibernationSpec: {override: {}}}", "use `orrery deployment hibernate`"),
        ("name: etl\ndefaultTaskPodCpu: 0.5", "defaultTaskPodCpu: must be text; put it in quotes"),
        ("name: etl\nisHighAvailability: 1", "isHighAvailability: must be true or false"),
        ("name: etl\nenvironmentVariables: [{key: PORT, value: 80}]", "environmentVariables[0].value: must be text; put it in quotes"),
        ("name: etl\nenvironmentVariables: {PORT: '80'}", "environmentVariables: must be a list"),
        ("name: etl\nworkerQueues: [{name: a}, {name: a}]", "workerQueues[1].name: names `a` a second time"),
        ("name: etl\nworkerQueues: [{maxWorkerCount: 1}]", "workerQueues[0].name: is required"),
        ("description: x", "name: is required"),
        ("- name", "must be an object"),
        ("name: [", "neither JSON nor YAML"),
        ("name: etl\ntype: DEDICATED\nregion: eu-west-1", "region: is `us-east-1` and stays so"),
        ("name: etl\nenvironmentVariables: [{key: NEW, isSecret: true}]", "the variable `NEW` needs a value"),
        ("name: etl\nenvironmentVariables: [{key: KEY, isSecret: false}]", "the variable `KEY` needs a value"),
        ("name: etl\nworkspace: Dta", "did you mean `Data`"),
        (f"name: etl\ndescription: {'x' * 1_000_001}", "too long"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused_with_the_place_and_nothing_is_sent(
    orrery: Run, plane: Plane, file: Write, text: str, part: str
) -> None:
    result = orrery("deployment", "apply", file(text), "--yes")
    assert result.exit_code in (1, 2)
    assert part in result.stderr
    assert (result.stdout, plane.asked("POST")) == ("", [])


def test_every_problem_of_a_file_is_told_at_once(orrery: Run, file: Write) -> None:
    failure = json.loads(orrery("deployment", "apply", file("nme: x\nexecutr: y\n"), "-o", "json").stderr)
    assert [each["field"] for each in failure["fieldErrors"]] == ["nme", "executr", "name"]


def test_a_change_wants_yes_where_nobody_can_be_asked(orrery: Run, plane: Plane, file: Write) -> None:
    result = orrery("deployment", "apply", file("name: etl\ndescription: x\n"), "-o", "json")
    assert json.loads(result.stderr)["kind"] == "input_required"
    assert plane.asked("POST") == []


def test_the_option_beats_the_files_workspace(orrery: Run, plane: Plane, file: Write) -> None:
    plane.workspaces.append(plane.workspaces[0] | {"id": "cworkspace0000000000002aa", "name": "Other"})
    plan = _plan(orrery, file("name: etl\nworkspace: Data\n"), "--workspace", "Other")
    assert (plan["action"], plan["workspace"]) == ("CREATE", "Other")


def test_a_file_comes_from_stdin_and_apply_waits(orrery: Run, plane: Plane) -> None:
    plane.statuses = ["DEPLOYING", "HEALTHY"]
    result = orrery("deployment", "apply", "-", "--yes", "--wait", "-o", "json", stdin='{"name": "etl", "description": "x"}')
    document = json.loads(result.stdout)
    assert (document["applied"], document["deployment"]["status"]) == (True, "HEALTHY")
