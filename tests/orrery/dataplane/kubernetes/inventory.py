"""What a server has, kind by kind, and what it should have of a Deployment: every object of every kind is counted, whoever made it."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orrery.dataplane.kubernetes import admission, keys, parts
from orrery.dataplane.kubernetes.objects import path
from orrery.dataplane.kubernetes.parts import Part
from orrery.dataplane.kubernetes.plan import Plan
from orrery.dataplane.port import DeploymentSpec

from tests.kubernetes.api import Api
from tests.orrery.dataplane.kubernetes.plans import CLUSTER

Found = tuple[str, str]
"""Where it is listed, and its name."""
UNASKED = ("events", "leases", "componentstatuses", "persistentvolumes")
"""What controllers write of their own accord."""
AWAKE = tuple(part for part in parts.EVERY if part is not parts.SNAPSHOT)
ASLEEP = tuple(part for part in AWAKE if part not in (parts.AIRFLOW, parts.INGRESS))
_IN_EVERY_NAMESPACE = {(path("ServiceAccount"), "default"), (path("ConfigMap"), "kube-root-ca.crt")}
_OF_THE_BROKER = (path("PersistentVolumeClaim"), "data-broker-0")


def everything(api: Api) -> set[tuple[str, str, str]]:
    """Every object of every kind but the wall of task pods, which is the cluster's: (where it is listed, its namespace, its name)."""
    return {
        (at, found["metadata"].get("namespace", ""), found["metadata"]["name"])
        for at, _ in _counted(api)
        for found in api.get(at).body["items"]
        if found["metadata"]["name"] != admission.NAME
    }


def _counted(api: Api) -> Iterator[tuple[str, bool]]:
    return ((at, namespaced) for at, namespaced in kinds(api) if at.rpartition("/")[2] not in UNASKED)


@functools.cache
def kinds(api: Api) -> tuple[tuple[str, bool], ...]:
    """Where the server lists each kind that it has and that can be listed: (path, whether it lies in namespaces)."""
    return tuple(_kinds(api))


def _kinds(api: Api) -> Iterator[tuple[str, bool]]:
    groups = api.get("/apis").body["groups"]
    for root in ("/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)):
        for kind in api.get(root).body["resources"]:
            if "list" in kind["verbs"] and "/" not in kind["name"]:
                yield f"{root}/{kind['name']}", kind["namespaced"]


def made_in(api: Api, name: str) -> set[Found]:
    """What somebody made in a namespace: no object that another one owns, and nothing that Kubernetes puts into each."""
    found = {
        (at, each["metadata"]["name"])
        for at, each in _in(api, name)
        if not each["metadata"].get("ownerReferences") and not each["metadata"].get("deletionTimestamp") and not at.endswith("/endpoints")
    }
    return found - _IN_EVERY_NAMESPACE


def _in(api: Api, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for at, namespaced in _counted(api):
        if namespaced:
            root, _, plural = at.rpartition("/")
            yield from ((at, each) for each in api.get(f"{root}/namespaces/{name}/{plural}").body["items"])


def documented(home: Any, spec: DeploymentSpec, of: Iterable[Part] = AWAKE) -> set[Found]:
    """What the golden files show of these parts, for this Deployment; the keys are those that were made for it."""
    own = keys.read(home.reach(spec.cluster_id).api, spec.namespace)
    assert own
    rendered = [keys.render(spec, own), *(made for part in of for made in part.render(Plan(spec, CLUSTER, own)))]
    return {(path(each["kind"]), each["metadata"]["name"]) for each in rendered} | {_OF_THE_BROKER}


def namespaces(api: Api) -> set[str]:
    return {each["metadata"]["name"] for each in api.get(path("Namespace")).body["items"]}
