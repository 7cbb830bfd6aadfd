"""One Deployment's life in the process home: code, workers, people, and the home itself dying and coming back."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from orrery.api.wire.airflow_access import DagAccess
from orrery.authz.policy import Role, permissions
from orrery.errors import Conflict

from tests.dataplane_contract import a_spec, ensure_all, ref_of, remove_all
from tests.local.home.airflows import Airflow, Answer
from tests.local.home.running import FakePlane, RunningHome, wait_until
from tests.support.remote_write import Receiver

pytestmark = pytest.mark.e2e
SHOP = (Path(__file__).parent / "shop.py").read_text()


@pytest.fixture(scope="module")
def tenant(home: RunningHome, fake_plane: FakePlane) -> Iterator[Airflow]:
    fake_plane.tokens |= {"operator-token": "OPERATOR", "viewer-token": "VIEWER"}
    tenant = Airflow(home, a_spec(api_url=fake_plane.url)).up()
    yield tenant
    for worker in tenant.workers():
        tenant.tell(worker["id"], "drain")
    remove_all(home.client, ref_of(tenant.spec))


def test_a_run_in_flight_keeps_its_code_and_a_busy_worker_ends_after_its_task(tenant: Airflow, tmp_path: Path) -> None:
    tenant.deploy(SHOP, "v1", tmp_path)
    worker = tenant.employ()
    run = tenant.trigger("shop")
    wait_until(lambda: _state(tenant, run, "first") == "running", seconds=60, what="the first task")
    tenant.deploy(SHOP.replace('RELEASE = "v1"', 'RELEASE = "v2"'), "v2", tmp_path)
    wait_until(lambda: _newest(tenant) == "v2", seconds=30, what="the new release to be seen")

    pid = tenant.worker(worker)["pid"]
    second = tenant.employ()
    tenant.tell(worker, "drain")
    assert tenant.worker(worker)["state"] == "DRAINING"
    _go(tenant)
    assert tenant.finished("shop", run) == "success"
    assert tenant.returned("shop", run, "second") == "v1 then v1"
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), seconds=30, what="the drained worker to end by itself")
    assert [each["id"] for each in tenant.workers()] == [second]

    new = tenant.trigger("shop")
    assert tenant.finished("shop", new) == "success"
    assert tenant.returned("shop", new, "second") == "v2 then v2"
    assert _host(tenant, new, "second") == f"{second}.localhost", "the agent must know whose task it is"


def test_going_back_is_moving_the_pointer(tenant: Airflow, tmp_path: Path) -> None:
    tenant.deploy(SHOP, "v1", tmp_path)
    wait_until(lambda: _newest(tenant) == "v1", seconds=30, what="the old release to be seen again")
    assert tenant.inventory["release"] == "v1"


def test_a_cordoned_worker_takes_nothing_new_until_it_is_uncordoned(tenant: Airflow) -> None:
    worker = tenant.workers()[0]["id"]
    tenant.tell(worker, "cordon")
    assert tenant.worker(worker)["state"] == "CORDONED"
    run = tenant.trigger("shop")
    wait_until(lambda: _state(tenant, run, "first") == "queued", seconds=60, what="the task to be queued")
    time.sleep(3)
    assert _state(tenant, run, "first") == "queued"
    tenant.tell(worker, "uncordon")
    assert tenant.finished("shop", run) == "success"


def test_a_triggerer_is_started_when_a_task_waits_for_one(tenant: Airflow) -> None:
    assert "triggerer" not in [part["name"] for part in tenant.inventory["components"]]
    run = tenant.trigger("patient")
    assert tenant.finished("patient", run) == "success"
    assert "triggerer" in [part["name"] for part in tenant.inventory["components"]]


def test_a_task_has_the_connections_and_variables_of_its_deployment_and_a_change_needs_no_restart(tenant: Airflow) -> None:
    pids = {part["name"]: part["pid"] for part in tenant.inventory["components"]}
    for generation, word in ((2, "one"), (3, "two")):
        fields: Mapping[str, str | int] = {
            "conn_type": "http",
            "host": f"{word}.example.com",
            "password": "hunter2",
            "port": 8443,
            "extra": '{"a": "b"}',
        }
        tenant.spec = replace(tenant.spec, generation=generation, connections={"shop": fields}, variables={"word": word})
        tenant.home.client.ensure_release(tenant.spec)
        run = tenant.trigger("wiring")
        assert tenant.finished("wiring", run) == "success", tenant.words("wiring", run, "look")
        assert tenant.returned("wiring", run, "look") == [word, f"{word}.example.com", "hunter2", 8443, "b"]
        assert "hunter2" not in tenant.words("wiring", run, "look"), "Airflow masks what came with a connection"
    assert {part["name"]: part["pid"] for part in tenant.inventory["components"]} == pids


def test_a_worker_cannot_be_cordoned_while_it_ends(tenant: Airflow) -> None:
    worker = tenant.workers()[0]["id"]
    tenant.tell(worker, "drain")
    if any(each["id"] == worker for each in tenant.workers()):
        with pytest.raises(Conflict):
            tenant.tell(worker, "cordon")
    wait_until(lambda: not tenant.workers(), seconds=30, what="the idle worker to end")


def test_roles_are_the_control_planes_and_a_revoked_token_stops_within_a_second(tenant: Airflow, fake_plane: FakePlane) -> None:
    viewer = {"Authorization": "Bearer viewer-token"}
    assert tenant.ask("GET", "/api/v2/dags", **viewer).status == 200
    assert tenant.ask("POST", "/api/v2/dags/shop/dagRuns", {"logical_date": None}, **viewer).status == 403
    assert tenant.ask("GET", "/api/v2/connections", **viewer).status == 403
    assert tenant.ask("GET", "/api/v2/connections").status == 200
    assert tenant.ask("GET", "/api/v2/dags", Authorization="").status == 401
    assert tenant.ask("GET", "/api/v2/dags", Authorization="Bearer unknown").status == 401
    del fake_plane.tokens["viewer-token"]
    revoked = time.monotonic()
    wait_until(lambda: tenant.ask("GET", "/api/v2/dags", **viewer).status == 401, seconds=5, what="the refusal")
    assert time.monotonic() - revoked < 2


def test_roles_on_dags_open_these_dags_and_nothing_else(tenant: Airflow, fake_plane: FakePlane, tmp_path: Path) -> None:
    looks, does = ([each.value for each in permissions(role)] for role in (Role.DAG_VIEWER, Role.DAG_AUTHOR))
    on_shop = DagAccess(permissions=looks, dag_ids=["shop"], dag_tags=[]).model_dump()
    on_waiting = DagAccess(permissions=does, dag_ids=[], dag_tags=["waiting"]).model_dump()
    fake_plane.tokens["shop-viewer"] = {"role": None, "dags": [on_shop]}
    fake_plane.tokens["waiting-author"] = {"role": None, "dags": [on_waiting]}
    fake_plane.codes["mixed"] = {"role": None, "dags": [on_shop, on_waiting]}
    tenant.deploy(SHOP, "v1", tmp_path)
    wait_until(lambda: tenant.ask("GET", "/api/v2/dags/patient").body.get("tags"), seconds=60, what="the DAGs with their tags")
    cookie = tenant.ask("POST", "/auth/handover", {"code": "mixed"}, Authorization="").headers["Set-Cookie"]
    viewer, author = ({"Authorization": f"Bearer {token}"} for token in ("shop-viewer", "waiting-author"))
    mixed = {"Authorization": "", "Cookie": cookie.split(";")[0]}

    def seen(path: str, kind: str, who: dict[str, str]) -> set[str]:
        answer = tenant.ask("GET", path, **who)
        assert answer.status == 200, answer.body
        return {each["dag_id"] for each in answer.body[kind]}

    def run(dag: str, who: dict[str, str]) -> Answer:
        return tenant.ask("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None}, **who)

    made = [run("shop", {}), run("patient", author)]
    assert [each.status for each in made] == [200, 200]
    for who, dags in ((viewer, {"shop"}), (author, {"patient"}), (mixed, {"shop", "patient"})):
        assert seen("/api/v2/dags", "dags", who) == dags
        assert seen("/ui/dags", "dags", who) == dags
        assert seen("/api/v2/dags/~/dagRuns?limit=100", "dag_runs", who) == dags
        assert seen("/api/v2/dags/~/dagRuns/~/taskInstances?limit=100", "task_instances", who) == dags
        for shut in ("connections", "variables", "pools", "assets", "plugins", "jobs", "eventLogs", "importErrors", "config"):
            assert tenant.ask("GET", f"/api/v2/{shut}", **who).status == 403, shut
        menu = tenant.ask("GET", "/ui/auth/menus", **who).body["authorized_menu_items"]
        assert sorted(menu) == ["Dags", "Docs"]

    shop = f"/api/v2/dags/shop/dagRuns/{made[0].body['dag_run_id']}"
    log = f"{shop}/taskInstances/first/logs/1"
    assert [tenant.ask("GET", path, **viewer).status for path in (shop, f"{shop}/taskInstances", "/api/v2/dags/shop/details")] == [200] * 3
    assert [tenant.ask("GET", log, **who).status for who in (viewer, mixed, author)] in ([200, 200, 403], [404, 404, 403])
    assert tenant.ask("GET", shop, **author).status == 403
    assert [run("shop", who).status for who in (viewer, author, mixed)] == [403] * 3
    assert tenant.ask("PATCH", "/api/v2/dags/shop", {"is_paused": True}, **viewer).status == 403
    assert tenant.ask("GET", f"{shop}/taskInstances/first/xcomEntries", **mixed).status == 403
    assert tenant.ask("GET", "/api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries", **mixed).status == 403
    assert tenant.ask("GET", "/api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries", **author).status == 200

    patient = f"/api/v2/dags/patient/dagRuns/{made[1].body['dag_run_id']}"
    assert tenant.ask("PATCH", "/api/v2/dags/patient", {"is_paused": True}, **author).status == 200
    assert tenant.ask("POST", f"{patient}/clear", {"dry_run": True}, **author).status == 200
    assert tenant.ask("PATCH", patient, {"state": "failed"}, **mixed).status == 200
    assert tenant.ask("PATCH", "/api/v2/dags?dag_id_pattern=~", {"is_paused": True}, **author).body["total_entries"] == 1
    assert tenant.ask("DELETE", patient, **author).status == 204
    assert tenant.ask("DELETE", "/api/v2/dags/patient", **viewer).status == 403
    assert tenant.ask("DELETE", shop).status in (204, 409)

    del fake_plane.tokens["waiting-author"]
    wait_until(lambda: tenant.ask("GET", "/api/v2/dags", **author).status == 401, seconds=5, what="the refusal")


def test_a_one_time_link_opens_a_session_once_and_logging_out_ends_it(tenant: Airflow, fake_plane: FakePlane) -> None:
    fake_plane.codes["once"] = "AUTHOR"
    page = tenant.ask("GET", "/auth/handover", Authorization="")
    assert page.status == 200
    assert f"orrery deployment open {tenant.spec.id}" in page.body
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert " onload=" not in page.body

    opened = tenant.ask("POST", "/auth/handover", {"code": "once", "next": "/dags/shop?tab=runs"}, Authorization="")
    assert (opened.status, opened.body) == (200, {"next": "/dags/shop?tab=runs"})
    cookie = opened.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "domain" not in cookie.lower(), "host-only: no other Deployment is ever sent it"
    session = {"Authorization": "", "Cookie": cookie.split(";")[0]}
    assert tenant.ask("GET", "/ui/auth/me", **session).status == 200
    assert tenant.ask("POST", "/auth/handover", {"code": "once"}, Authorization="").status == 401

    token = fake_plane.tokens.pop("operator-token")
    try:
        time.sleep(1)
        assert tenant.ask("GET", "/api/v2/dags").status == 401
        assert tenant.ask("GET", "/api/v2/dags", **session).status == 200, "a session outlives the token's answer"
    finally:
        fake_plane.tokens["operator-token"] = token

    assert tenant.ask("GET", "/api/v2/auth/logout", **session).status == 307
    assert tenant.ask("GET", "/api/v2/dags", **session).status in (401, 403)


def test_a_session_is_only_opened_under_the_deployments_own_name(tenant: Airflow, fake_plane: FakePlane) -> None:
    fake_plane.codes["again"] = "AUTHOR"
    port = tenant.address.rpartition(":")[2]
    assert tenant.ask("POST", "/auth/handover", {"code": "again"}, Host=f"127.0.0.1:{port}").status == 403
    assert tenant.ask("POST", "/auth/handover", {"code": "again"}, Origin="http://elsewhere.localhost").status == 403
    opened = tenant.ask("POST", "/auth/handover", {"code": "again", "next": "https://elsewhere.example/"}, Authorization="")
    assert opened.body == {"next": "/"}


def test_a_home_that_was_killed_finds_everything_running_and_goes_on_with_it(tenant: Airflow) -> None:
    worker = tenant.employ()
    before = tenant.home.pids()
    assert f"{tenant.spec.id}/worker/{worker}" in before
    tenant.home.kill()
    tenant.home.start()
    assert tenant.home.pids() == before
    wait_until(lambda: tenant.home.client.observe(ref_of(tenant.spec)).healthy, seconds=60, what="health")
    assert [each["id"] for each in tenant.workers()] == [worker]
    run = tenant.trigger("shop")
    assert tenant.finished("shop", run) == "success"
    os.kill(before["home/postgres"], 9)
    wait_until(lambda: tenant.home.pids("home/postgres").get("home/postgres", before["home/postgres"]) != before["home/postgres"],
               seconds=60, what="the database server")  # fmt: skip
    wait_until(lambda: tenant.home.client.observe(ref_of(tenant.spec)).healthy, seconds=60, what="health")


def test_a_home_that_was_stopped_leaves_nothing_and_brings_everything_back(tenant: Airflow) -> None:
    address = tenant.address
    tenant.home.stop()
    assert tenant.home.pids() == {}
    assert not tenant.home.places.run.exists()
    tenant.home.start()
    wait_until(lambda: tenant.home.client.observe(ref_of(tenant.spec)).healthy, seconds=120, what="health")
    assert tenant.address == address
    assert tenant.ask("GET", "/api/v2/dags/shop/dagRuns").body["total_entries"] >= 3
    assert tenant.workers() == [], "workers are the agent's to start"


def test_metrics_are_written_to_the_endpoint_of_an_export_while_there_is_one(tenant: Airflow) -> None:
    """Near the end: Airflow's processes start anew, to say what they count."""
    receiver, key = Receiver(), f"{tenant.spec.id}/metrics"
    export = {
        "endpoint": receiver.url,
        "exporterType": "PROMETHEUS",
        "authType": "AUTH_TOKEN",
        "basicToken": "hunter2",
        "labels": {"team": "a"},
    }
    try:
        tenant.spec = replace(tenant.spec, generation=tenant.spec.generation + 1, metrics_exports={"grafana": export})
        ensure_all(tenant.home.client, tenant.spec)
        wait_until(lambda: any(each.name.startswith("airflow_scheduler") for each in receiver.samples), seconds=120, what="the samples",
                   otherwise=tenant.home.log)  # fmt: skip
        ours = {"deploymentId": tenant.spec.id, "organizationId": tenant.spec.organization_id, "workspaceId": tenant.spec.workspace_id}
        assert receiver.samples[0].labels == {**ours, "namespace": tenant.spec.namespace, "team": "a"}
        assert {sent["Authorization"] for sent, _ in receiver.requests} == {"Bearer hunter2"}
        wait_until(lambda: tenant.home.client.observe(ref_of(tenant.spec)).healthy, seconds=120, what="health")
        os.kill(tenant.home.pids(key)[key], 9)
        assert tenant.home.client.observe(ref_of(tenant.spec)).healthy, "its end is nobody's trouble"
        assert "hunter2" not in (tenant.home.places.deployment(tenant.spec.id) / "logs" / "metrics.log").read_text()
        tenant.spec = replace(tenant.spec, generation=tenant.spec.generation + 1, metrics_exports={})
        ensure_all(tenant.home.client, tenant.spec)
        wait_until(lambda: key not in tenant.home.pids(key), seconds=30, what="the sender to end")
    finally:
        receiver.stop()


def _state(tenant: Airflow, run: str, task: str) -> str:
    return str(tenant.ask("GET", f"/api/v2/dags/shop/dagRuns/{run}/taskInstances/{task}").body.get("state"))


def _host(tenant: Airflow, run: str, task: str) -> str:
    return str(tenant.ask("GET", f"/api/v2/dags/shop/dagRuns/{run}/taskInstances/{task}").body.get("hostname"))


def _newest(tenant: Airflow) -> str:
    return str(tenant.ask("GET", "/api/v2/dags/shop").body.get("bundle_version"))


def _go(tenant: Airflow) -> None:
    (tenant.home.places.deployment(tenant.spec.id) / "files" / "go").touch(mode=0o644)
