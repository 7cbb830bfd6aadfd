"""The migrations: a Job for each image that the database was not last migrated with; Airflow is started when it is done."""

from orrery.dataplane.kubernetes import configuration, sizes
from orrery.dataplane.kubernetes.airflow import airflow_container, room
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import template

COMPONENT = "migrations"


def name(plan: Plan) -> str:
    """A Job cannot be changed, so another image is another Job; the older one goes."""
    return f"{COMPONENT}-{plan.digest(plan.image)[:8]}"


def render(plan: Plan) -> list[Manifest]:
    """The Job stays when it is done: it is the note that it was."""
    running = airflow_container(plan, COMPONENT, sizes.MIGRATIONS, ["db", "migrate"])
    running["envFrom"].append({"secretRef": {"name": configuration.PRIVATE}})
    pod = template(plan, COMPONENT, [running], volumes=room(sizes.MIGRATIONS), restartPolicy="Never")
    spec = {"backoffLimit": 4, "activeDeadlineSeconds": 1800, "template": pod}
    return [manifest(plan, "Job", name(plan), component=COMPONENT, spec=spec)]
