"""Who may speak with whom: nobody, and then each pair of a component and a port that Airflow needs. Every rule is here, in two tables."""

from collections.abc import Iterable

from orrery.dataplane.kubernetes import accounts
from orrery.dataplane.kubernetes.configuration import API_PORT, BROKER_PORT, DATABASE_PORT, METRICS_PORT
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import selector
from orrery.model.cluster_facts import ClusterFacts

_NAMESPACE = "kubernetes.io/metadata.name"
AGENT, INGRESS = "agent", "ingress"
"""The two that come from other namespaces."""
_CODE = ("dag-processor", "task", "triggerer", "worker")
"""Run what the customer wrote, which may speak with the whole internet."""
_IDENTITY = "169.254.170.23/32"
"""Where EKS Pod Identity hands out credentials."""
_INSTANCE = "169.254.0.0/16"
"""Link-local: the instance's metadata, and the identity of whoever else runs on it."""

NOBODY: Manifest = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}
"""The empty lists are said, so that a rule which somebody adds to them is one of ours that changed."""

PAIRS = {
    ("api-server", API_PORT): (INGRESS, "dag-processor", "scheduler", "task", "triggerer", "worker"),
    ("broker", BROKER_PORT): (AGENT, "scheduler", "worker"),
    ("pgbouncer", DATABASE_PORT): ("api-server", "dag-processor", "scheduler", "triggerer"),
    ("metrics", METRICS_PORT): ("api-server", "dag-processor", "scheduler", "task", "triggerer", "worker"),
}
"""Who is let in where."""


def render(plan: Plan) -> list[Manifest]:
    there = accounts.components(plan)
    policies = [manifest(plan, "NetworkPolicy", "nobody", component="namespace", spec=NOBODY)]
    policies += [_policy(plan, f"to-{to}", to, "ingress", _let_in(plan, (to, port), there)) for to, port in PAIRS if to in there]
    policies += [_policy(plan, f"from-{each}", each, "egress", rules) for each in there if (rules := _let_out(plan, each, there))]
    return policies


def _policy(plan: Plan, name: str, component: str, way: str, rules: list[Manifest]) -> Manifest:
    chosen = {"matchLabels": selector(plan, component)}
    spec = {"podSelector": chosen, "policyTypes": [way.capitalize()], way: rules}
    return manifest(plan, "NetworkPolicy", name, component=component, spec=spec)


def _let_in(plan: Plan, pair: tuple[str, int], there: list[str]) -> list[Manifest]:
    callers = [_caller(plan, caller) for caller in PAIRS[pair] if caller in (AGENT, INGRESS, *there)]
    return [{"from": callers, "ports": _ports(pair)}]


def _let_out(plan: Plan, component: str, there: list[str]) -> list[Manifest]:
    rules = [
        {"to": [{"podSelector": {"matchLabels": selector(plan, to)}}], "ports": _ports((to, port))}
        for (to, port), callers in PAIRS.items()
        if component in callers and to in there
    ]
    if component != "broker":
        rules.append(names(plan.cluster))
    if plan.cluster.database_ranges and component in ("migrations", "pgbouncer", "snapshot", *_CODE):
        rules.append({"to": blocks(plan.cluster.database_ranges), "ports": tcp(plan.cluster.database_port)})
    if component in (*_CODE, "api-server", "metrics", "scheduler", "snapshot"):
        rules.append({"to": blocks([_IDENTITY]), "ports": tcp(80)})
        rules.append({"to": [internet(plan.cluster)], **({} if component in _CODE else {"ports": tcp(443)})})
    if component == "scheduler" and plan.has_pods_for_tasks and plan.cluster.api_ranges:
        rules.append({"to": blocks(plan.cluster.api_ranges), "ports": tcp(443)})
    return rules


def _caller(plan: Plan, caller: str) -> Manifest:
    outside = {AGENT: plan.cluster.system_namespace, INGRESS: plan.cluster.ingress_namespace}
    if caller in outside:
        return {"namespaceSelector": {"matchLabels": {_NAMESPACE: outside[caller]}}}
    return {"podSelector": {"matchLabels": selector(plan, caller)}}


def names(cluster: ClusterFacts) -> Manifest:
    """Where names are resolved: the cluster's own DNS pods, or an address."""
    pods = {"namespaceSelector": {"matchLabels": {_NAMESPACE: "kube-system"}}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    ports = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
    return {"to": [pods, *blocks(cluster.dns_ranges)], "ports": ports}


def internet(cluster: ClusterFacts) -> Manifest:
    """Everything but what is near: other namespaces, the control plane's network, the instance itself."""
    return {"ipBlock": {"cidr": "0.0.0.0/0", "except": sorted({*cluster.closed_ranges, _INSTANCE})}}


def blocks(ranges: Iterable[str]) -> list[Manifest]:
    return [{"ipBlock": {"cidr": each}} for each in ranges]


def _ports(pair: tuple[str, int]) -> list[Manifest]:
    return [{"port": pair[1], "protocol": "UDP" if pair[0] == "metrics" else "TCP"}]


def tcp(port: int) -> list[Manifest]:
    return [{"port": port, "protocol": "TCP"}]
