"""Who a component is: a service account each, without a token of the cluster; an IAM role where the cluster names one for it.

Only the scheduler, and only where each task gets a pod of its own, may do anything with the cluster: start and watch pods in its namespace.
A worker may not: whoever can start a pod can read every Secret beside it.
"""

from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan

_AIRFLOW = ("api-server", "dag-processor", "migrations", "pgbouncer", "scheduler", "triggerer")
_ROLE = "eks.amazonaws.com/role-arn"
_STARTS_PODS = (
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "delete", "get", "list", "patch", "watch"]},
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["list"]},
)


def components(plan: Plan) -> list[str]:
    """All that can have pods."""
    tasks = ("task",) if plan.has_pods_for_tasks else ("broker", "worker")
    metrics = ("metrics",) if plan.spec.metrics_exports else ()
    return sorted((*_AIRFLOW, *tasks, *metrics))


def render(plan: Plan) -> list[Manifest]:
    return [_account(plan, component) for component in components(plan)] + (_access(plan) if plan.has_pods_for_tasks else [])


def _account(plan: Plan, component: str) -> Manifest:
    role = plan.cluster.roles.get(component)
    return manifest(
        plan, "ServiceAccount", component, annotations={_ROLE: role} if role else None, automountServiceAccountToken=False
    )  # fmt: skip


def _access(plan: Plan) -> list[Manifest]:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "starts-pods"}
    subject = {"kind": "ServiceAccount", "name": "scheduler", "namespace": plan.spec.namespace}
    return [
        manifest(plan, "Role", "starts-pods", component="scheduler", rules=list(_STARTS_PODS)),
        manifest(plan, "RoleBinding", "starts-pods", component="scheduler", roleRef=role, subjects=[subject]),
    ]
