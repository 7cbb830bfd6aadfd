"""Brings a part of a namespace to what was rendered, by server-side apply, and takes parts away; the only writer.

A part is every object that bears its label. What is as it should be costs one list for each kind and no write.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from orrery.dataplane.kubernetes.api import Api, Contested
from orrery.dataplane.kubernetes.objects import AGENT, MANAGER, PART
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.errors import DataPlaneFailed

DIGEST = "orrery/digest"
_WHOLE = frozenset({"data", "hard", "ipBlock", "matchLabels", "namespaceSelector", "podSelector", "selector"})
"""Maps to which nobody adds: one more entry is a change."""
_SHARED = frozenset({"containers", "env", "volumeMounts", "volumes"})
"""Lists to which a cluster's admission may add, such as the token of a workload identity."""

Live = dict[tuple[str, str], Manifest]


def ensure(
    api: Api,
    namespace: str,
    part: str,
    kinds: Iterable[str],
    manifests: Iterable[Manifest],
    *,
    keep: Callable[[Manifest], bool] = lambda _: False,
) -> None:
    """Exactly these objects, of these kinds, make up the part; what is more goes, unless `keep` says that it may not yet."""
    wanted = [_marked(manifest, part) for manifest in manifests]
    there = live(api, namespace, part, kinds)
    for manifest in wanted:
        bring(api, manifest, there.pop((manifest["kind"], manifest["metadata"]["name"]), None))
    _delete(api, namespace, [found for found in there.values() if not keep(found)])


def remove(api: Api, namespace: str, part: str, kinds: Iterable[str]) -> None:
    """Nothing of the part is left, or it is on its way out."""
    _delete(api, namespace, live(api, namespace, part, kinds).values())


def live(api: Api, namespace: str, part: str, kinds: Iterable[str]) -> Live:
    """What there is of a part."""
    return {(kind, found["metadata"]["name"]): found for kind in kinds for found in api.list(kind, namespace, {PART: part})}


def bring(api: Api, manifest: Manifest, there: Manifest | None) -> None:
    """One object to what it should be; no write when it is."""
    if there is None or _digest(there) != _digest(manifest) or not covers(manifest, there):
        put(api, manifest)


def put(api: Api, manifest: Manifest) -> None:
    """Applies. What somebody changed by hand is set right; what another applier claims is left alone, and raises `DataPlaneFailed`."""
    try:
        api.apply(manifest, manager=MANAGER)
    except Contested as contested:
        _refuse_other_appliers(api, manifest, contested)
        api.apply(manifest, manager=MANAGER, force=True)


def marked(manifest: Manifest) -> Manifest:
    """With the digest of what is said: a field that is said no more changes it. Secrets count by their names alone."""
    said = {**manifest, "data": sorted(manifest["data"])} if manifest["kind"] == "Secret" else manifest
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), DIGEST: digest}}}


def hand_over_replicas(api: Api, manifest: Manifest, part: str, there: Manifest | None) -> None:
    """A Deployment whose `replicas` the agent owns: it is made with none, and what it has is never ours to say again.

    A field that nobody owns falls back to 1, so it is owned by both for a moment.
    """
    if there is not None and _owns_replicas(there, AGENT):
        return
    replicas = 0 if there is None else there["spec"].get("replicas", 0)
    whole = _marked({**manifest, "spec": {**manifest["spec"], "replicas": replicas}}, part)
    put(api, whole)
    metadata = {key: manifest["metadata"][key] for key in ("name", "namespace")}
    single = {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], "metadata": metadata, "spec": {"replicas": replicas}}
    api.apply(single, manager=AGENT)


def covers(wanted: Any, there: Any, key: str = "") -> bool:
    """Whether all that is wanted is there with the same value; the API server adds its defaults beside it, and drops what is empty."""
    if wanted in ({}, []):
        return not there
    if isinstance(wanted, dict):
        return isinstance(there, dict) and _covers_map(wanted, there, key)
    if isinstance(wanted, list):
        return isinstance(there, list) and _covers_list(wanted, there, key)
    return bool(wanted == there)


def _covers_map(wanted: Manifest, there: Manifest, key: str) -> bool:
    more = there.keys() - wanted.keys() if key in _WHOLE else ()
    return not more and all(covers(value, there.get(name), name) for name, value in wanted.items())


def _covers_list(wanted: list[Any], there: list[Any], key: str) -> bool:
    if key in _SHARED:
        return all(any(covers(each, one) for one in there) for each in wanted)
    return len(wanted) == len(there) and all(covers(each, one) for each, one in zip(wanted, there, strict=True))


def _digest(found: Manifest) -> str:
    return str(found["metadata"].get("annotations", {}).get(DIGEST, ""))


def _marked(manifest: Manifest, part: str) -> Manifest:
    metadata = manifest["metadata"]
    return marked({**manifest, "metadata": {**metadata, "labels": {**metadata["labels"], PART: part}}})


def _delete(api: Api, namespace: str, found: Collection[Manifest]) -> None:
    for each in found:
        if not each["metadata"].get("deletionTimestamp"):
            api.delete(each["kind"], namespace, each["metadata"]["name"], uid=each["metadata"]["uid"])


def _refuse_other_appliers(api: Api, manifest: Manifest, contested: Contested) -> None:
    where = manifest["metadata"]
    there = api.get(manifest["kind"], where.get("namespace", ""), where["name"]) or {"metadata": {}}
    entries: list[Mapping[str, Any]] = there["metadata"].get("managedFields", [])
    appliers = {entry["manager"] for entry in entries if entry["operation"] == "Apply"} & contested.managers
    if appliers:
        raise DataPlaneFailed(
            f"{manifest['kind']} `{where['name']}` is also applied by {', '.join(sorted(appliers))}: {', '.join(contested.fields)}"
        ) from contested


def _owns_replicas(there: Manifest, manager: str) -> bool:
    entries = there["metadata"].get("managedFields", [])
    return any(each["manager"] == manager and "f:replicas" in each.get("fieldsV1", {}).get("f:spec", {}) for each in entries)
