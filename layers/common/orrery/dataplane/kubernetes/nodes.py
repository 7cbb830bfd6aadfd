"""A cluster's nodes: those that are there, and how many were last wanted, which is written down for whoever makes nodes."""

import json
from dataclasses import asdict
from decimal import Decimal

from orrery.dataplane.kubernetes import apply
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, KINDS
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.dataplane.kubernetes.workers import COMPONENT as WORKER
from orrery.dataplane.port import NodePoolSpec, NodeView

_POOLS = ("karpenter.sh/nodepool", "eks.amazonaws.com/nodegroup")
_TYPE = "node.kubernetes.io/instance-type"
_GIB = {"Ki": Decimal(2) ** -20, "Mi": Decimal(2) ** -10, "Gi": Decimal(1), "Ti": Decimal(2) ** 10}


class Nodes:
    def __init__(self, api: Api, namespace: str) -> None:
        self._api, self._namespace = api, namespace

    def want(self, cluster_id: str, pools: tuple[NodePoolSpec, ...]) -> None:
        """Replaces what is wanted of a cluster's nodes."""
        told = json.dumps([asdict(pool) for pool in sorted(pools, key=lambda pool: pool.name)])
        apply.bring(self._api, apply.marked(self._manifest(cluster_id, told)), self._there(cluster_id))

    def wanted(self, cluster_id: str) -> tuple[NodePoolSpec, ...]:
        there = self._there(cluster_id)
        return tuple(NodePoolSpec(**pool) for pool in json.loads(there["data"]["pools.json"])) if there else ()

    def observe(self) -> tuple[NodeView, ...]:
        """By name, each with the workers on it."""
        workers: dict[str, list[tuple[str, str]]] = {}
        for pod in self._api.list("Pod", labels={COMPONENT: WORKER}):
            on = workers.setdefault(pod["spec"].get("nodeName", ""), [])
            on.append((pod["metadata"]["labels"].get(DEPLOYMENT, ""), pod["metadata"]["name"]))
        views = (_view(node, tuple(sorted(workers.get(node["metadata"]["name"], [])))) for node in self._api.list("Node"))
        return tuple(sorted(views, key=lambda view: view.name))

    def _there(self, cluster_id: str) -> Manifest | None:
        return self._api.get("ConfigMap", self._namespace, f"node-pools-{cluster_id}")

    def _manifest(self, cluster_id: str, told: str) -> Manifest:
        metadata = {"name": f"node-pools-{cluster_id}", "namespace": self._namespace, "labels": {"app.kubernetes.io/managed-by": "orrery"}}
        return {"apiVersion": KINDS["ConfigMap"][0], "kind": "ConfigMap", "metadata": metadata, "data": {"pools.json": told}}


def _view(node: Manifest, workers: tuple[tuple[str, str], ...]) -> NodeView:
    labels, room = node["metadata"].get("labels", {}), node.get("status", {}).get("allocatable", {})
    pool = next((labels[label] for label in _POOLS if label in labels), "")
    return NodeView(
        name=node["metadata"]["name"],
        pool=pool or "others",
        instance_type=labels.get(_TYPE, "unknown"),
        cpu=_cores(room.get("cpu", "0")),
        memory=_gib(room.get("memory", "0")),
        workers=workers,
        is_fixed=not pool,
    )


def _cores(text: str) -> float:
    return float(Decimal(text[:-1]) / 1000) if text.endswith("m") else float(text)


def _gib(text: str) -> float:
    """Of an amount as nodes tell theirs, such as `32386544Ki`; bytes where no unit is named."""
    unit = next((unit for unit in _GIB if text.endswith(unit)), "")
    amount = Decimal(text.removesuffix(unit)) * _GIB[unit] if unit else Decimal(text) / 2**30
    return round(float(amount), 2)
