"""The cluster's own agent: one process in a namespace of its own, which sees all Deployments and scales them; installed with the cluster.

It may look at six kinds everywhere, and of ConfigMaps and Secrets only at those of one name. What it may change is bound namespace by
namespace (`agent_access`). Two of it would act at cross purposes, so the old one ends before the new one starts.

It also answers for whoever has no door of their own: its Ingress is the wildcard of the cluster's domain, and a Deployment's own Ingress,
which names one host, goes before it. While a Deployment sleeps it has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orrery.dataplane.kubernetes import network
from orrery.dataplane.kubernetes.agent_access import ACCOUNT, IN_A_NAMESPACE, NAME
from orrery.dataplane.kubernetes.configuration import BROKER_PORT
from orrery.dataplane.kubernetes.namespace import RESTRICTED
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, KINDS, encoded
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.dataplane.kubernetes.pods import Size, container, hardened, scratch
from orrery.dataplane.kubernetes.workers import QUEUES
from orrery.model.cluster_facts import ClusterFacts

DOOR_PORT, TOKEN = 8080, "agent-token"
"""TOKEN is the Secret in which its token lies."""
_SIZE = Size.of(1, 2, 2)
"""A round over a thousand Deployments, every two seconds."""
_STATE, _TOKEN = "/var/orrery", "/etc/orrery/agent"
_LABELS = {"app.kubernetes.io/managed-by": "orrery", COMPONENT: "agent"}
_SEEN = (
    {"apiGroups": [""], "resources": ["namespaces", "pods"], "verbs": ["list", "watch"]},
    {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": ["list", "watch"]},
    {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [QUEUES], "verbs": ["list", "watch"]},
    {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [NAME], "verbs": ["list", "watch"]},
)
_DONE = (
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete", "get", "list", "patch"]},
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    {"apiGroups": ["apps"], "resources": ["deployments/scale"], "verbs": ["get", "patch"]},
)
"""The scale of a worker Deployment and nothing else of it: who could change its pods could run anything."""


@dataclass(frozen=True)
class Agent:
    """What one cluster's agent is told."""

    cluster_id: str
    image: str
    api_url: str
    """Where the control plane answers."""
    token: str = field(repr=False)
    """Its own, of the control plane."""


def render(cluster: ClusterFacts, agent: Agent) -> list[Manifest]:
    """In the order in which they are applied."""
    return [
        _namespace(cluster),
        _made(cluster, "ServiceAccount", ACCOUNT, automountServiceAccountToken=False),
        *_rights(cluster),
        *_walls(cluster),
        _made(cluster, "Secret", TOKEN, type="Opaque", data={"token": encoded(agent.token)}),
        _made(cluster, "Service", "agent", spec={"type": "ClusterIP", "selector": _LABELS, "ports": [_port()]}),
        _ingress(cluster),
        _made(cluster, "Deployment", "agent", spec=_deployment(cluster, agent)),
    ]


def _namespace(cluster: ClusterFacts) -> Manifest:
    metadata = {"name": cluster.system_namespace, "labels": {"app.kubernetes.io/managed-by": "orrery", **RESTRICTED}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _rights(cluster: ClusterFacts) -> list[Manifest]:
    subject = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": cluster.system_namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME}
    return [
        _everywhere("ClusterRole", NAME, rules=list(_SEEN)),
        _everywhere("ClusterRole", IN_A_NAMESPACE, rules=list(_DONE)),
        _everywhere("ClusterRoleBinding", NAME, roleRef=role, subjects=[subject]),
    ]


def _walls(cluster: ClusterFacts) -> list[Manifest]:
    """In come visitors; out go requests to the API server, the brokers, the databases, and the control plane."""
    deployments = {"matchExpressions": [{"key": DEPLOYMENT, "operator": "Exists"}]}
    brokers = {"namespaceSelector": deployments, "podSelector": {"matchLabels": {COMPONENT: "broker"}}}
    let_out = [
        network.names(cluster),
        {"to": [brokers], "ports": network.tcp(BROKER_PORT)},
        {"to": [network.internet(cluster)], "ports": network.tcp(443)},
    ]
    for ranges, port in ((cluster.database_ranges, cluster.database_port), (cluster.api_ranges, 443)):
        if ranges:
            let_out.append({"to": network.blocks(ranges), "ports": network.tcp(port)})
    visitors = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": cluster.ingress_namespace}}}
    let_in = [{"from": [visitors], "ports": network.tcp(DOOR_PORT)}]
    own = {"podSelector": {"matchLabels": _LABELS}, "policyTypes": ["Ingress", "Egress"], "ingress": let_in, "egress": let_out}
    return [_made(cluster, "NetworkPolicy", "nobody", spec=network.NOBODY), _made(cluster, "NetworkPolicy", "agent", spec=own)]


def _ingress(cluster: ClusterFacts) -> Manifest:
    """A host that is named by nobody else is the agent's."""
    host = f"*.{cluster.domain}"
    backend = {"service": {"name": "agent", "port": {"number": DOOR_PORT}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    spec = {"ingressClassName": cluster.ingress_class, "rules": [rule], "tls": [{"hosts": [host]}]}
    return _made(cluster, "Ingress", "asleep", annotations=cluster.ingress_annotations, spec=spec)


def _deployment(cluster: ClusterFacts, agent: Agent) -> Manifest:
    running = container(
        "agent",
        agent.image,
        _SIZE,
        mounts={"state": _STATE, "token": _TOKEN, "tmp": "/tmp"},  # noqa: S108
        command=["python", "-m", "agent"],
        env=[{"name": name, "value": value} for name, value in sorted(_environment(cluster, agent).items())],
        ports=[{"name": "door", "containerPort": DOOR_PORT, "protocol": "TCP"}],
        readinessProbe={"tcpSocket": {"port": DOOR_PORT}, "periodSeconds": 5, "timeoutSeconds": 2},
        livenessProbe={"tcpSocket": {"port": DOOR_PORT}, "periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 6},
    )
    token = {"name": "token", "secret": {"secretName": TOKEN, "defaultMode": 0o440}}
    pod = hardened(ACCOUNT, [running], [token, scratch("state", _SIZE), scratch("tmp", _SIZE)])
    return {
        "replicas": 1,
        "revisionHistoryLimit": 2,
        "selector": {"matchLabels": _LABELS},
        "strategy": {"type": "Recreate"},
        "template": {"metadata": {"labels": _LABELS}, "spec": {**pod, "automountServiceAccountToken": True}},
    }


def _environment(cluster: ClusterFacts, agent: Agent) -> Mapping[str, str]:
    return {
        "ORRERY_AGENT_STATE": _STATE,
        "ORRERY_AGENT_TOKEN_FILE": f"{_TOKEN}/token",
        "ORRERY_API_URL": agent.api_url,
        "ORRERY_CLUSTER_ID": agent.cluster_id,
        "ORRERY_DOMAIN": cluster.domain,
        "ORRERY_HOME": "kubernetes",
        "PYTHONUNBUFFERED": "1",
    }


def _port() -> Manifest:
    return {"name": "door", "port": DOOR_PORT, "protocol": "TCP", "targetPort": DOOR_PORT}


def _made(cluster: ClusterFacts, kind: str, name: str, *, annotations: Mapping[str, str] | None = None, **content: Any) -> Manifest:
    made = _everywhere(kind, name, **content)
    made["metadata"] |= {"namespace": cluster.system_namespace, **({"annotations": dict(annotations)} if annotations else {})}
    return made


def _everywhere(kind: str, name: str, **content: Any) -> Manifest:
    """An object of the whole cluster."""
    return {"apiVersion": KINDS[kind][0], "kind": kind, "metadata": {"name": name, "labels": dict(_LABELS)}, **content}
