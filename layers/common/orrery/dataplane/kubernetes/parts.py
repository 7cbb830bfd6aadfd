"""Which objects are ensured and removed together: the port's words, each with its kinds and its renderers."""

from collections.abc import Callable
from dataclasses import dataclass

from orrery.dataplane.kubernetes import (
    accounts,
    agent_access,
    api_server,
    broker,
    configuration,
    dag_processor,
    disruption,
    ingress,
    metrics,
    migrations,
    network,
    pgbouncer,
    quota,
    scheduler,
    snapshot,
    task_pods,
    triggerer,
    workers,
)  # fmt: skip
from orrery.dataplane.kubernetes.plan import Manifest, Plan


@dataclass(frozen=True)
class Part:
    name: str
    kinds: tuple[str, ...]
    """All that it ever renders: what bears its label and is rendered no more is found by them."""
    renderers: tuple[Callable[[Plan], list[Manifest]], ...]

    def render(self, plan: Plan) -> list[Manifest]:
        """In the order in which they are applied."""
        return [made for render in self.renderers for made in render(plan)]


def _task_template(plan: Plan) -> list[Manifest]:
    return task_pods.render(plan) if plan.has_pods_for_tasks else []


WALLS = Part(
    "walls",
    ("LimitRange", "NetworkPolicy", "ResourceQuota", "Role", "RoleBinding", "ServiceAccount"),
    (quota.render, network.render, accounts.render, agent_access.rights),
)
DATABASE = Part("database", ("Secret", "Service"), (pgbouncer.render, agent_access.ways))
BROKER = Part("broker", ("Secret", "Service"), (broker.render,))
RELEASE = Part("release", ("ConfigMap", "Secret"), (configuration.render,))
MIGRATIONS = Part("migrations", ("Job",), (migrations.render,))
AIRFLOW = Part(
    "airflow",
    ("ConfigMap", "Deployment", "PodDisruptionBudget", "Secret", "Service", "StatefulSet"),
    (
        pgbouncer.server, broker.server, _task_template, metrics.render, disruption.render,
        api_server.render, dag_processor.render, triggerer.render, scheduler.render,
    ),
)  # fmt: skip
"""The scheduler comes last: it bears the generation."""
QUEUES = Part("queues", ("ConfigMap", "Deployment", "PodDisruptionBudget"), (disruption.for_workers, workers.render))
SNAPSHOT = Part("snapshot", ("Job",), (snapshot.render,))
INGRESS = Part("ingress", ("Ingress",), (ingress.render,))

EVERY = (WALLS, DATABASE, BROKER, RELEASE, MIGRATIONS, AIRFLOW, QUEUES, INGRESS, SNAPSHOT)
