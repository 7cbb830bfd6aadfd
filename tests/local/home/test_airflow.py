"""What Airflow's processes are told, and what a worker is not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from orrery.dataplane.port import QueueSpec

from local.home import airflow, metrics
from local.home.cells import Cell, deployment_cell
from local.home.places import Places
from local.home.records import Record
from tests.local.home.test_records import a_record

URL = "postgresql://d_x:password@/d_x?host=/run"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(state=tmp_path, run=Path("/run/orrery/12345678"), isolated=True)


@pytest.fixture
def record() -> Record:
    return a_record()


@pytest.fixture
def cell(places: Places, record: Record) -> Cell:
    room = places.deployment(record.id)
    room.mkdir(parents=True)
    return deployment_cell(places, room=room, uid=record.uid)


def test_a_worker_gets_no_database_and_no_key(places: Places, record: Record, cell: Cell) -> None:
    worker = airflow.worker(places, record, queue="default", concurrency=2, worker_id="w1", cell=cell)
    told = str(worker.order(places.state))
    assert record.keys["broker"] in told
    for key in ("fernet", "api", "jwt", "database", "reader"):
        assert record.keys[key] not in told
    assert "postgresql" not in told


def test_a_component_gets_them_and_its_command_line_does_not(places: Places, record: Record, cell: Cell) -> None:
    scheduler = airflow.component(places, record, "scheduler", cell=cell, database_url=URL)
    assert scheduler.env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == URL
    assert scheduler.env["AIRFLOW__CORE__FERNET_KEY"] == record.keys["fernet"]
    assert not [word for word in scheduler.argv for secret in record.keys.values() if secret in word]


def test_a_worker_does_not_see_the_connections_of_its_deployment(places: Places, record: Record, cell: Cell) -> None:
    there = str(places.run / "environment")
    worker = airflow.worker(places, record, queue="default", concurrency=2, worker_id="w1", cell=cell)
    assert there in [inside for _, inside in cell.binds]
    assert there not in [inside for _, inside in worker.cell.binds]
    assert not [name for name in worker.env if name.startswith("AIRFLOW__SECRETS__")]


def test_a_secrets_backend_of_the_customers_own_is_asked_first(places: Places, record: Record, cell: Cell) -> None:
    own = {"AIRFLOW__SECRETS__BACKEND": "shop.vault.Backend", "AIRFLOW__SECRETS__BACKEND_KWARGS": '{"url": "https://vault"}'}
    record.spec = replace(record.spec, environment=own)
    env = airflow.component(places, record, "api-server", cell=cell, database_url=URL).env
    assert env["AIRFLOW__SECRETS__BACKEND"] == "orrery_airflow.environment.EnvironmentObjects"
    told = json.loads(env["AIRFLOW__SECRETS__BACKEND_KWARGS"])
    assert (told["backend"], told["backend_kwargs"]) == ("shop.vault.Backend", '{"url": "https://vault"}')


def test_the_customers_variables_arrive_and_cannot_override_ours(places: Places, record: Record, cell: Cell) -> None:
    record.spec = replace(record.spec, environment={"MINE": "1", "AIRFLOW__CORE__AUTH_MANAGER": "mine", "ORRERY_PROCESS": "x", "HOME": "/"})
    order = airflow.component(places, record, "api-server", cell=cell, database_url=URL).order(places.state)
    assert order["env"]["MINE"] == "1"
    assert order["env"]["AIRFLOW__CORE__AUTH_MANAGER"] == "orrery_airflow.auth.OrreryAuthManager"
    assert order["env"]["ORRERY_PROCESS"] == f"{record.id}/api-server"
    assert order["env"]["HOME"] == str(cell.home)


def test_airflow_itself_never_limits_the_workers(places: Places, record: Record, cell: Cell) -> None:
    queues = (QueueSpec("default", 0, 3, 5, "A5", 1, 2), QueueSpec("heavy", 0, 4, 10, "A10", 2, 4))
    record.spec = replace(record.spec, queues=queues)
    scheduler = airflow.component(places, record, "scheduler", cell=cell, database_url=URL)
    assert int(scheduler.env["AIRFLOW__CORE__PARALLELISM"]) >= 3 * 5 + 4 * 10


def test_other_bounds_of_workers_start_nobody_but_the_scheduler_anew(places: Places, record: Record, cell: Cell) -> None:
    def told() -> dict[str, dict[str, str]]:
        names = airflow.COMPONENTS
        return {name: dict(airflow.component(places, record, name, cell=cell, database_url=URL).env) for name in names}

    before = told()
    record.spec = replace(record.spec, queues=(QueueSpec("default", 0, 30, 16, "A5", 1, 2),))
    after = told()
    assert {name for name in before if before[name] != after[name]} == {"scheduler"}


def test_a_worker_imports_once_what_its_tasks_need_unless_its_customer_configures_celery(
    places: Places, record: Record, cell: Cell
) -> None:
    def extra() -> str:
        worker = airflow.worker(places, record, queue="default", concurrency=2, worker_id="w1", cell=cell)
        return worker.env["AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"]

    assert "airflow.dag_processing.dagbag" in json.loads(extra())["imports"]
    record.spec = replace(record.spec, environment={"AIRFLOW__CELERY__EXTRA_CELERY_CONFIG": '{"worker_max_tasks_per_child": 9}'})
    assert extra() == '{"worker_max_tasks_per_child": 9}'


def test_a_cell_shows_a_deployment_its_own_room_and_no_other(places: Places, record: Record, cell: Cell) -> None:
    other = a_record()
    shown = [source for source, _ in cell.binds if source.startswith(str(places.home))]
    assert shown
    assert all(source.startswith(str(places.deployment(record.id))) for source in shown)
    assert not [source for source in shown if other.id in source or source.endswith("record.json")]


def test_each_deployment_has_an_origin_of_its_own(record: Record) -> None:
    assert airflow.address(record) == f"http://{record.spec.namespace}.localhost:{record.port}"


def test_workers_are_replaced_for_a_new_configuration_and_not_for_a_new_number(places: Places, record: Record, cell: Cell) -> None:
    before = airflow.worker_configuration(places, record, cell=cell)
    record.spec = replace(record.spec, generation=2)
    assert airflow.worker_configuration(places, record, cell=cell) == before
    record.spec = replace(record.spec, environment={"NEW": "1"})
    assert airflow.worker_configuration(places, record, cell=cell) != before


def test_airflow_says_what_it_counts_only_while_there_is_a_metrics_export(places: Places, record: Record, cell: Cell) -> None:
    def told() -> tuple[str, str]:
        scheduler = airflow.component(places, record, "scheduler", cell=cell, database_url=URL)
        return scheduler.env.get("AIRFLOW__METRICS__STATSD_PORT", ""), airflow.worker_configuration(places, record, cell=cell)

    before = told()
    record.spec = replace(record.spec, metrics_exports={"a": {"endpoint": "https://example.com", "password": "hunter2"}})
    during = told()
    record.spec = replace(record.spec, metrics_exports={"b": {"endpoint": "https://example.org"}})
    assert told() == during, "another endpoint restarts nothing"
    assert (before[0], during[0], before[1] == during[1]) == ("", str(record.port), False)


def test_the_sender_of_metrics_gets_no_secret_but_by_its_file(places: Places, record: Record, cell: Cell) -> None:
    record.spec = replace(record.spec, metrics_exports={"a": {"endpoint": "https://example.com", "password": "hunter2"}})
    told = str(metrics.command(places, record, cell=cell, seconds=30).order(places.state))
    assert not [secret for secret in ("hunter2", *record.keys.values()) if secret in told]
    assert str(places.run / "environment") in told
