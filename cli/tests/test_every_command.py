"""The promises that hold for every command: help that teaches, one document on stdout, both places for an option."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import yaml
from click.testing import Result
from fake_plane import CLUSTER, DEPLOY, Plane
from local_project import Workbench
from orrery_cli.main import cli

Run = Callable[..., Result]
GOLDEN = Path(__file__).parent / "golden"
FILE = """\
name: etl
workerQueues:
- {name: default, maxWorkerCount: 5}
- {name: heavy}
environmentVariables:
- {key: KEY}
- {key: STAGE, value: prod}
"""

# every command once, in a form that succeeds
LINES = {
    "api": "api GET /users/self",
    "check": "check --path {project}",
    "cluster get": "cluster get standard",
    "cluster list": "cluster list",
    "cluster nodes": "cluster nodes standard",
    "cluster options": "cluster options",
    "completion": "completion bash",
    "context list": "context list",
    "context set": "context set prod --api-url https://api.example.com --organization Acme --use",
    "context show": "context show",
    "context use": "context use local",
    "deploy": "deploy etl --dags --path {project}",
    "deploy get": f"deploy get {DEPLOY} --deployment etl",
    "deploy list": "deploy list etl",
    "deploy update": f"deploy update {DEPLOY} --deployment etl --description better",
    "deploy rollback": f"deploy rollback {DEPLOY} --deployment etl --yes",
    "deployment advice": "deployment advice etl",
    "deployment agent-token create": "deployment agent-token create edge --deployment etl --expires-in-days 90",
    "deployment agent-token delete": "deployment agent-token delete edge --deployment etl --yes",
    "deployment agent-token get": "deployment agent-token get edge",
    "deployment agent-token list": "deployment agent-token list",
    "deployment apply": "deployment apply {file} --yes",
    "deployment create": "deployment create new --queue heavy:min=0,max=4",
    "deployment delete": "deployment delete etl --yes",
    "deployment hibernate": "deployment hibernate etl --yes",
    "deployment hibernation": "deployment hibernation etl --idle-after 30",
    "deployment inspect": "deployment inspect etl",
    "deployment list": "deployment list",
    "deployment logs": "deployment logs etl",
    "deployment options": "deployment options --executor CELERY",
    "deployment open": "deployment open etl",
    "deployment scaling-decisions": "deployment scaling-decisions etl",
    "deployment update": "deployment update etl --queue default:max=5",
    **{
        f"deployment {noun} {verb}": f"deployment {noun} {verb} {words} --deployment etl {more}"
        for noun, words in (("user", "eve@example.com"), ("team", "platform"), ("token", "ci"))
        for verb, more in (("add", "--role DEPLOYMENT_ADMIN"), ("remove", "--yes"))
    },
    **{f"deployment {noun} list": f"deployment {noun} list --deployment etl" for noun in ("user", "team", "token")},
    "deployment variable create": "deployment variable create REGION --deployment etl --value eu",
    "deployment variable delete": "deployment variable delete STAGE --deployment etl --yes",
    "deployment variable list": "deployment variable list --deployment etl",
    "deployment variable update": "deployment variable update STAGE --deployment etl --value prod",
    "deployment worker-queue create": "deployment worker-queue create heavy --deployment etl --max 4",
    "deployment worker-queue delete": "deployment worker-queue delete default --deployment etl --yes",
    "deployment worker-queue list": "deployment worker-queue list --deployment etl",
    "deployment worker-queue update": "deployment worker-queue update default --deployment etl --max 5",
    "deployment what-if": "deployment what-if etl --style economy --day 2026-01-31",
    "deployment wake-up": "deployment wake-up etl",
    "env airflow-variable create": "env airflow-variable create --key region --value eu",
    "env airflow-variable delete": "env airflow-variable delete --key region --yes",
    "env airflow-variable exclude": "env airflow-variable exclude etl --key region",
    "env airflow-variable get": "env airflow-variable get --key region",
    "env airflow-variable link": "env airflow-variable link etl --key region --value us",
    "env airflow-variable list": "env airflow-variable list",
    "env airflow-variable unlink": "env airflow-variable unlink etl --key region",
    "env airflow-variable update": "env airflow-variable update --key region --value us",
    "env connection create": "env connection create --key sales --type postgres --host db.example.com",
    "env connection delete": "env connection delete --key sales --yes",
    "env connection exclude": "env connection exclude etl --key sales",
    "env connection get": "env connection get --key sales",
    "env connection link": "env connection link etl --key sales --host replica",
    "env connection list": "env connection list",
    "env connection unlink": "env connection unlink etl --key sales",
    "env connection update": "env connection update --key sales --host replica",
    "env metrics-export create": "env metrics-export create --key grafana --endpoint https://prometheus.example.com/api/v1/write",
    "env metrics-export delete": "env metrics-export delete --key grafana --yes",
    "env metrics-export exclude": "env metrics-export exclude etl --key grafana",
    "env metrics-export get": "env metrics-export get --key grafana",
    "env metrics-export link": "env metrics-export link etl --key grafana --label team=data",
    "env metrics-export list": "env metrics-export list",
    "env metrics-export unlink": "env metrics-export unlink etl --key grafana",
    "env metrics-export update": "env metrics-export update --key grafana --label team=data",
    "env variable create": "env variable create --key STAGE --secret --value dev",
    "env variable delete": "env variable delete --key STAGE --yes",
    "env variable exclude": "env variable exclude etl --key STAGE",
    "env variable get": "env variable get --key STAGE",
    "env variable link": "env variable link etl --key STAGE --value prod",
    "env variable list": "env variable list",
    "env variable unlink": "env variable unlink etl --key STAGE",
    "env variable update": "env variable update --key STAGE --value prod",
    "init": "init {project}",
    "local logs": "local logs scheduler --path {project}",
    "local reset": "local reset --path {project} --yes",
    "local restart": "local restart --path {project}",
    "local run": "local run one --path {project}",
    "local shell": "local shell --path {project} python -c exit 0",
    "local start": "local start --path {project}",
    "local status": "local status --path {project}",
    "local stop": "local stop --path {project}",
    "login": "login --token",
    "logout": "logout",
    "organization allowed-ip-range add": "organization allowed-ip-range add 198.51.100.0/24 --yes",
    "organization allowed-ip-range list": "organization allowed-ip-range list",
    "organization allowed-ip-range remove": "organization allowed-ip-range remove 203.0.113.0/24 --yes",
    "organization audit-logs export": "organization audit-logs export --from 2026-01-01",
    "organization get": "organization get",
    "organization list": "organization list",
    "organization update": "organization update --name Acme2",
    "pytest": "pytest --path {project}",
    "role create": "role create releaser --permission deployment.deploys.create --only-in Data",
    "role delete": "role delete runner --yes",
    "role get": "role get runner",
    "role list": "role list",
    "role permissions": "role permissions --scope DAG",
    "role templates": "role templates",
    "role update": "role update runner --permission dag.airflow.dagRun.create",
    "team add-member": "team add-member platform eve@example.com",
    "team create": "team create platform --member eve@example.com",
    "team delete": "team delete platform --yes",
    "team get": "team get platform",
    "team list": "team list",
    "team members": "team members platform",
    "team remove-member": "team remove-member platform eve@example.com --yes",
    "team roles": "team roles platform --workspace-role Data=none --deployment-role etl=DEPLOYMENT_ADMIN --dag-tag etl:finance=DAG_AUTHOR",
    "team update": "team update platform --name core",
    "token create": "token create ci --role ORGANIZATION_MEMBER",
    "token delete": "token delete ci --yes",
    "token get": "token get ci",
    "token list": "token list",
    "token roles": "token roles ci --workspace-role Data=WORKSPACE_AUTHOR",
    "token update": "token update ci --name nightly",
    "token rotate": "token rotate ci --yes",
    "user accept": "user accept --full-name Eve",
    "user get": "user get eve@example.com",
    "user invite": "user invite dan@example.com --link",
    "user invites": "user invites",
    "user link": "user link dan@example.com",
    "user list": "user list",
    "user remove": "user remove eve@example.com --yes",
    "user roles": "user roles eve@example.com --organization-role ORGANIZATION_OWNER --dag etl:weather_etl=DAG_VIEWER",
    "user teams": "user teams eve@example.com",
    "user uninvite": "user uninvite dan@example.com --yes",
    "user why": "user why eve@example.com workspace.get --workspace Data",
    "whoami": "whoami",
    "workspace create": "workspace create Data",
    "workspace delete": "workspace delete Data --yes",
    "workspace get": "workspace get",
    "workspace list": "workspace list",
    "workspace update": "workspace update Data --name Data2",
}

# what has to be there before
FIRST = dict.fromkeys(("local logs", "local restart", "local status", "local stop"), "local start --path {project}")
# whose words go on to another program, with all that follows them, as does that program's stdout
PASSED_ON = {"local shell"}


# other shapes of some of them
VARIANTS = {
    "cluster nodes --proposals": "cluster nodes standard --proposals",
    "deployment apply --dry-run": "deployment apply {file} --dry-run",
    "deployment hibernate --remove-override": "deployment hibernate etl --remove-override",
    "deployment inspect --template": "deployment inspect etl --template",
    "deployment logs --tasks": "deployment logs etl --tasks",
    "env variable list --deployment": "env variable list --deployment etl",
}


def commands(group: click.Group = cli, before: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group) and name != "deploy":
            yield from commands(command, (*before, name))
        elif name == "deploy" and isinstance(command, click.Group):
            yield "deploy"
            yield from (f"deploy {each}" for each, inner in command.commands.items() if not inner.hidden)
        else:
            yield " ".join((*before, name))


@pytest.fixture
def words(orrery: Run, bench: Workbench) -> Callable[..., list[str]]:
    """A line's words in a project, with options after them; what has to be there before is there."""
    bench.has("etl.yaml", FILE)

    def made(line: str, *options: str) -> list[str]:
        if line in FIRST:
            assert orrery(*FIRST[line].format(project=bench.root).split()).exit_code == 0
        said = (LINES | VARIANTS).get(line, line).format(project=bench.root, file=bench.root / "etl.yaml").split()
        at = len(line.split()) if line in PASSED_ON else len(said)
        return [*said[:at], *options, *said[at:]]

    return made


def settled(document: str, plane: Plane, bench: Workbench) -> str:
    """What is another each time in words that never change."""
    told = document.replace(plane.url, "http://plane").replace(f":{plane.port}", ":port").replace(str(bench.root), "/etl")
    told = re.sub(r'("endedProcesses": )[1-9]\d*', r"\g<1>8", told)
    told = re.sub(r'("pid": |"url": "http://localhost:)\d+', r"\g<1>123", told)
    return re.sub(r'("(?:password|startedAt)": )"(?!2026-01-02)[^"]+"', r'\1"..."', told)


def test_the_lines_below_are_all_the_commands_there_are() -> None:
    assert sorted(commands()) == sorted(LINES)


@pytest.mark.parametrize("line", LINES)
def test_help_teaches_what_the_command_does_and_the_options_of_every_command(orrery: Run, line: str) -> None:
    result = orrery(*line.split(), "--help")
    assert result.exit_code == 0
    assert f"Usage: orrery {line}" in result.stdout
    assert "-o, --output [json|yaml|table]" in result.stdout
    assert "Everywhere:" in result.stdout


@pytest.mark.parametrize("line", LINES)
def test_stdout_is_one_json_document_wherever_the_output_is_asked_for(
    orrery: Run, plane: Plane, words: Callable[..., list[str]], line: str
) -> None:
    first = orrery("-o", "json", *words(line), stdin=plane.token)
    second = orrery(*words(line, "--output=json"), stdin=plane.token)
    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr + second.stderr
    assert isinstance(json.loads(first.stdout), dict)
    assert json.loads(first.stdout).keys() == json.loads(second.stdout).keys()


@pytest.mark.parametrize("line", [*LINES, *VARIANTS])
def test_the_document_is_the_one_that_was_agreed(
    orrery: Run, plane: Plane, bench: Workbench, words: Callable[..., list[str]], line: str
) -> None:
    result = orrery("-o", "json", *words(line), stdin=plane.token)
    document = settled(result.stdout, plane, bench)
    golden = GOLDEN / f"{line.replace(' ', '_')}.json"
    if os.environ.get("ORRERY_GOLDEN") == "write":
        golden.write_text(document)
    assert document == golden.read_text()


@pytest.mark.parametrize("line", LINES)
def test_yaml_and_table_carry_the_same_answer(orrery: Run, plane: Plane, words: Callable[..., list[str]], line: str) -> None:
    as_json = json.loads(orrery(*words(line, "-o", "json"), stdin=plane.token).stdout)
    as_yaml = yaml.safe_load(orrery(*words(line, "-o", "yaml"), stdin=plane.token).stdout)
    table = orrery(*words(line), stdin=plane.token)
    assert as_yaml.keys() == as_json.keys()
    assert table.exit_code == 0
    assert table.stdout.strip() or line in PASSED_ON
    assert "\x1b[" not in table.stdout


@pytest.mark.parametrize("line", LINES)
def test_an_error_of_the_api_has_its_request_id_whatever_was_asked(
    orrery: Run, plane: Plane, words: Callable[..., list[str]], line: str
) -> None:
    plane.broken = True
    result = orrery(*words(line), "-o", "json", stdin=plane.token)
    if not plane.requests or line.startswith("local "):  # Airflow on this machine starts without the plane, too
        assert result.exit_code == 0
        return
    failure = json.loads(result.stderr)
    assert (failure["kind"], failure["code"], failure["requestId"]) == ("api_unavailable", "INTERNAL", "r-1")
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize("line", [name for name, words in LINES.items() if words.endswith(" --yes")])
def test_nothing_is_asked_under_json_and_without_yes_nothing_is_done(
    orrery: Run, plane: Plane, words: Callable[..., list[str]], line: str
) -> None:
    result = orrery(*words(line)[:-1], "-o", "json")
    assert json.loads(result.stderr)["kind"] == "input_required"
    assert (result.exit_code, result.stdout) == (2, "")
    assert plane.asked("POST") == plane.asked("DELETE") == []


def test_a_list_is_one_object_with_a_named_key(orrery: Run) -> None:
    for noun in ("workspaces", "deployments", "clusters", "tokens", "organizations"):
        document = json.loads(orrery(noun.removesuffix("s"), "list", "-o", "json").stdout)
        assert list(document) == [noun]
        assert isinstance(document[noun], list)


def test_a_cluster_is_found_by_id_as_by_name(orrery: Run) -> None:
    assert orrery("cluster", "get", CLUSTER, "-o", "json").stdout == orrery("cluster", "get", "standard", "-o", "json").stdout


def test_the_nodes_that_could_be_emptied_are_told_with_what_that_saves(orrery: Run) -> None:
    document = json.loads(orrery("cluster", "nodes", "standard", "--proposals", "-o", "json").stdout)
    assert [(each["node"], each["savedNodeHoursPerDay"]) for each in document["proposals"]] == [("n1", 24.0)]
