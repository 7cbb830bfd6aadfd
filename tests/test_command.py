"""The command against the real functions on a real store: a Deployment as a file, and the words for what is in one."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from click.testing import CliRunner
from orrery_cli.main import cli

from tests.support.http import Caller
from tests.support.plane import Plane

Run = Callable[..., Any]
FILE = """\
name: etl
description: nightly
contactEmails: [ada@example.com]
isDevelopmentMode: true
scalingSpec:
  style: ECONOMY
  hibernationSpec:
    schedules: [{hibernateAtCron: 0 20 * * 1-5, wakeAtCron: 0 7 * * 1-5, timeZone: Europe/Berlin}]
workerQueues:
- {name: default, maxWorkerCount: 4}
- {name: heavy, astroMachine: A10}
environmentVariables:
- {key: STAGE, value: dev}
- {key: API_KEY, isSecret: true}
"""


class _Gateway(BaseHTTPRequestHandler):
    """HTTP to the functions' own handlers."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        caller = Caller(self.headers.get("authorization", "").removeprefix("Bearer "))
        answer = caller.send(self.command, parts.path, query=parts.query, text=text)
        body = b"" if answer.status == 204 else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("content-type", answer.headers.get("content-type", "application/json"))
        if body:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """A test tells what is wrong."""


@pytest.fixture
def orrery(plane: Plane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run `orrery` as the Organization's owner; the document that it prints, or its failure."""
    monkeypatch.chdir(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Gateway) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        environment = {
            "ORRERY_HOME": str(tmp_path / "home"),
            "ORRERY_API_URL": f"http://127.0.0.1:{server.server_address[1]}",
            "ORRERY_API_TOKEN": plane.installation.owner.token,
            "ORRERY_OUTPUT": "json",
        }

        def run(line: str, *, stdin: str = "") -> Any:
            result = CliRunner().invoke(cli, line.split(), input=stdin, env=environment)
            if result.exception and not isinstance(result.exception, SystemExit):
                raise result.exception
            return json.loads(result.stdout or result.stderr)

        yield run
        server.shutdown()


@pytest.fixture
def etl(orrery: Run, plane: Plane, tmp_path: Path) -> str:
    """A Deployment that stands, made from a file."""
    (tmp_path / "etl.yaml").write_text(FILE)
    (tmp_path / "secrets.env").write_text("API_KEY=hunter2\n")
    made = orrery("deployment apply etl.yaml --secret-env-file secrets.env --yes")
    assert (made["action"], made["applied"]) == ("CREATE", True), made
    plane.settle(made["deployment"]["id"])
    return str(made["deployment"]["id"])


def test_a_file_makes_what_it_says(orrery: Run, plane: Plane, etl: str) -> None:
    made = orrery("deployment inspect etl")
    assert (made["id"], made["description"], made["contactEmails"]) == (etl, "nightly", ["ada@example.com"])
    assert made["scalingSpec"]["style"] == "ECONOMY"
    assert made["scalingSpec"]["hibernationSpec"]["schedules"][0]["timeZone"] == "Europe/Berlin"
    assert [(each["name"], each["astroMachine"]) for each in made["workerQueues"]] == [("default", "A5"), ("heavy", "A10")]
    assert [(each["key"], each["value"]) for each in made["environmentVariables"]] == [("STAGE", "dev"), ("API_KEY", "")]
    assert plane.machines.started == ["create_deployment 1"]


def test_neither_the_file_that_made_it_nor_its_template_changes_anything(orrery: Run, plane: Plane, etl: str, tmp_path: Path) -> None:
    template = orrery("deployment inspect etl --template")
    (tmp_path / "template.yaml").write_text(yaml.safe_dump(template))
    before = plane.load(etl)
    assert [orrery(f"deployment apply {each} --yes")["action"] for each in ("etl.yaml", "template.yaml")] == ["NONE", "NONE"]
    assert plane.load(etl) == before


def test_the_plan_is_what_is_done_and_the_secret_stays(orrery: Run, plane: Plane, etl: str, tmp_path: Path) -> None:
    sealed = next(each for each in plane.load(etl).environment if each.is_secret)
    changed = (
        FILE.replace("nightly", "hourly")
        .replace("maxWorkerCount: 4", "maxWorkerCount: 6")
        .replace("- {name: heavy, astroMachine: A10}\n", "")
    )
    (tmp_path / "etl.yaml").write_text(changed)
    planned = orrery("deployment apply etl.yaml --dry-run")
    assert plane.load(etl).description == "nightly"
    assert [(each["change"], each["setting"]) for each in planned["changes"]] == [
        ("CHANGE", "description"), ("CHANGE", "workerQueues.default.maxWorkerCount"), ("REMOVE", "workerQueues.heavy"),
    ]  # fmt: skip
    done = orrery("deployment apply etl.yaml --yes")
    assert (done["changes"], done["deployment"]["description"]) == (planned["changes"], "hourly")
    after = plane.load(etl)
    assert sealed in after.environment
    assert [(each.name, each.max_workers) for each in after.queues] == [("default", 6)]
    assert orrery("deployment apply etl.yaml --dry-run")["action"] == "NONE"


def test_what_the_service_refuses_of_a_file_is_told_by_its_fields(orrery: Run, etl: str, tmp_path: Path) -> None:
    (tmp_path / "etl.yaml").write_text("name: etl\nschedulerSize: LARGE\nworkerQueues: [{name: default, workerConcurrency: 99}]\n")
    refused = orrery("deployment apply etl.yaml --yes")
    assert refused["kind"] == "usage"
    assert refused["requestId"]
    assert {each["field"] for each in refused["fieldErrors"]} == {"schedulerSize", "workerQueues[0].workerConcurrency"}


def test_queues_come_change_and_go(orrery: Run, plane: Plane, etl: str) -> None:
    assert orrery("deployment worker-queue create light --max 2")["maxWorkerCount"] == 2
    plane.settle(etl)
    assert orrery("deployment worker-queue update light --machine A20 --concurrency 7")["workerConcurrency"] == 7
    plane.settle(etl)
    assert orrery("deployment worker-queue delete light --yes")["deleted"] is True
    assert [each["name"] for each in orrery("deployment worker-queue list")["workerQueues"]] == ["default", "heavy"]
    assert orrery("deployment worker-queue delete default --yes")["fieldErrors"][0]["code"] == "DEFAULT_MISSING"


def test_variables_come_change_and_go_and_other_secrets_stay(orrery: Run, plane: Plane, etl: str) -> None:
    sealed = next(each for each in plane.load(etl).environment if each.is_secret)
    assert orrery("deployment variable create TOKEN --secret --value-file -", stdin="s3cret\n")["value"] == ""
    assert orrery("deployment variable update STAGE --value prod")["value"] == "prod"
    assert orrery("deployment variable delete TOKEN --yes") == {"key": "TOKEN", "deleted": True}
    after = plane.load(etl).environment
    assert [(each.key, each.value) for each in after if not each.is_secret] == [("STAGE", "prod")]
    assert sealed in after


def test_members_come_and_go(orrery: Run, etl: str) -> None:
    orrery("team create platform")
    orrery("token create ci")
    for noun, name in (("team", "platform"), ("token", "ci")):
        assert orrery(f"deployment {noun} add {name} --role DEPLOYMENT_ADMIN")["deploymentRole"] == "DEPLOYMENT_ADMIN"
        listed = orrery(f"deployment {noun} list")[f"{noun}s"]
        assert [each["deploymentRole"] for each in listed if each["name"] == name] == ["DEPLOYMENT_ADMIN"]
        assert orrery(f"deployment {noun} remove {name} --yes")["deploymentRole"] is None


def test_what_can_be_chosen_is_what_the_service_offers(orrery: Run, etl: str) -> None:
    assert {each["name"] for each in orrery("deployment options")["workerMachines"]} >= {"A5", "A10"}
    assert orrery("cluster options")["clusterOptions"][0]["provider"] == "AWS"
    assert orrery("organization allowed-ip-range add 127.0.0.0/8 --yes")["allowedIpAddressRanges"][0]["ipAddressRange"] == "127.0.0.0/8"
    assert orrery("organization allowed-ip-range remove 127.0.0.0/8 --yes")["removed"][0]["ipAddressRange"] == "127.0.0.0/8"
    assert orrery("organization allowed-ip-range list") == {"allowedIpAddressRanges": []}
