"""Two Deployments (as root, of two Organizations) on one machine: neither reaches the other's files, processes, database or broker."""

import os
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from orrery.errors import DataPlaneFailed
from orrery.model.incident import Severity

from tests.dataplane_contract import a_spec, ref_of, remove_all
from tests.local.home.airflows import Airflow
from tests.local.home.running import FakePlane, RunningHome, wait_until

pytestmark = pytest.mark.e2e
IS_ROOT = os.geteuid() == 0
INTRUDER = (Path(__file__).parent / "intruder.py").read_text()


@pytest.fixture(scope="module")
def two(home: RunningHome, fake_plane: FakePlane) -> Iterator[tuple[Airflow, Airflow]]:
    fake_plane.tokens["operator-token"] = "OPERATOR"
    specs = [a_spec(api_url=fake_plane.url, environment={"SECRET_OF_MINE": "s3cret"}) for _ in range(2)]
    if not IS_ROOT:
        specs[1] = replace(specs[1], organization_id=specs[0].organization_id)
    tenants = [Airflow(home, spec) for spec in specs]
    yield tenants[0].up(), tenants[1].up()
    for tenant in tenants:
        for worker in tenant.workers():
            tenant.tell(worker["id"], "drain")
        remove_all(home.client, ref_of(tenant.spec))


@pytest.mark.skipif(not IS_ROOT, reason="only root can give each Deployment a user of its own")
def test_a_dag_reaches_nothing_of_another_deployment(two: tuple[Airflow, Airflow], tmp_path: Path) -> None:
    ours, theirs = two
    room = ours.home.places.deployment(theirs.spec.id)
    own = ours.inventory["databaseUrl"]
    loot: dict[str, list[Any]] = {
        "paths": [
            str(path) for path in (ours.home.places.home, room, *(room / name for name in ("record.json", "files", "releases", "logs")))
        ],
        "sockets": [str(ours.home.places.broker_socket(theirs.spec.id)), str(ours.home.places.socket)],
        "pids": [*ours.home.pids(theirs.spec.id).values(), *ours.home.pids("home/").values(), os.getpid()],
        "databases": [own.replace(f"/d_{ours.spec.id}?", f"/{name}?") for name in (f"d_{theirs.spec.id}", "postgres", "airflow_3_3_2")],
    }
    assert all(os.path.exists(path) for path in loot["paths"] + loot["sockets"]), "what it is after is really there"
    assert len(loot["pids"]) >= 6
    assert os.stat(room).st_uid == 0, "nothing that root mounts or gives away can be replaced by a link"
    with psycopg.connect(own) as connection:
        assert connection.execute("SELECT count(*) FROM task_instance").fetchone() == (0,)

    ours.deploy(INTRUDER, "v1", tmp_path)
    ours.employ()
    run = ours.trigger("intruder", loot)
    assert ours.finished("intruder", run) == "success", ours.words("intruder", run, "intrude")
    report = ours.returned("intruder", run, "intrude")

    assert report["got"] == []
    assert report["uid"] not in (0, os.getuid())
    assert "SECRET_OF_MINE" in report["environment"], "its own variables it has"
    keys = ("CORE__FERNET_KEY", "API_AUTH__JWT_SECRET", "API__SECRET_KEY")
    assert not {f"AIRFLOW__{key}" for key in keys} & set(report["environment"]), "a worker gets no keys"
    assert not [value for value in report["environment"].values() if value.startswith("postgresql")], "nor a database"


def test_a_deployment_sees_its_own_demand_and_no_secret_through_the_agents_login(two: tuple[Airflow, Airflow]) -> None:
    with psycopg.connect(two[1].inventory["databaseUrl"], autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM task_instance WHERE state IN ('queued', 'running')").fetchone() == (0,)
        for statement in ("SELECT * FROM connection", "SELECT * FROM variable", "DELETE FROM task_instance"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_no_command_line_carries_a_secret(two: tuple[Airflow, Airflow]) -> None:
    for tenant in two:
        entry = tenant.inventory
        secrets = [entry["databaseUrl"].split(":")[2].split("@")[0], entry["brokerUrl"].split(":")[2].split("@")[0], "s3cret"]
        pids = tenant.home.pids(tenant.spec.id).values()
        assert pids
        for pid in pids:
            line = Path(f"/proc/{pid}/cmdline").read_text()
            assert not [secret for secret in secrets if secret in line]


def test_the_home_says_whether_it_keeps_tenants_apart(two: tuple[Airflow, Airflow]) -> None:
    assert two[0].home.client.describe()["isolated"] is IS_ROOT


@pytest.mark.skipif(IS_ROOT, reason="root keeps Organizations apart")
def test_without_root_a_second_organization_is_refused(home: RunningHome) -> None:
    with pytest.raises(DataPlaneFailed, match="one Organization"):
        home.client.ensure_namespace(a_spec())


def test_a_killed_airflow_process_comes_back(two: tuple[Airflow, Airflow]) -> None:
    tenant = two[1]
    key = f"{tenant.spec.id}/scheduler"
    before = tenant.home.pids(key)[key]
    os.kill(before, 9)
    wait_until(lambda: tenant.home.pids(key).get(key, before) != before, seconds=60, what="another scheduler")
    wait_until(lambda: tenant.home.client.observe(ref_of(tenant.spec)).healthy, seconds=60, what="health")
    reasons = {part["name"]: part["reason"] for part in tenant.inventory["components"]}
    assert reasons["scheduler"] == "it ended (1 times so far) and was started again"


def test_a_process_that_ends_again_and_again_is_an_incident(two: tuple[Airflow, Airflow]) -> None:
    tenant = two[0]
    key, ended = f"{tenant.spec.id}/scheduler", [0]
    for _ in range(3):
        pid = wait_until(lambda: {*tenant.home.pids(key).values()} - {*ended}, seconds=60, what="a scheduler")
        ended.append(min(pid))
        os.kill(ended[-1], 9)
    (incident,) = wait_until(lambda: tenant.home.client.observe(ref_of(tenant.spec)).incidents, seconds=60, what="an incident")
    assert (incident.code, incident.severity, incident.subject) == ("CRASH_LOOP", Severity.CRITICAL, "scheduler")
    assert incident.description == "it ends again and again soon after it starts (3 times so far)"
    assert tenant.inventory["incidents"] == [asdict(incident)]
