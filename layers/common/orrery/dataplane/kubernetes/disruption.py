"""Who may be evicted when a node goes: of twins one at a time, of workers nobody; whoever has no twin moves with a moment's pause."""

from orrery.dataplane.kubernetes import workers
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import selector

TWINS = ("api-server", "scheduler", "dag-processor", "triggerer", "pgbouncer")


def render(plan: Plan) -> list[Manifest]:
    """For Airflow's own components."""
    return [_budget(plan, component, 1) for component in TWINS] if plan.replicas > 1 else []


def for_workers(plan: Plan) -> list[Manifest]:
    """A node is emptied of workers by the agent, which drains them."""
    return [] if plan.has_pods_for_tasks else [_budget(plan, workers.COMPONENT, 0)]


def _budget(plan: Plan, component: str, away: int) -> Manifest:
    spec = {"maxUnavailable": away, "selector": {"matchLabels": selector(plan, component)}}
    return manifest(plan, "PodDisruptionBudget", component, spec=spec)
