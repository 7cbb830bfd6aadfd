"""A Deployment's database is kept before it goes: the Job's whole life before a real API server, whose node is pretended."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from orrery import names
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.home import KubernetesHome, Reach
from orrery.dataplane.kubernetes.objects import COMPONENT, path
from orrery.dataplane.port import DeploymentRef, DeploymentSpec
from orrery.errors import DataPlaneFailed, NotReadyYet

from tests.dataplane_contract import a_spec, persist, ref_of, remove_all
from tests.kubernetes.pretend_node import PretendNode, waiting
from tests.orrery.dataplane.kubernetes.databases import Databases
from tests.orrery.dataplane.kubernetes.plans import CLUSTER


@pytest.fixture
def spec(home: KubernetesHome) -> Iterator[DeploymentSpec]:
    spec = a_spec()
    home.ensure_namespace(spec)
    home.ensure_database(spec)
    yield spec
    remove_all(home, ref_of(spec))


@pytest.fixture
def ref(spec: DeploymentSpec, databases: Databases) -> DeploymentRef:
    """Of a Deployment that somebody has used."""
    databases.used.add(names.database(spec.id))
    return ref_of(spec)


@pytest.fixture
def fate(node: PretendNode) -> Iterator[Callable]:
    """What becomes of the snapshot's pod; anybody else's ends well."""
    usual = node.fate

    def decide(status: Callable) -> None:
        node.fate = lambda pod: status(pod) if pod["metadata"]["labels"].get(COMPONENT) == "snapshot" else usual(pod)

    yield decide
    node.fate = usual


def failed(pod: dict) -> dict:
    ended = {"exitCode": 1, "reason": "Error", "message": "the bucket `orrery-snapshots` does not take it: AccessDenied"}
    return {
        **waiting(pod, ""),
        "phase": "Failed",
        "containerStatuses": [{**waiting(pod, "")["containerStatuses"][0], "state": {"terminated": ended}}],
    }


def job(api: Api, ref: DeploymentRef) -> dict | None:
    return api.get("Job", ref.namespace, "snapshot")


def until(true: Callable[[], object], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_the_database_stays_until_the_snapshot_is_whole(
    home: KubernetesHome, api: Api, databases: Databases, ref: DeploymentRef, fate: Callable
) -> None:
    fate(lambda pod: waiting(pod, "ContainerCreating"))
    for _ in range(3):
        with pytest.raises(NotReadyYet, match="its final snapshot is being written"):
            home.remove_database(ref)
    assert names.database(ref.id) in databases.names
    assert api.get("Service", ref.namespace, "pgbouncer")

    fate(lambda pod: None)
    persist(lambda: home.remove_database(ref))
    assert names.database(ref.id) not in databases.names
    assert job(api, ref) is None
    assert api.get("Service", ref.namespace, "pgbouncer") is None


def test_a_snapshot_that_cannot_start_says_why(home: KubernetesHome, api: Api, ref: DeploymentRef, fate: Callable) -> None:
    fate(lambda pod: waiting(pod, "ImagePullBackOff"))
    with pytest.raises(NotReadyYet):
        home.remove_database(ref)
    until(lambda: [pod for pod in api.list("Pod", ref.namespace) if pod["status"].get("containerStatuses")])
    with pytest.raises(NotReadyYet, match="being written: its snapshot is not well: its image cannot be pulled"):
        home.remove_database(ref)
    fate(lambda pod: None)
    persist(lambda: home.remove_database(ref))


def test_a_snapshot_that_failed_says_why_and_is_begun_anew_by_the_next_try(
    home: KubernetesHome, api: Api, databases: Databases, ref: DeploymentRef, fate: Callable
) -> None:
    fate(failed)
    with pytest.raises(NotReadyYet):
        home.remove_database(ref)
    first = job(api, ref)
    assert first
    at, body = path("Job", ref.namespace, "snapshot"), json.dumps({"spec": {"backoffLimit": 0}})
    api._ask("PATCH", at, {}, body, "application/merge-patch+json")
    until(lambda: "Failed" in {each["type"] for each in (job(api, ref) or {}).get("status", {}).get("conditions", [])})

    with pytest.raises(DataPlaneFailed, match="could not be written: the bucket `orrery-snapshots` does not take it: AccessDenied"):
        home.remove_database(ref)
    assert names.database(ref.id) in databases.names

    fate(lambda pod: None)
    persist(lambda: home.remove_database(ref))
    assert names.database(ref.id) not in databases.names


def test_what_nobody_used_goes_without_one(home: KubernetesHome, api: Api, databases: Databases, spec: DeploymentSpec) -> None:
    home.remove_database(ref_of(spec))
    assert databases.names == set()
    assert job(api, ref_of(spec)) is None


def test_a_cluster_may_keep_none(api: Api, databases: Databases, ref: DeploymentRef) -> None:
    frugal = Reach(api, replace(CLUSTER, snapshots=""), databases)
    KubernetesHome(lambda _: frugal).remove_database(ref)
    assert databases.names == set()


def test_a_database_whose_namespace_was_taken_away_is_not_dropped_unseen(
    home: KubernetesHome, databases: Databases, ref: DeploymentRef
) -> None:
    persist(lambda: home.remove_namespace(ref))
    with pytest.raises(DataPlaneFailed, match=f"keep or drop database `{names.database(ref.id)}` by hand"):
        home.remove_database(ref)
    assert names.database(ref.id) in databases.names
    databases.remove(names.database(ref.id))
    home.remove_database(ref)


def test_it_is_given_the_databases_password_and_no_other_key(home: KubernetesHome, api: Api, ref: DeploymentRef, fate: Callable) -> None:
    fate(lambda pod: waiting(pod, "ContainerCreating"))
    with pytest.raises(NotReadyYet):
        home.remove_database(ref)
    there = job(api, ref)
    assert there
    (container,) = there["spec"]["template"]["spec"]["containers"]
    kept = api.get("Secret", ref.namespace, "keys")
    assert kept
    assert [each["valueFrom"] for each in container["env"] if "valueFrom" in each] == [
        {"secretKeyRef": {"name": "keys", "key": "database"}}
    ]
    assert "envFrom" not in container
    for secret in kept["data"].values():
        assert base64.b64decode(secret).decode() not in json.dumps(there)
    fate(lambda pod: None)
