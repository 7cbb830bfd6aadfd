"""What the processes of one Airflow are and how they are configured; all of it in their environment, none of it on a command line."""

import hashlib
import json
from pathlib import Path

from orrery.dataplane import cors
from orrery.dataplane.airflow import TUNING, for_workers, parallelism
from orrery.dataplane.port import DeploymentSpec

from local.home import broker, metrics, secrets
from local.home.cells import Cell, Command
from local.home.places import Places
from local.home.records import Record

COMPONENTS = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
# A second thread pool or arena for each library costs more memory than a Deployment at rest has use for.
_LEAN = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "SPT_NOENV": "1"}


def component(places: Places, record: Record, name: str, *, cell: Cell, database_url: str) -> Command:
    """One supervised process of Airflow's own."""
    own = {"api-server": cors.environment, "scheduler": _for_scheduler}.get(name)
    return Command(
        key=f"{record.id}/{name}",
        argv=(*_airflow(places), *COMPONENTS[name]),
        cell=cell,
        log=log(places, record.id, name),
        env=_environment(places, record, cell) | _secrets(places, record, database_url) | (own(record.spec) if own else {}),
    )


def worker(places: Places, record: Record, *, queue: str, concurrency: int, worker_id: str, cell: Cell) -> Command:
    """A Celery worker: no database, no Fernet key, nothing to sign tokens with."""
    options = ("-q", queue, "-c", str(concurrency), "-H", f"{worker_id}@%h", "--skip-serve-logs", "--without-gossip", "--without-mingle")
    env = _environment(places, record, cell) | for_workers(record.spec)
    return Command(
        key=f"{record.id}/worker/{worker_id}",
        argv=(*_airflow(places), "celery", "worker", *options),
        cell=secrets.hidden(places, cell),
        log=log(places, record.id, f"worker-{worker_id}"),
        env=env,
    )


def worker_configuration(places: Places, record: Record, *, cell: Cell) -> str:
    """The fingerprint of what every worker of this Deployment is configured with."""
    return hashlib.sha256(json.dumps(_environment(places, record, cell), sort_keys=True).encode()).hexdigest()[:16]


def migration(places: Places, *, cell: Cell, database_url: str, log: Path, key: str) -> Command:
    env = (
        _LEAN
        | _python(places)
        | {
            "AIRFLOW_HOME": str(cell.home / "airflow"),
            "AIRFLOW_CONFIG": "/dev/null",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database_url,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(cell.home / "logs"),
        }
    )
    return Command(key=key, argv=(*_airflow(places), "db", "migrate"), cell=cell, log=log, env=env)


def address(record: Record) -> str:
    """Its own host name, so that two Airflows never share an origin or a cookie."""
    return f"http://{record.spec.namespace}.localhost:{record.port}"


def log(places: Places, deployment_id: str, component: str) -> Path:
    return places.deployment(deployment_id) / "logs" / f"{component}.log"


def _airflow(places: Places) -> tuple[str, ...]:
    return (places.python, "-m", "airflow")


def _python(places: Places) -> dict[str, str]:
    return {"PYTHONPATH": places.packages}


def _environment(places: Places, record: Record, cell: Cell) -> dict[str, str]:
    """What every process of this Airflow gets, workers included; ours wins over the customer's own variables."""
    told = metrics.told(record) if record.spec.metrics_exports else {}
    return dict(record.spec.environment) | _LEAN | _python(places) | _everywhere(places, record, cell) | TUNING | told


def _everywhere(places: Places, record: Record, cell: Cell) -> dict[str, str]:
    files, here = cell.home, f"http://127.0.0.1:{record.port}"
    releases = places.run / "releases" if places.isolated else places.deployment(record.id) / "releases"
    bundle = {"name": "releases", "classpath": "orrery_airflow.bundle.ReleaseDagBundle", "kwargs": {"url": releases.as_uri()}}
    broker_url = broker.url(places, record)
    return {
        "AIRFLOW_HOME": str(files / "airflow"),
        "AIRFLOW_CONFIG": "/dev/null",
        "TMPDIR": "/tmp" if places.isolated else str(files.parent / "tmp"),  # noqa: S108
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__AUTH_MANAGER": "orrery_airflow.auth.OrreryAuthManager",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{here}/execution/",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(files / "airflow" / "plugins"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(record.port),
        "AIRFLOW__API__BASE_URL": address(record),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_ISSUER": f"urn:orrery:deployment:{record.id}",
        "AIRFLOW__ORRERY__API_URL": record.spec.api_url,
        "AIRFLOW__ORRERY__DEPLOYMENT_ID": record.id,
        "AIRFLOW__CELERY__BROKER_URL": broker_url,
        "AIRFLOW__CELERY__RESULT_BACKEND": broker_url,
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(files / "bundles"),
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(files / "logs"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(files / "logs" / "dag_processor"),
    }


def _for_scheduler(spec: DeploymentSpec) -> dict[str, str]:
    """Told nobody else, so that other bounds of workers start nobody else anew."""
    return {"AIRFLOW__CORE__PARALLELISM": str(parallelism(spec))}


def _secrets(places: Places, record: Record, database_url: str) -> dict[str, str]:
    """What a worker does not get: a task asks its api-server for connections and variables."""
    own = {name: record.spec.environment.get(f"AIRFLOW__SECRETS__{name.upper()}", "") for name in ("backend", "backend_kwargs")}
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database_url,
        "AIRFLOW__CORE__FERNET_KEY": record.keys["fernet"],
        "AIRFLOW__API__SECRET_KEY": record.keys["api"],
        "AIRFLOW__API_AUTH__JWT_SECRET": record.keys["jwt"],
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "AIRFLOW__SECRETS__BACKEND": "orrery_airflow.environment.EnvironmentObjects",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps({"folder": str(secrets.folder(places, record.id)), **own}),
    }
