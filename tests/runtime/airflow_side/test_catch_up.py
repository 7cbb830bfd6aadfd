"""What a Deployment missed while it slept: as each DAG has it, or only the newest interval."""
# mypy: ignore-errors

import os
import subprocess
import sys

import pytest

DAG = """
from datetime import datetime, timezone, timedelta
from airflow import settings
from airflow.sdk import DAG

start = datetime.now(timezone.utc) - timedelta(days=10)
dag = DAG("daily", schedule="@daily", start_date=start, catchup=True)
settings.dag_policy(dag)
print("catchup", dag.catchup)
"""


@pytest.mark.parametrize(("told", "catches_up"), [(None, "True"), ("AS_WRITTEN", "True"), ("LATEST", "False")])
def test_the_deployments_word_stands_over_the_dags(told: str | None, catches_up: str, tmp_path) -> None:
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW_CONFIG": "/dev/null"}
    if told:
        environment["AIRFLOW__ORRERY__CATCH_UP"] = told
    done = subprocess.run([sys.executable, "-c", DAG], env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1:] == [f"catchup {catches_up}"], done.stderr[-2000:]
