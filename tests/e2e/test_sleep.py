"""The hypervisor at work on a real Airflow that is idle: it sleeps between its runs, and no task of the platform dies."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.airflow import Airflow, deployment
from tests.support.platform import Platform

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(2700)]


@pytest.fixture(scope="module")
def platform(platform_at_work: Platform) -> Iterator[Platform]:
    """Nobody needs it after this."""
    yield platform_at_work
    platform_at_work.end()


def test_an_idle_deployment_sleeps_and_its_next_run_finds_it_awake_with_its_workers_ready(platform):
    woke, asked = platform.wait_until("a sleep, a wake and a run were seen", lambda: told(platform), 2100)
    assert woke > 0, "its Airflow was woken before its run was due"
    assert asked > 0, "its worker was asked for before there was a task"


def test_no_task_died_on_the_way(platform):
    for name, dag in (("hello", "fan_out"), ("clockwork", "planets")):
        airflow = Airflow(platform, platform.wait_until(f"{name} is there", lambda n=name: deployment(platform, n), 60))
        runs = platform.wait_until("its Airflow answers", lambda a=airflow, d=dag: a.call("GET", f"/dags/{d}/dagRuns")["dag_runs"], 300)
        tasks = [task for run in runs for task in airflow.tasks(dag, run["dag_run_id"])]
        assert tasks
        assert {task["try_number"] for task in tasks if task["state"] == "success"} == {1}
        assert not [task for task in tasks if task["state"] in ("failed", "up_for_retry", "upstream_failed")]


def told(platform: Platform) -> tuple[float, float] | None:
    """How many seconds before its run was due it was woken, and how many before its task began the worker was asked for.

    How late the task began is told beside it and not judged here: other tests keep the machine busy.
    """
    assert "not shown:" not in platform.said(), platform.said()[-3000:]
    woke = re.search(r"clockwork wakes ([\d.]+) s before its run is due", platform.said())
    asked = re.search(r"the first task began [\d.]+ s after its run was due; its worker was asked for ([\d.]+) s before", platform.said())
    return (float(woke[1]), float(asked[1])) if woke and asked else None
