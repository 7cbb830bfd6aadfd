"""The migrations: a Job for each image that the database was not last migrated with; Airflow is started when it is done."""

from orrery.dataplane.kubernetes import configuration, sizes
from orrery.dataplane.kubernetes.airflow import airflow_container, room
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import template

COMPONENT = "migrations"


def render(plan: Plan) -> list[Manifest]:
    """A Job cannot be changed, so its name bears the digest of its pod: another pod is another Job, and the older one goes.

    It stays when it is done: it is the note that it was.
    """
    pod = _pod(plan)
    spec = {"backoffLimit": 4, "activeDeadlineSeconds": 1800, "template": pod}
    return [manifest(plan, "Job", f"{COMPONENT}-{plan.digest(pod)[:8]}", component=COMPONENT, spec=spec)]


def _pod(plan: Plan) -> Manifest:
    """Of the image, and of nothing that changes more often: neither the customer's variables nor the executor have a say."""
    running = airflow_container(plan, COMPONENT, sizes.MIGRATIONS, ["db", "migrate"])
    secrets = ({"secretRef": {"name": name}} for name in (configuration.PRIVATE, configuration.MIGRATING))
    running["envFrom"] = [{"configMapRef": {"name": configuration.SHARED}}, *secrets]
    return template(plan, COMPONENT, [running], volumes=room(sizes.MIGRATIONS), restartPolicy="Never")
