"""What every home tells an Airflow, by the names of its environment."""

import json

from orrery.dataplane.port import DeploymentSpec

TUNING = {
    # Health is green before the Execution API is warm; the default of 5 s fails the first task of a cold Airflow.
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
    # An API server that is started anew, with other settings or after a crash, is back within a minute. A task asks for three; with
    # Airflow's own figures one that begins in between has failed after ten seconds.
    "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "40",
    "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "10",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
    "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
    # Longer than any task may take; kombu sets it by itself only for brokers behind a port, and at an hour a task would be delivered twice.
    "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": str(7 * 86400),
}
"""How soon new code is seen, and what a task bears: its API server away, and no second delivery."""

_EXTRA = "AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"
_IMPORTED = ("airflow.dag_processing.dagbag", "airflow.sdk.execution_time.task_runner")
_LEAST = 16


def for_workers(spec: DeploymentSpec) -> dict[str, str]:
    """Tasks are known by their worker's name, so that the agent sees which worker is idle. The dag-processor and the scheduler clean the
    folder of old code. What each task would import for itself, half of what a short one takes, is imported once, before the worker forks.

    A customer with settings of Celery of their own keeps those; they may hold secrets, so nothing is said beside them.
    """
    imports = {} if _EXTRA in spec.environment else {_EXTRA: json.dumps({"imports": _IMPORTED})}
    return {
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "orrery_airflow.worker.name",
        "AIRFLOW__DAG_PROCESSOR__STALE_BUNDLE_CLEANUP_INTERVAL": "0",
        **imports,
    }


def parallelism(spec: DeploymentSpec) -> int:
    """Airflow never has more than this many tasks queued and running together, so it must not be what limits the workers."""
    return max(sum(queue.max_workers for queue in spec.queues) * sum(queue.concurrency for queue in spec.queues), _LEAST)
