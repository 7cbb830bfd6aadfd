"""The broker: one Valkey a Deployment, with a password, and with a volume that keeps what is queued when its pod is moved."""

from orrery.dataplane.kubernetes import configuration, quantities, sizes
from orrery.dataplane.kubernetes.configuration import BROKER_PORT
from orrery.dataplane.kubernetes.objects import manifest, secret
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import container, scratch, selector, service, template

COMPONENT = "broker"


def render(plan: Plan) -> list[Manifest]:
    """What stays while the Deployment sleeps; nothing where tasks have pods of their own."""
    if plan.has_pods_for_tasks:
        return []
    url = f"redis://:{plan.keys.broker}@{COMPONENT}:{BROKER_PORT}/0"
    names = ("AIRFLOW__CELERY__BROKER_URL", "AIRFLOW__CELERY__RESULT_BACKEND")
    return [
        secret(plan, configuration.BROKER, dict.fromkeys(names, url)),
        secret(plan, "broker-configuration", {"valkey.conf": _configuration(plan)}),
        service(plan, COMPONENT, BROKER_PORT),
    ]


def server(plan: Plan) -> list[Manifest]:
    """The process itself, which a sleeping Deployment does without."""
    if plan.has_pods_for_tasks:
        return []
    running = container(
        COMPONENT,
        plan.cluster.broker_image,
        sizes.BROKER,
        mounts={"data": "/data", "configuration": "/etc/valkey", "tmp": "/tmp"},  # noqa: S108
        command=["valkey-server"],
        args=["/etc/valkey/valkey.conf"],
        ports=[{"name": "main", "containerPort": BROKER_PORT, "protocol": "TCP"}],
        readinessProbe={"tcpSocket": {"port": BROKER_PORT}, "periodSeconds": 5, "timeoutSeconds": 2},
        livenessProbe={"tcpSocket": {"port": BROKER_PORT}, "periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 6},
    )
    kept = {"name": "configuration", "secret": {"secretName": "broker-configuration", "defaultMode": 0o440}}
    told = {"orrery/configuration": plan.digest(_configuration(plan))}
    pod = template(plan, COMPONENT, [running], volumes=[kept, scratch("tmp", sizes.BROKER)], annotations=told)
    spec = {
        "serviceName": COMPONENT,
        "replicas": 1,
        "revisionHistoryLimit": 2,
        "selector": {"matchLabels": selector(plan, COMPONENT)},
        "template": pod,
        "volumeClaimTemplates": [_volume(plan)],
    }
    return [manifest(plan, "StatefulSet", COMPONENT, spec=spec)]


def _volume(plan: Plan) -> Manifest:
    chosen = {"storageClassName": plan.cluster.storage_class} if plan.cluster.storage_class else {}
    size = {"requests": {"storage": quantities.memory(sizes.BROKER_VOLUME)}}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": size, "volumeMode": "Filesystem", **chosen}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "labels": selector(plan, COMPONENT)},
        "spec": spec,
    }


def _configuration(plan: Plan) -> str:
    """Never on a command line, where the password could be read."""
    settings = {
        "port": str(BROKER_PORT),
        "bind": "* -::*",
        "requirepass": plan.keys.broker,
        "dir": "/data",
        "appendonly": "yes",
        "save": '""',
        "databases": "1",
        "maxmemory": "384mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())
