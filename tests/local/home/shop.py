"""A DAG whose two tasks say which release they run; the first waits until a file says go. Runs inside Airflow, not in the tests."""
# mypy: ignore-errors

import os
import time
from datetime import timedelta

from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import Connection, Variable, dag, task

RELEASE = "v1"


@dag(schedule=None)
def shop():
    @task
    def first():
        while not os.path.exists(os.path.join(os.environ["HOME"], "go")):
            time.sleep(0.2)
        return RELEASE

    @task
    def second(before):
        return f"{before} then {RELEASE}"

    second(first())


@dag(schedule=None, tags=["waiting"])
def patient():
    TimeDeltaSensor(task_id="wait", delta=timedelta(seconds=20), deferrable=True)


@dag(schedule=None)
def wiring():
    @task
    def look():
        found = Connection.get("shop")
        print(found.password)
        return [Variable.get("word"), found.host, found.password, found.port, found.extra_dejson["a"]]

    look()


shop()
patient()
wiring()
