"""Canaries: a distinctive value in every place for a secret, a Deployment's whole life, and then a look at everything that was emitted.

The places are those of the OpenAPI document: a new field that holds a secret (`model/redaction.py` knows which do) is sung into on its own,
through the request that `tests/fuzz/world.py` makes of its operation. What the plane itself mints, such as tokens, is caught where it
is shown and looked for everywhere else.
"""

import json
import logging
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from orrery import dataplane, workflows
from orrery.store import tables

from functions.provision import app as provision
from functions.sweeper import app as sweeper
from local.invocation import Context
from tests.fuzz import world
from tests.fuzz.document import operations
from tests.fuzz.requests import rightful, send
from tests.fuzz.world import Things
from tests.support.audit import lines
from tests.support.dataplane import FakeDataPlane
from tests.support.http import Answer, Caller
from tests.support.machine import Machine
from tests.support.plane import Plane
from tests.support.slots import Field, secret_fields, with_value

Json = dict[str, Any]
FIELDS = secret_fields()

LIVED = {"CreateDeployment:environmentVariables[].value", "UpdateDeployment:environmentVariables[].value"}
"""Fields that `life` puts canaries into."""

REFUSED = {
    "CreateCluster:k8sTags[].value": "clusters cannot be made here",
    "UpdateCluster:k8sTags[].value": "clusters cannot be changed here",
}
"""Fields that are in no request that is ever taken, and why; their canaries are in requests that are refused."""


def canary() -> str:
    return f"canary{uuid.uuid4().hex}"


@dataclass
class Heard:
    """Everything that was emitted, by the place where it could be read."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    """Request and answer, each as text."""
    machines: list[str] = field(default_factory=list)
    """Inputs, outputs and histories of state machines."""
    export: str = ""
    logs: str = ""

    def where(self, secret: str) -> list[str]:
        """The places where a secret can be read, the table and those answers apart that are there to show it."""
        told = [request for request, answer in self.answers if secret in answer]
        places = {"a state machine": "\n".join(self.machines), "the audit log's export": self.export, "a log": self.logs}
        return told + [place for place, text in places.items() if secret in text]


def rows() -> list[tuple[str, str]]:
    """Every row of the table: its key, and the whole of it as text."""
    return [(f"{row.pk} {row.sk}", json.dumps(row.serialize())) for row in tables.table().scan()]


class StepFunctions:
    """Runs what is started at once, from the real files, with the real steps."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:
        result = Machine(stateMachineArn.rpartition("orrery-")[2], {"Provision": provision.handler}).run(json.loads(input))
        assert result.status == "SUCCEEDED", result.cause
        self.heard.machines.append(f"{name} {input} {json.dumps(vars(result), default=str)}")


@pytest.fixture
def heard(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What is emitted from here on, by whom ever it is asked."""
    heard, home = Heard(), FakeDataPlane()
    real = Caller.send

    def listened(self: Caller, method: str, path: str, **sent: Any) -> Answer:
        answer = real(self, method, path, **sent)
        if not isinstance(answer.body, bytes):  # the export is looked at as a whole
            heard.answers.append((f"{method} {path}", json.dumps([answer.body, dict(answer.headers)])))
        return answer

    monkeypatch.setattr(Caller, "send", listened)
    monkeypatch.setattr(dataplane, "connect", lambda: home)
    machines = StepFunctions(heard)
    monkeypatch.setattr(workflows, "_client", lambda: machines)
    return heard


def finish(heard: Heard, plane: Plane, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """The audit log is exported, and what was logged until now is read: messages, their extras and tracebacks."""
    heard.export = json.dumps(lines(plane.installation.owner.get(f"{plane.installation.path}/audit-logs")))
    printed = capfd.readouterr()
    heard.logs += printed.out + printed.err + caplog.text + json.dumps([vars(each) for each in caplog.records], default=str)


def life(plane: Plane, secrets: dict[str, str]) -> str:
    """A Deployment's whole life by way of the API, with secrets where they may stand and where they may not."""
    owner, things = plane.installation.owner, Things(plane)
    variables = [{"key": key, "value": value, "isSecret": True} for key, value in secrets.items()]
    created = plane.create(environmentVariables=variables, isDevelopmentMode=True)
    assert created.status == 200, created.body
    id = str(created.body["id"])
    path = f"{plane.path}/{id}"
    plane.observe(id)
    things.made["deploymentId"] = id
    assert plane.get(id)["status"] == "HEALTHY"
    assert owner.get(plane.path, deploymentIds=id).body["totalCount"] == 1
    plane.create(environmentVariables=variables)  # the name is taken
    kept = {"environmentVariables": [{**each, "value": ""} for each in variables]}
    assert plane.update(plane.get(id), **kept, description="the same secrets").status == 200
    assert plane.update(plane.get(id), environmentVariables=variables, isHighAvailability=False).status == 200
    first = world._live(things)
    world._live(things)
    assert owner.post(f"{path}/deploys/{first}/rollback", {"description": "back"}).status == 200
    assert owner.post(f"{path}/hibernation-override", {"isHibernating": True}).status == 200
    assert owner.delete(f"{path}/hibernation-override").status == 204
    sweeper.handler({}, Context("sweeper", timeout=120))
    return path


def end(plane: Plane, secret: str) -> None:
    """Another Deployment with a secret, made and deleted."""
    variable = {"key": "A", "value": secret, "isSecret": True}
    created = plane.create(name="short", environmentVariables=[variable], isDevelopmentMode=True)
    assert created.status == 200, created.body
    path = f"{plane.path}/{created.body['id']}"
    assert plane.installation.owner.delete(path).status == 204
    assert plane.installation.owner.get(path).status == 404


KINDS = {
    "connection": "CONNECTION",
    "airflowVariable": "AIRFLOW_VARIABLE",
    "environmentVariable": "ENVIRONMENT_VARIABLE",
    "metricsExport": "METRICS_EXPORT",
}
BESIDES: dict[str, Json] = {
    "connection": {"type": "http"},
    "airflowVariable": {"isSecret": True},
    "environmentVariable": {"isSecret": True},
    "metricsExport": {"exporterType": "PROMETHEUS", "endpoint": "https://example.com/", "authType": "BASIC", "username": "ada"},
}
"""What an object of each type has besides its secrets."""


def wired(plane: Plane, deployment_id: str) -> dict[str, str]:
    """Environment objects of every type, made and changed, with secrets of their own and of a link; what was sung, by field."""
    secrets = {str(each): canary() for each in FIELDS if "EnvironmentObject" in each.operation and str(each) not in REFUSED}
    owner, path = plane.installation.owner, f"{plane.installation.path}/environment-objects"
    place = {"scope": "WORKSPACE", "scopeEntityId": plane.workspace_id}
    for name, kind in KINDS.items():

        def asked(operation: str, name: str = name) -> Json:
            link = {
                "scope": "DEPLOYMENT",
                "scopeEntityId": deployment_id,
                "overrides": {name: held(f"{operation}:links[].overrides.", name)},
            }
            own = held(f"{operation}:", name)
            return {name: own | BESIDES[name], "links": [link]}

        def held(prefix: str, name: str) -> Json:
            found = {each.rpartition(".")[2]: secrets[each] for each in secrets if each.startswith(f"{prefix}{name}.")}
            return found | {each: {"a": found[each]} for each in ("extra", "headers") if each in found}

        made = owner.post(path, {"objectKey": f"K_{name}", "objectType": kind, **place, **asked("CreateEnvironmentObject")})
        assert made.status == 200, made.body
        changed = owner.post(f"{path}/{made.body['id']}", asked("UpdateEnvironmentObject"))
        assert changed.status == 200, changed.body
    assert owner.get(path, deploymentId=deployment_id).body["totalCount"] == len(KINDS)
    assert owner.get(path, showSecrets="true").status == 403
    return secrets


def misplaced(plane: Plane, path: str, secret: str) -> None:
    """Requests in which the secret stands where no secret belongs."""
    owner = plane.installation.owner
    refused = [
        owner.post(path, {"type": "STANDARD", "environmentVariables": [{"key": "A", "value": {"deep": secret}, "isSecret": True}]}),
        owner.post(path, {"type": "STANDARD", "environmentVariables": [{"key": "A", "value": secret, "isSecret": secret}]}),
        owner.post(path, {"type": "STANDARD", "environmentVariables": secret}),
        owner.post(path, {"type": "STANDARD", "pasword": secret}),
        owner.send("POST", path, text='{"value": "' + secret),
        owner.send("POST", path, text=f'["{secret}"]'),
        owner.send("POST", path, text=f'{{"value": "{secret}"}}', content_type="text/plain"),
        owner.get(f"{plane.installation.path}/tokens/{secret}"),
        owner.delete(f"{plane.installation.path}/{secret}"),
        Caller(secret).get(path),
    ]
    assert {each.status for each in refused} <= {400, 401, 404}


@dataclass
class Sung:
    secrets: dict[str, str]
    """Values that a customer gave, by where they gave them."""
    minted: dict[str, str]
    """Values that the plane made and showed once, by where."""
    taken: set[str]
    """Fields whose rightful request was taken with a secret in them."""
    heard: Heard
    rows: list[tuple[str, str]]

    def rows_with(self, secret: str) -> list[str]:
        """The keys of the rows in which a secret can be read."""
        return [key for key, text in self.rows if secret in text]


_once: list[Sung] = []


@pytest.fixture
def sung(request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Sung:
    """Sung once and listened to by every test here: it is long."""
    if not _once:
        caplog.set_level(logging.INFO)
        _once.append(_sing(request.getfixturevalue("plane"), request.getfixturevalue("heard"), capfd, caplog))
    return _once[0]


def _sing(plane: Plane, heard: Heard, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Sung:
    given = {"ONE": canary(), "TWO": canary()}
    path = life(plane, given)
    minted = shown(plane, path)
    given |= {"misplaced": canary(), "deleted": canary()}
    misplaced(plane, path, given["misplaced"])
    end(plane, given["deleted"])
    wires = wired(plane, path.rpartition("/")[2])
    given |= {str(each): canary() for each in FIELDS} | {f"wired {name}": secret for name, secret in wires.items()}
    taken = {str(each) for each in FIELDS if str(each) not in wires and sing(plane, each, given[str(each)])} | set(wires)
    finish(heard, plane, capfd, caplog)
    return Sung(given, minted, taken, heard, rows())


def shown(plane: Plane, path: str) -> dict[str, str]:
    """What the plane mints: shown in one answer each."""
    owner, tokens = plane.installation.owner, f"{plane.installation.path}/tokens"
    made = owner.post(tokens, {"name": "ci", "scope": "ORGANIZATION", "role": "ORGANIZATION_MEMBER"}).body
    turned = owner.post(f"{tokens}/{made['id']}/rotate").body
    plane.observe(path.rpartition("/")[2])
    link = plane.person().post(f"{path}/handover").body["url"]
    address = owner.post(f"{path}/deploys", {"type": "DAG_ONLY"}).body["dagsUploadUrl"]
    owner.get(tokens)
    Caller(turned["token"]).get(path)
    assert Caller(turned["token"]).get(f"{plane.installation.path}/users/self").status == 404
    return {
        f"POST {tokens}": made["token"],
        f"POST {tokens}/{made['id']}/rotate": turned["token"],
        f"POST {path}/handover": link.partition("#code=")[2],
        f"POST {path}/deploys": parse_qs(urlsplit(address).query)["signature"][0],
    }


def sing(plane: Plane, slot: Field, secret: str) -> bool:
    """The rightful request of the field's operation, with a secret in the field; whether it is taken."""
    (operation,) = [each for each in operations() if each.id == slot.operation]
    request = rightful(operation, plane)
    request["body"] = with_value(request["body"] or {}, slot.way, {"a": secret} if slot.is_object else secret)
    return send(plane.installation.owner, operation, request).status in (200, 204)


def test_no_secret_that_a_customer_gave_is_ever_told(sung: Sung) -> None:
    assert {where: found for where, secret in sung.secrets.items() if (found := sung.heard.where(secret))} == {}


def test_what_the_plane_mints_is_shown_once_and_never_told_again(sung: Sung) -> None:
    for where, secret in sung.minted.items():
        assert len(secret) > 20
        assert sung.heard.where(secret) == [where]


def test_no_row_holds_what_the_plane_minted_what_was_misplaced_or_what_is_deleted(sung: Sung) -> None:
    for where, secret in {**sung.minted, **{name: sung.secrets[name] for name in ("misplaced", "deleted")}}.items():
        assert sung.rows_with(secret) == [], where


def test_no_row_holds_a_secret_that_a_customer_gave(sung: Sung) -> None:
    assert {where: found for where, secret in sung.secrets.items() if (found := sung.rows_with(secret))} == {}


def test_every_field_for_a_secret_is_sung_into(sung: Sung) -> None:
    assert FIELDS, "the OpenAPI document has no field for a secret"
    quiet = {str(each) for each in FIELDS} - sung.taken - LIVED - set(REFUSED)
    assert quiet == set(), "put a canary there in `life`, or say in REFUSED why no request with one is ever taken"


def test_the_canaries_would_be_heard(sung: Sung) -> None:
    """The test of the test: what may be told is found at each of the places where it is told."""
    assert sung.heard.where("CreateDeployment") == ["the audit log's export"]
    assert set(sung.heard.where("ensure_namespace")) == {"a state machine"}
    assert "a log" in sung.heard.where("swept")
    assert any(place.startswith("POST ") for place in sung.heard.where("the same secrets"))
    assert len(sung.heard.machines) >= 5
