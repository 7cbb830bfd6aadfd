"""Figures: what a Deployment may ask for, and which environment variables are the platform's own."""

import re
from decimal import Decimal

import pytest
from orrery.model import offer, runtime
from orrery.model.queue import Machine


@pytest.mark.parametrize(("cpu", "memory"), [("0.25", "0.5Gi"), ("1", "2Gi"), ("10", "20Gi"), ("6400", "12800Gi"), ("0.125", "0.25Gi")])
def test_memory_is_twice_the_cores(cpu: str, memory: str) -> None:
    assert offer.memory_for(cpu) == memory
    assert offer.gib(memory) == 2 * (offer.cores(cpu) or Decimal(0))


@pytest.mark.parametrize("text", ["", "much", "-1", "1e3", "0x1", "1.2345", "1Gi"])
def test_what_is_no_amount_of_cores_is_none(text: str) -> None:
    assert offer.cores(text) is None


@pytest.mark.parametrize("text", ["", "2", "2G", "2gi", "-2Gi", "1e3Gi"])
def test_what_is_no_amount_of_memory_is_none(text: str) -> None:
    assert offer.gib(text) is None


@pytest.mark.parametrize(
    "key",
    "ORRERY_API AIRFLOW__CORE__FERNET_KEY AIRFLOW__CORE__FERNET_KEY_CMD AIRFLOW__DATABASE__SQL_ALCHEMY_CONN AIRFLOW__CELERY__BROKER_URL "
    "AIRFLOW__API_AUTH__JWT_SECRET AIRFLOW__CORE__AUTH_MANAGER AIRFLOW__ORRERY__API_URL PATH PYTHONPATH LD_PRELOAD AIRFLOW_HOME "
    "AIRFLOW__API__ACCESS_CONTROL_ALLOW_ORIGINS".split(),
)
def test_what_keeps_deployments_apart_is_the_platforms_own(key: str) -> None:
    assert offer.is_ours(key)


@pytest.mark.parametrize(
    "key", "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION AIRFLOW_CONN_WAREHOUSE API_KEY PATHS MY_PATH AIRFLOW_VAR_X".split()
)
def test_everything_else_is_the_customers(key: str) -> None:
    assert not offer.is_ours(key)


def test_machines_grow_with_their_names_and_never_start_above_their_ceiling() -> None:
    sizes = [machine.size for machine in Machine]
    assert [size.cpu for size in sizes] == sorted({size.cpu for size in sizes})
    assert all(size.memory == 2 * size.cpu and size.concurrency <= size.concurrency_ceiling for size in sizes)


def test_a_runtime_release_names_the_airflow_that_is_in_it() -> None:
    for release in runtime.every():
        assert re.fullmatch(r"\d+\.\d+-\d+", release.version)
        assert release.airflow_version.startswith(release.version.partition("-")[0] + ".")
        assert runtime.airflow_version(release.version) == release.airflow_version
    assert runtime.offered()
    assert runtime.airflow_version("2.9-1") == "2.9"
