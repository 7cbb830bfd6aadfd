"""Airflow's configuration, by who may know it: what everybody is told, what workers are not, and the customer's own.

Ours wins over the customer's variables. Connections and variables are files that are read anew at each look, so nothing restarts for them.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from orrery.dataplane.airflow import TUNING
from orrery.dataplane.kubernetes.objects import manifest, secret
from orrery.dataplane.kubernetes.plan import Manifest, Plan

SHARED, PRIVATE, CUSTOMERS, OBJECTS, BROKER, KEYS = "airflow", "airflow", "environment", "environment-objects", "broker", "keys"
MIGRATING = "migrations"
"""Names: a ConfigMap, and Secrets."""
HOME = "/var/airflow"
OBJECTS_FOLDER = "/etc/orrery/environment"
API_PORT, BROKER_PORT, DATABASE_PORT, HEALTH_PORT, METRICS_PORT = 8080, 6379, 6543, 8974, 9125
_LEAN = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}


def render(plan: Plan) -> list[Manifest]:
    objects = {f"{name}.json": json.dumps(content, sort_keys=True) for name, content in _objects(plan).items()}
    return [
        manifest(plan, "ConfigMap", SHARED, data=shared(plan)),
        secret(plan, PRIVATE, private(plan)),
        secret(plan, MIGRATING, {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _direct_url(plan)}),
        secret(plan, CUSTOMERS, plan.spec.environment),
        secret(plan, OBJECTS, objects),
    ]


def shared(plan: Plan) -> dict[str, str]:
    """What every process of this Airflow is told, workers included; nothing in it is a secret."""
    return dict(sorted((_LEAN | _everywhere(plan) | TUNING | _metrics(plan) | _task_logs(plan)).items()))


def private(plan: Plan) -> dict[str, str]:
    """What a worker does not get: a task asks its api-server for connections and variables."""
    own = {name: plan.spec.environment.get(f"AIRFLOW__SECRETS__{name.upper()}", "") for name in ("backend", "backend_kwargs")}
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _database_url(plan),
        "AIRFLOW__CORE__FERNET_KEY": plan.keys.fernet,
        "AIRFLOW__API__SECRET_KEY": plan.keys.api,
        "AIRFLOW__API_AUTH__JWT_SECRET": plan.keys.jwt,
        "AIRFLOW__SECRETS__BACKEND": "orrery_airflow.environment.EnvironmentObjects",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps({"folder": OBJECTS_FOLDER, **own}),
    }


def fingerprint(plan: Plan, *told: Mapping[str, str]) -> str:
    """Another one means that whoever runs with it must be started anew."""
    return plan.digest([plan.spec.environment, *told])


def _everywhere(plan: Plan) -> dict[str, str]:
    bundle = {"name": "releases", "classpath": "orrery_airflow.bundle.ReleaseDagBundle", "kwargs": {"url": plan.spec.releases}}
    return {
        "AIRFLOW_HOME": HOME,
        "AIRFLOW_CONFIG": "/dev/null",
        "HOME": HOME,
        "PYTHONDONTWRITEBYTECODE": "1",
        "AIRFLOW__CORE__EXECUTOR": "KubernetesExecutor" if plan.has_pods_for_tasks else "CeleryExecutor",
        "AIRFLOW__CORE__AUTH_MANAGER": "orrery_airflow.auth.OrreryAuthManager",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://api-server:{API_PORT}/execution/",
        "AIRFLOW__CORE__PLUGINS_FOLDER": "/opt/airflow/plugins",
        "AIRFLOW__API__HOST": "0.0.0.0",  # noqa: S104 - network policies say who gets there
        "AIRFLOW__API__PORT": str(API_PORT),
        "AIRFLOW__API__BASE_URL": f"https://{plan.host}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_ISSUER": f"urn:orrery:deployment:{plan.spec.id}",
        "AIRFLOW__ORRERY__API_URL": plan.spec.api_url,
        "AIRFLOW__ORRERY__DEPLOYMENT_ID": plan.spec.id,
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": f"{HOME}/bundles",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{HOME}/logs",
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": f"{HOME}/logs/dag_processor",
    }


def _metrics(plan: Plan) -> dict[str, str]:
    """What makes Airflow's processes say what they count."""
    told = {"ON": "True", "HOST": "metrics", "PORT": str(METRICS_PORT), "PREFIX": "airflow"}
    return {f"AIRFLOW__METRICS__STATSD_{name}": value for name, value in told.items()} if plan.spec.metrics_exports else {}


def _task_logs(plan: Plan) -> dict[str, str]:
    """The pods' files end with them, so a log is kept in the bucket as soon as its task has ended."""
    if not plan.cluster.task_logs:
        return {}
    return {
        "AIRFLOW__LOGGING__REMOTE_LOGGING": "True",
        "AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER": f"{plan.cluster.task_logs}/{plan.spec.id}",
        "AIRFLOW__LOGGING__DELETE_LOCAL_LOGS": "True",
    }


def _database_url(plan: Plan) -> str:
    return f"postgresql://{plan.database}:{quote(plan.keys.database, safe='')}@pgbouncer:{DATABASE_PORT}/{plan.database}"


def _direct_url(plan: Plan) -> str:
    """Past PgBouncer, which is started with Airflow, after the migrations; and they hold a lock of a session, which it would not keep."""
    login = f"{plan.database}:{quote(plan.keys.database, safe='')}"
    cluster = plan.cluster
    return f"postgresql://{login}@{cluster.database_host}:{cluster.database_port}/{plan.database}?sslmode={cluster.database_tls}"


def _objects(plan: Plan) -> dict[str, Mapping[str, Any]]:
    return {"connections": plan.spec.connections, "variables": plan.spec.variables}
