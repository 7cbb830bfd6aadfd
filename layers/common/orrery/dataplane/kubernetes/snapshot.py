"""The final snapshot: a Job that streams the database to S3 as `pg_dump` writes it, before the database goes.

It is taken when nothing of the Airflow runs any more, so it speaks with the server itself. Its object's key is the same at each try, and
an object is there only once it is whole.
"""

from orrery import names
from orrery.dataplane.kubernetes import configuration, sizes
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Leaving, Manifest, Plan
from orrery.dataplane.kubernetes.pods import container, scratch, template

COMPONENT = "snapshot"
_TRIES, _SECONDS = 4, 4 * 3600


def render(leaving: Leaving | Plan) -> list[Manifest]:
    """It has one of the Deployment's keys, the database's, and no other."""
    cluster, name = leaving.cluster, names.database(leaving.spec.id)
    password = {"secretKeyRef": {"name": configuration.KEYS, "key": "database"}}
    told = {
        "HOME": "/tmp",  # noqa: S108
        "ORRERY_SNAPSHOT": f"{cluster.snapshots}/{leaving.spec.namespace}/{leaving.spec.id}.dump",
        "PGDATABASE": name,
        "PGHOST": cluster.database_host,
        "PGPORT": str(cluster.database_port),
        "PGSSLMODE": cluster.database_tls,
        "PGUSER": name,
    }
    running = container(
        COMPONENT,
        cluster.snapshot_image,
        sizes.SNAPSHOT,
        mounts={"tmp": "/tmp"},  # noqa: S108
        command=["python", "-m", "orrery_snapshot"],
        env=[*({"name": key, "value": value} for key, value in told.items()), {"name": "PGPASSWORD", "valueFrom": password}],
    )
    pod = template(leaving, COMPONENT, [running], volumes=[scratch("tmp", sizes.SNAPSHOT)], restartPolicy="Never")
    spec = {"backoffLimit": _TRIES, "activeDeadlineSeconds": _SECONDS, "template": pod}
    return [manifest(leaving, "Job", COMPONENT, spec=spec)]
