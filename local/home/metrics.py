"""The process that hears what an Airflow counts and writes it to the endpoints of its metrics exports; there only while there are some.

It listens on the UDP port with the number of the api-server's port, which no other Deployment has. It is none of Airflow's components: when
it is away, nobody waits for it and the Deployment stays healthy.
"""

import json

from local.home import secrets
from local.home.cells import Cell, Command
from local.home.places import Places
from local.home.records import Record

NAME = "metrics"


def told(record: Record) -> dict[str, str]:
    """What makes Airflow's processes say what they count."""
    return {
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(record.port),
        "AIRFLOW__METRICS__STATSD_PREFIX": "airflow",
        "AIRFLOW__METRICS__STATSD_DATADOG_ENABLED": "False",
        "AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED": "False",
    }


def command(places: Places, record: Record, *, cell: Cell, seconds: float) -> Command:
    """The sender's process. It reads its endpoints from a file, so nothing secret is in its environment and a change needs no restart."""
    spec = record.spec
    labels = {
        "deploymentId": spec.id,
        "organizationId": spec.organization_id,
        "workspaceId": spec.workspace_id,
        "namespace": spec.namespace,
    }
    return Command(
        key=f"{record.id}/{NAME}",
        argv=(places.python, "-m", "orrery_metrics"),
        cell=cell,
        log=places.deployment(record.id) / "logs" / f"{NAME}.log",
        env={
            "PYTHONPATH": places.packages,
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",
            "ORRERY_METRICS_PORT": str(record.port),
            "ORRERY_METRICS_FILE": str(secrets.folder(places, record.id) / f"{secrets.METRICS}.json"),
            "ORRERY_METRICS_LABELS": json.dumps(labels),
            "ORRERY_METRICS_SECONDS": f"{seconds:g}",
        },
    )
