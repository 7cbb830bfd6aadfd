"""What every home tells an Airflow, by the names of its environment."""

import json

from orrery.dataplane.port import DeploymentSpec

PATIENCE = {
    # Health is green before the Execution API is warm; the default of 5 s fails the first task of a cold Airflow.
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
    # An API server that is started anew, with other settings or after a crash, is back within a minute. A task asks for three; with
    # Airflow's own figures one that begins in between has failed after ten seconds.
    "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "40",
    "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "10",
}
"""What a task bears while its API server is away."""

_EXTRA = "AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"
_IMPORTED = ("airflow.dag_processing.dagbag", "airflow.sdk.execution_time.task_runner")
_LEAST = 16


def imports(spec: DeploymentSpec) -> dict[str, str]:
    """What a worker imports once, before it forks, and each task would import for itself otherwise: half of what a short one takes.

    A customer with settings of Celery of their own keeps those; they may hold secrets, so nothing is said beside them.
    """
    return {} if _EXTRA in spec.environment else {_EXTRA: json.dumps({"imports": _IMPORTED})}


def parallelism(spec: DeploymentSpec) -> int:
    """Airflow never has more than this many tasks queued and running together, so it must not be what limits the workers."""
    return max(sum(queue.max_workers for queue in spec.queues) * sum(queue.concurrency for queue in spec.queues), _LEAST)
