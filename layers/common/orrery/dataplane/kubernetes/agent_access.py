"""What the cluster's agent may do in a Deployment's namespace, and its ways to the Deployment's database and broker.

One small Secret of its own, because whoever may read the keys could decrypt every connection. It reads the database directly and not
through PgBouncer, which would pass over the bounds that it sets for its own questions (`statement_timeout`, `search_path`).
"""

from urllib.parse import quote

from orrery import names
from orrery.dataplane.kubernetes.configuration import BROKER_PORT
from orrery.dataplane.kubernetes.objects import manifest, secret
from orrery.dataplane.kubernetes.plan import Manifest, Plan

NAME, ACCOUNT, IN_A_NAMESPACE = "orrery-agent", "agent", "orrery-agent-in-a-deployment"
"""The Secret and the binding; the agent's service account; the ClusterRole that is bound here."""


def ways(plan: Plan) -> list[Manifest]:
    """It stays while the Deployment sleeps."""
    cluster, login = plan.cluster, names.reader(plan.database)
    database = f"{cluster.database_host}:{cluster.database_port}/{plan.database}?sslmode={cluster.database_tls}"
    broker = f"broker.{plan.spec.namespace}.svc:{BROKER_PORT}/0"
    told = {
        "database": f"postgresql://{login}:{quote(plan.keys.reader, safe='')}@{database}",
        "broker": f"redis://:{quote(plan.keys.broker, safe='')}@{broker}",
    }
    return [secret(plan, NAME, told)]


def rights(plan: Plan) -> list[Manifest]:
    """Bound in this namespace, so the agent can scale and end pods of Deployments and of nobody else."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": IN_A_NAMESPACE}
    subject = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": plan.cluster.system_namespace}
    return [manifest(plan, "RoleBinding", NAME, component="agent", roleRef=role, subjects=[subject])]
