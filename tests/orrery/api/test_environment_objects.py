"""Environment objects over HTTP: secrets are masked and kept, links differ in single fields, every change is brought to its Deployments."""

from typing import Any

import pytest
from orrery import delivery
from orrery.provisioning import environment as wiring
from orrery.provisioning.specs import spec_of
from orrery.store import environment, reads, tables

from tests.support.http import Answer, Caller
from tests.support.installation import another
from tests.support.plane import Plane

Json = dict[str, Any]
CONNECTION = {
    "type": "postgres", "host": "db.example.com", "login": "ada", "password": "hunter2", "port": 5432, "schema": "sales",
    "extra": {"sslmode": "require", "token": "t0ken"},
}  # fmt: skip

PROPERTY = {
    "CONNECTION": "connection",
    "AIRFLOW_VARIABLE": "airflowVariable",
    "ENVIRONMENT_VARIABLE": "environmentVariable",
    "METRICS_EXPORT": "metricsExport",
}
EXPORT = {
    "exporterType": "PROMETHEUS", "endpoint": "https://p.example.com/write", "authType": "BASIC", "username": "ada", "password": "hunter2",
    "headers": {"X-Scope-OrgID": "t0ken"}, "labels": {"team": "data"},
}  # fmt: skip


def objects(plane: Plane) -> str:
    return f"{plane.installation.path}/environment-objects"


def asked(plane: Plane, kind: str, key: str, held: Json, **more: Any) -> Json:
    prop = PROPERTY[kind]
    place = {"scope": "WORKSPACE", "scopeEntityId": plane.workspace_id}
    return {"objectType": kind, "objectKey": key, prop: held, **place, **more}


def made(plane: Plane, kind: str, key: str, held: Json, **more: Any) -> str:
    answer = plane.installation.owner.post(objects(plane), asked(plane, kind, key, held, **more))
    assert answer.status == 200, answer.body
    return str(answer.body["id"])


def variable(plane: Plane, key: str = "region", value: str = "eu", *, secret: bool = False, **more: Any) -> str:
    return made(plane, "AIRFLOW_VARIABLE", key, {"value": value, "isSecret": secret}, **more)


def got(plane: Plane, id: str) -> Json:
    answer = plane.installation.owner.get(f"{objects(plane)}/{id}")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def updated(plane: Plane, id: str, **changes: Any) -> Json:
    answer = plane.installation.owner.post(f"{objects(plane)}/{id}", changes)
    assert answer.status == 200, answer.body
    return dict(answer.body)


def listed(plane: Plane, caller: Caller | None = None, **query: Any) -> list[Json]:
    answer = (caller or plane.installation.owner).get(objects(plane), **query)
    assert answer.status == 200, answer.body
    return list(answer.body["environmentObjects"])


def link(deployment: Json, **overrides: Any) -> Json:
    return {"scope": "DEPLOYMENT", "scopeEntityId": deployment["id"]} | ({"overrides": overrides} if overrides else {})


def allow_secrets(plane: Plane) -> None:
    told = {"name": "Analytics", "billingEmail": "", "isScimEnabled": False, "isEnvironmentSecretsFetchingEnabled": True}
    assert plane.installation.owner.post(plane.installation.path, told).body["isEnvironmentSecretsFetchingEnabled"] is True


def test_a_connection_shows_everything_but_its_secrets(plane: Plane) -> None:
    told = got(plane, made(plane, "CONNECTION", "sales", CONNECTION, description="the shop's"))
    assert told["connection"] == {
        "type": "postgres", "host": "db.example.com", "login": "ada", "port": 5432, "schema": "sales",
        "password": None, "extra": None, "connectionAuthType": None,
    }  # fmt: skip
    assert told["setFields"] == ["extra", "host", "login", "password", "port", "schema", "type"]
    assert (told["objectKey"], told["scope"], told["sourceScopeEntityId"], told["description"]) == (
        "sales", "WORKSPACE", plane.workspace_id, "the shop's",
    )  # fmt: skip


def test_no_secret_lies_in_the_table(plane: Plane) -> None:
    deployment = plane.made()
    made(plane, "CONNECTION", "sales", CONNECTION, links=[link(deployment, connection={"password": "pa55word"})])
    variable(plane, "key", "s3cret", secret=True)
    rows = " ".join(str(row.attribute_values) for row in tables.table().scan())
    assert "db.example.com" in rows
    assert not [secret for secret in ("hunter2", "t0ken", "pa55word", "s3cret") if secret in rows]


def test_secrets_are_shown_only_where_the_organization_allows_it(plane: Plane) -> None:
    made(plane, "CONNECTION", "sales", CONNECTION)
    refused = plane.installation.owner.get(objects(plane), showSecrets="true")
    assert (refused.status, "isEnvironmentSecretsFetchingEnabled" in refused.body["message"]) == (403, True)
    allow_secrets(plane)
    (shown,) = listed(plane, showSecrets="true")
    assert (shown["connection"]["password"], shown["connection"]["extra"]) == ("hunter2", {"sslmode": "require", "token": "t0ken"})
    assert listed(plane)[0]["connection"]["password"] is None, "and never unasked"


def test_an_update_that_leaves_a_secret_out_keeps_it(plane: Plane) -> None:
    allow_secrets(plane)
    id = made(plane, "CONNECTION", "sales", CONNECTION)
    told = updated(plane, id, connection={"host": "other.example.com", "password": ""})
    assert (told["connection"]["host"], told["connection"]["login"], "password" in told["setFields"]) == ("other.example.com", "ada", True)
    assert listed(plane, showSecrets="true")[0]["connection"]["password"] == "hunter2"


def test_a_variable_may_become_a_secret_and_only_with_a_value_stops_being_one(plane: Plane) -> None:
    deployment = plane.made()
    id = variable(plane, links=[link(deployment, airflowVariable={"value": "us"})])
    told = updated(plane, id, airflowVariable={"isSecret": True})
    assert (told["airflowVariable"], told["setFields"]) == ({"isSecret": True, "value": ""}, ["isSecret", "value"])
    assert told["links"][0]["airflowVariableOverrides"] == {"value": ""}, "what a link says of it is as secret"
    assert spec_of(plane.load(deployment["id"])).variables == {"region": "us"}
    refused = plane.installation.owner.post(f"{objects(plane)}/{id}", {"airflowVariable": {"isSecret": False}})
    assert (refused.status, refused.fields) == (400, ["airflowVariable.value"])
    assert updated(plane, id, airflowVariable={"isSecret": False, "value": "ap"})["airflowVariable"] == {"isSecret": False, "value": "ap"}


def test_a_link_says_otherwise_in_single_fields_until_they_are_unset(plane: Plane) -> None:
    deployment = plane.made()
    id = made(plane, "CONNECTION", "sales", CONNECTION, links=[link(deployment, connection={"host": "here", "password": "mine"})])
    assert got(plane, id)["links"][0]["setFields"] == ["host", "password"]
    there = spec_of(plane.load(deployment["id"])).connections["sales"]
    assert (there["conn_type"], there["host"], there["login"], there["password"]) == ("postgres", "here", "ada", "mine")
    updated(plane, id, links=[link(deployment, unsetFields=["password"])])
    there = spec_of(plane.load(deployment["id"])).connections["sales"]
    assert (there["host"], there["password"], there["extra"]) == ("here", "hunter2", '{"sslmode": "require", "token": "t0ken"}')
    unknown = plane.installation.owner.post(f"{objects(plane)}/{id}", {"links": [link(deployment, unsetFields=["pasword"])]})
    assert (unknown.status, unknown.fields) == (400, ["links[0].overrides.unsetFields"])
    assert updated(plane, id, links=[])["links"] == []
    assert spec_of(plane.load(deployment["id"])).connections == {}


def test_an_object_that_links_by_itself_reaches_deployments_to_come_and_leaves_out_whom_it_is_told(plane: Plane) -> None:
    id = variable(plane, autoLinkDeployments=True)
    one, two = plane.made(name="one"), plane.made(name="two")
    answer = plane.installation.owner.post(f"{objects(plane)}/{id}/exclude-linking", link(one))
    assert (answer.status, answer.body) == (200, None)
    assert [spec_of(plane.load(each["id"])).variables for each in (one, two)] == [{}, {"region": "eu"}]
    assert got(plane, id)["excludeLinks"] == [{"scope": "DEPLOYMENT", "scopeEntityId": one["id"]}]


def test_what_a_deployment_has_of_its_own_comes_first(plane: Plane) -> None:
    deployment = plane.made(environmentVariables=[{"key": "MODE", "value": "own", "isSecret": True}])
    variable(plane, value="workspace's", autoLinkDeployments=True)
    variable(plane, value="its own", scope="DEPLOYMENT", scopeEntityId=deployment["id"])
    for key in ("MODE", "LEVEL"):
        made(plane, "ENVIRONMENT_VARIABLE", key, {"value": "workspace's", "isSecret": True}, autoLinkDeployments=True)
    spec = spec_of(plane.load(deployment["id"]))
    assert spec.variables == {"region": "its own"}
    assert spec.environment == {"MODE": "own", "LEVEL": "workspace's"}


def test_a_deployments_list_shows_what_reaches_it_as_it_is_there(plane: Plane) -> None:
    deployment = plane.made()
    variable(plane, "linked", links=[link(deployment, airflowVariable={"value": "there"})])
    variable(plane, "elsewhere")
    variable(plane, "own", scope="DEPLOYMENT", scopeEntityId=deployment["id"])
    told = {each["objectKey"]: each for each in listed(plane, deploymentId=deployment["id"])}
    assert set(told) == {"linked", "own"}
    assert (told["linked"]["airflowVariable"]["value"], told["linked"]["scope"], told["linked"]["scopeEntityId"]) == (
        "there", "DEPLOYMENT", deployment["id"],
    )  # fmt: skip
    assert (told["linked"]["sourceScope"], told["linked"]["sourceScopeEntityId"]) == ("WORKSPACE", plane.workspace_id)
    assert [each["objectKey"] for each in listed(plane, deploymentId=deployment["id"], resolveLinked="false")] == ["own"]


def test_a_list_can_be_narrowed_and_sorted(plane: Plane) -> None:
    made(plane, "CONNECTION", "b", {"type": "http"})
    variable(plane, "c")
    variable(plane, "a")
    keys = [each["objectKey"] for each in listed(plane, sorts="objectKey:desc", workspaceId=plane.workspace_id)]
    assert keys == ["c", "b", "a"]
    assert [each["objectKey"] for each in listed(plane, objectType="CONNECTION")] == ["b"]
    assert [each["objectKey"] for each in listed(plane, objectKey="a")] == ["a"]


def test_a_key_is_taken_once_in_its_place_and_free_again_after_a_delete(plane: Plane) -> None:
    id = variable(plane)
    again = plane.installation.owner.post(objects(plane), asked(plane, "AIRFLOW_VARIABLE", "region", {"value": "x"}))
    assert (again.status, again.body["message"]) == (
        409, "there is already the Airflow variable `region` in this workspace; update it instead",
    )  # fmt: skip
    assert plane.installation.owner.delete(f"{objects(plane)}/{id}").status == 204
    assert plane.installation.owner.get(f"{objects(plane)}/{id}").status == 404
    variable(plane)


@pytest.mark.parametrize(
    ("kind", "key", "held", "more", "fields"),
    [
        ("CONNECTION", "a b", {"type": "http"}, {}, ["objectKey"]),
        ("CONNECTION", "a", {"host": "x"}, {}, ["connection.type"]),
        ("CONNECTION", "a", {"type": "http", "port": 70000}, {}, ["connection.port"]),
        ("CONNECTION", "a", {"type": "http", "authTypeId": "x"}, {}, ["connection.authTypeId"]),
        ("AIRFLOW_VARIABLE", "a", {}, {}, ["airflowVariable.value"]),
        ("AIRFLOW_VARIABLE", "a", {"value": "x" * 70_000}, {}, ["airflowVariable.value"]),
        ("AIRFLOW_VARIABLE", "a", {"value": "x"}, {"connection": {"type": "http"}}, ["connection"]),
        ("AIRFLOW_VARIABLE", "a", {"value": "x"}, {"links": [{"scope": "DEPLOYMENT", "scopeEntityId": "x"}]}, ["links[0].scopeEntityId"]),
        ("AIRFLOW_VARIABLE", "a", {"value": "x"}, {"scopeEntityId": "x"}, ["scopeEntityId"]),
        ("ENVIRONMENT_VARIABLE", "AIRFLOW__CORE__FERNET_KEY", {"value": "x"}, {}, ["objectKey"]),
        ("ENVIRONMENT_VARIABLE", "a-b", {"value": "x"}, {}, ["objectKey"]),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(plane: Plane, kind: str, key: str, held: Json, more: Json, fields: list[str]) -> None:
    answer = plane.installation.owner.post(objects(plane), asked(plane, kind, key, held, **more))
    assert (answer.status, answer.fields) == (400, fields)
    assert listed(plane) == []


def test_a_metrics_export_shows_everything_but_its_secrets(plane: Plane) -> None:
    told = got(plane, made(plane, "METRICS_EXPORT", "grafana", EXPORT))
    assert told["metricsExport"] == {
        "exporterType": "PROMETHEUS", "endpoint": "https://p.example.com/write", "authType": "BASIC", "username": "ada", "password": None,
        "basicToken": None, "headers": None, "labels": {"team": "data"}, "sigV4AssumeArn": None, "sigV4StsRegion": None,
    }  # fmt: skip
    assert told["setFields"] == sorted(EXPORT)
    rows = [str(row.serialize()) for row in tables.table().scan()]
    assert [row for row in rows if "hunter2" in row or "t0ken" in row] == []
    allow_secrets(plane)
    assert {name: value for name, value in listed(plane, showSecrets="true")[0]["metricsExport"].items() if value} == EXPORT


def test_a_deployment_is_given_its_metrics_exports_in_clear_with_what_is_different_there(plane: Plane) -> None:
    deployment = plane.made()
    there = link(deployment, metricsExport={"authType": "AUTH_TOKEN", "basicToken": "b3arer", "labels": {"team": "ops"}})
    id = made(plane, "METRICS_EXPORT", "grafana", EXPORT, links=[there])
    spec = spec_of(plane.load(deployment["id"]))
    assert spec.metrics_exports == {"grafana": EXPORT | {"authType": "AUTH_TOKEN", "basicToken": "b3arer", "labels": {"team": "ops"}}}
    assert "hunter2" not in repr(spec)
    overrides = got(plane, id)["links"][0]["metricsExportOverrides"]
    assert {name: value for name, value in overrides.items() if value} == {"authType": "AUTH_TOKEN", "labels": {"team": "ops"}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"authType": "SIGV4"}, "authType"),
        ({"sigV4StsRegion": "eu-central-1"}, "sigV4StsRegion"),
        ({"sigV4AssumeArn": "arn:aws:iam::123456789012:role/x"}, "sigV4AssumeArn"),
        ({"authType": "AUTH_TOKEN"}, "basicToken"),
        ({"username": None}, "username"),
        ({"password": ""}, "password"),
        ({"username": "a:b"}, "username"),
        ({"endpoint": None}, "endpoint"),
        ({"endpoint": "ftp://example.com/"}, "endpoint"),
        ({"endpoint": "https:///write"}, "endpoint"),
        ({"endpoint": "https://example.com:99999/"}, "endpoint"),
        ({"endpoint": "https://ada:hunter2@example.com/"}, "endpoint"),
        ({"endpoint": "https://example.com/a b"}, "endpoint"),
        ({"exporterType": "OTLP"}, "exporterType"),
        ({"headers": {"A": "hunter2\r\nB: c"}}, "headers"),
        ({"headers": {"content-length": "1"}}, "headers"),
        ({"labels": {"deploymentId": "x"}}, "labels"),
        ({"labels": {"__name__": "x"}}, "labels"),
        ({"labels": {"1st": "x"}}, "labels"),
    ],
)
def test_a_metrics_export_that_could_not_be_sent_is_refused(plane: Plane, change: Json, field: str) -> None:
    held = {name: value for name, value in {**EXPORT, **change}.items() if value is not None}
    answer = plane.installation.owner.post(objects(plane), asked(plane, "METRICS_EXPORT", "grafana", held))
    assert (answer.status, answer.fields) == (400, [f"metricsExport.{field}"])
    assert "hunter2" not in str(answer.body)


def test_an_authentication_of_a_link_needs_what_it_needs(plane: Plane) -> None:
    there = link(plane.made(), metricsExport={"authType": "AUTH_TOKEN"})
    answer = plane.installation.owner.post(objects(plane), asked(plane, "METRICS_EXPORT", "grafana", EXPORT, links=[there]))
    assert (answer.status, answer.fields) == (400, ["links[0].overrides.metricsExport.basicToken"])


def test_a_deployments_object_has_no_links(plane: Plane) -> None:
    deployment = plane.made()
    own = {"scope": "DEPLOYMENT", "scopeEntityId": deployment["id"]}
    linked = asked(plane, "AIRFLOW_VARIABLE", "a", {"value": "x"}, **own, autoLinkDeployments=True)
    answer = plane.installation.owner.post(objects(plane), linked)
    assert (answer.status, answer.fields) == (400, ["links"])
    id = variable(plane, **own)
    assert plane.installation.owner.post(f"{objects(plane)}/{id}/exclude-linking", link(deployment)).status == 405


def test_whoever_may_not_see_the_objects_of_a_place_sees_none(plane: Plane) -> None:
    id = variable(plane)
    author = plane.installation.somebody("WORKSPACE_AUTHOR", plane.workspace_id)
    operator = plane.installation.somebody("WORKSPACE_OPERATOR", plane.workspace_id)
    assert (listed(plane, author), author.get(f"{objects(plane)}/{id}").status) == ([], 404)
    assert author.get(objects(plane), workspaceId=plane.workspace_id).status == 403
    assert [each["id"] for each in listed(plane, operator)] == [id]
    assert operator.post(f"{objects(plane)}/{id}", {"description": "ours"}).status == 200
    stranger = another(plane.installation)
    theirs: Answer = stranger.owner.get(f"{stranger.path}/environment-objects/{id}")
    assert theirs.status == 404


def test_a_change_is_brought_to_the_deployments_that_it_reaches_and_no_other(plane: Plane) -> None:
    linked, other = plane.made(name="linked"), plane.made(name="other")
    plane.machines.started.clear()
    id = variable(plane, links=[link(linked)])
    assert plane.machines.started == ["update_deployment 2"]
    assert [plane.load(each["id"]).generation for each in (linked, other)] == [2, 1]
    environment.keep_given(linked["id"], _digest(plane, linked))
    updated(plane, id, description="says nothing new")
    assert plane.load(linked["id"]).generation == 2, "what it has got already is not brought again"
    updated(plane, id, airflowVariable={"value": "us"})
    assert plane.load(linked["id"]).generation == 3
    assert _undelivered() == []


def test_a_workspaces_objects_go_with_it(plane: Plane) -> None:
    id = variable(plane)
    assert plane.installation.owner.delete(f"{plane.installation.path}/workspaces/{plane.workspace_id}").status == 204
    assert plane.installation.owner.get(f"{objects(plane)}/{id}").status == 404
    assert not [row.sk for row in tables.table().scan() if row.pk == f"ENV#{plane.workspace_id}" or id in row.sk]


def test_a_change_whose_start_was_lost_is_left_to_the_sagas_sweep(plane: Plane) -> None:
    deployment = plane.made()
    plane.machines.broken = True
    variable(plane, links=[link(deployment)])
    assert plane.load(deployment["id"]).generation == 2, "the new generation is open work"


def test_a_delivery_that_was_cut_short_is_found_by_its_mark(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    with monkeypatch.context() as cut:
        cut.setattr(delivery, "carry_out", lambda change: "left for the next run")
        variable(plane, links=[link(deployment)])
    (mark,) = _undelivered()
    assert plane.load(deployment["id"]).generation == 1
    assert delivery.carry_out(mark) == "delivered"
    assert plane.load(deployment["id"]).generation == 2
    assert _undelivered() == []


def test_a_newer_change_keeps_its_mark_when_an_older_one_ends(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "carry_out", lambda change: "left for the next run")
    id = variable(plane)
    (older,) = _undelivered()
    updated(plane, id, airflowVariable={"value": "us"})
    environment.mark_delivered(older)
    assert len(_undelivered()) == 1


def _undelivered() -> list[environment.Undelivered]:
    return [reads.get(environment.Undelivered, row.pk, row.sk) for row in tables.table().scan() if row.sk == "UNDELIVERED"]  # type: ignore[misc]


def _digest(plane: Plane, deployment: Json) -> str:
    return wiring.of(plane.load(deployment["id"])).digest
