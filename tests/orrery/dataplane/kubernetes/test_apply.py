"""Server-side apply before a real API server: what is right costs no write, drift is repaired, another applier's claim is an error."""

import json
from dataclasses import replace

import pytest
from orrery.dataplane.kubernetes import apply, parts
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.configuration import DATABASE_PORT
from orrery.dataplane.kubernetes.network import PAIRS
from orrery.dataplane.kubernetes.objects import KINDS, MANAGER, path
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.errors import DataPlaneFailed, Unavailable

from tests.orrery.dataplane.kubernetes.plans import HEAVY, LARGE, SHAPES

EDITOR = "?fieldManager=kubectl-edit"


@pytest.fixture(params=SHAPES)
def plan(request: pytest.FixtureRequest, namespace: str) -> Plan:
    shape: Plan = SHAPES[request.param]
    return replace(shape, spec=replace(shape.spec, namespace=namespace))


@pytest.fixture
def large(namespace: str) -> Plan:
    return replace(LARGE, spec=replace(LARGE.spec, namespace=namespace))


@pytest.fixture
def anybody(kubernetes):
    """Somebody else with rights on the cluster."""
    return kubernetes.api


def ensure(api: Api, plan: Plan) -> int:
    """How many writes it took."""
    before = api.writes
    for part in parts.EVERY:
        apply.ensure(api, plan.spec.namespace, part.name, part.kinds, part.render(plan))
    return api.writes - before


def every(plan: Plan) -> list[Manifest]:
    return [made for part in parts.EVERY for made in part.render(plan)]


def at(manifest: Manifest) -> str:
    return path(manifest["kind"], manifest["metadata"]["namespace"], manifest["metadata"]["name"])


def edit(anybody, where, patch):
    answer = anybody.send("PATCH", where + EDITOR, patch, kind="application/merge-patch+json")
    assert answer.status == 200, answer


def test_the_server_takes_every_object_as_it_is_rendered(api, plan):
    assert ensure(api, plan) == len(every(plan))
    for manifest in every(plan):
        there = api.get(manifest["kind"], plan.spec.namespace, manifest["metadata"]["name"])
        assert apply.covers({**manifest, "metadata": {}}, {**there, "metadata": {}}), f"{manifest['kind']} {manifest['metadata']['name']}"


def test_what_is_as_it_should_be_costs_no_write(api, plan):
    ensure(api, plan)
    assert ensure(api, plan) == 0


def test_only_what_changed_is_written(api, large):
    ensure(api, large)
    other = replace(large, spec=replace(large.spec, connections={}))
    assert ensure(api, other) == 1


def test_what_is_rendered_no_more_goes(api, large):
    ensure(api, large)
    ensure(api, replace(large, spec=replace(large.spec, high_availability=False, metrics_exports={})))
    left = {found["metadata"]["name"] for found in api.list("PodDisruptionBudget", large.spec.namespace)}
    assert left == {"worker"}
    assert api.get("Deployment", large.spec.namespace, "metrics") is None


def test_a_field_that_is_rendered_no_more_goes(api, large):
    ensure(api, large)
    ensure(api, replace(large, cluster=replace(large.cluster, roles={})))
    there = api.get("ServiceAccount", large.spec.namespace, "worker")
    assert "eks.amazonaws.com/role-arn" not in there["metadata"]["annotations"]


DRIFTS = {
    "a replica more": ("Deployment", "scheduler", {"spec": {"replicas": 5}}, lambda there: there["spec"]["replicas"] == 2),
    "another image": (
        "Deployment",
        "triggerer",
        {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 1}}}},
        lambda there: there["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 60,
    ),
    "a door opened": ("NetworkPolicy", "nobody", {"spec": {"ingress": [{}]}}, lambda there: not there["spec"].get("ingress")),
    "a wider rule": (
        "NetworkPolicy",
        "to-pgbouncer",
        {"spec": {"ingress": [{"from": [{"podSelector": {}}]}]}},
        lambda there: len(there["spec"]["ingress"][0]["from"]) == len(PAIRS["pgbouncer", DATABASE_PORT]),
    ),
    "a policy of fewer pods": (
        "NetworkPolicy",
        "to-pgbouncer",
        {"spec": {"podSelector": {"matchLabels": {"of": "nobody"}}}},
        lambda there: "of" not in there["spec"]["podSelector"]["matchLabels"],
    ),
    "a larger quota": (
        "ResourceQuota",
        "deployment",
        {"spec": {"hard": {"pods": "9999"}}},
        lambda there: there["spec"]["hard"]["pods"] != "9999",
    ),
    "another secret": (
        "Secret",
        "airflow",
        {"data": {"AIRFLOW__CORE__FERNET_KEY": "AAAA"}},
        lambda there: there["data"]["AIRFLOW__CORE__FERNET_KEY"] != "AAAA",
    ),
    "a lost label": (
        "ConfigMap",
        "airflow",
        {"metadata": {"labels": {"orrery/part": None}}},
        lambda there: there["metadata"]["labels"]["orrery/part"] == "release",
    ),
    "a token where none was": (
        "ServiceAccount",
        "worker",
        {"automountServiceAccountToken": True},
        lambda there: there["automountServiceAccountToken"] is False,
    ),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_what_somebody_changed_by_hand_is_set_right(api, anybody, large, drift):
    kind, name, patch, holds = DRIFTS[drift]
    ensure(api, large)
    where = path(kind, large.spec.namespace, name)
    edit(anybody, where, patch)
    ensure(api, large)
    assert holds(anybody.get(where).body)
    assert ensure(api, large) == 0


def test_what_somebody_deleted_is_made_again(api, anybody, large):
    ensure(api, large)
    for manifest in every(large):
        anybody.delete(at(manifest))
    assert ensure(api, large) == len(every(large))


def test_a_field_that_another_applier_claims_is_an_error_that_names_it(api, anybody, large):
    ensure(api, large)
    where = path("Deployment", large.spec.namespace, "scheduler")
    claim = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "scheduler"}, "spec": {"replicas": 7}}
    assert anybody.apply(where, claim, manager="argocd", force=True).status == 200
    with pytest.raises(DataPlaneFailed, match=r"Deployment `scheduler` is also applied by argocd: .spec.replicas"):
        ensure(api, large)
    assert anybody.get(where).body["spec"]["replicas"] == 7


def test_an_object_that_the_server_refuses_is_an_error_without_its_content(api, large):
    broken = replace(large, spec=replace(large.spec, environment={"not a name": "a-canary-value"}))
    with pytest.raises(DataPlaneFailed, match="the cluster refused `secrets/environment`: Invalid") as refused:
        ensure(api, broken)
    assert "a-canary-value" not in str(refused.value)


def worker(api: Api, plan: Plan) -> Manifest:
    """The worker Deployment of the heavy queue, handed over."""
    made = next(each for each in parts.QUEUES.render(plan) if each["metadata"].get("annotations", {}).get("orrery/queue") == "heavy")
    apply.hand_over_replicas(api, made, "queues", api.get("Deployment", plan.spec.namespace, made["metadata"]["name"]))
    return made


def test_workers_begin_with_none_and_are_the_agents_to_count(api, anybody, large):
    made = worker(api, large)
    ensure(api, large)
    assert anybody.get(at(made)).body["spec"]["replicas"] == 0
    scaled = anybody.send(
        "PATCH", f"{at(made)}/scale?fieldManager=orrery-agent", {"spec": {"replicas": 3}}, kind="application/merge-patch+json"
    )
    assert scaled.status == 200
    worker(api, large)
    assert ensure(api, large) == 0
    moved = replace(large, spec=replace(large.spec, generation=2, queues=(replace(HEAVY, max_workers=4),)))
    ensure(api, moved)
    assert anybody.get(at(made)).body["spec"]["replicas"] == 3


@pytest.mark.parametrize("reached", ["made", "made and owned by both"])
def test_a_hand_over_that_was_cut_short_is_finished(api, anybody, large, reached):
    made = worker(api, large)
    anybody.delete(at(made))
    whole = {**made, "spec": {**made["spec"], "replicas": 0}}
    api.apply(whole, manager=MANAGER)
    if reached != "made":
        worker(api, large)
    worker(api, large)
    ensure(api, large)
    assert anybody.get(at(made)).body["spec"]["replicas"] == 0


def test_a_server_that_is_not_there_is_a_reason_to_come_back(kubernetes, tmp_path):
    from orrery.dataplane.kubernetes import access

    config = json.loads(kubernetes.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:9"
    away = tmp_path / "kubeconfig"
    away.write_text(json.dumps(config))
    with pytest.raises(Unavailable):
        access.by_kubeconfig(str(away)).get("Namespace", "", "default")


def test_every_kind_that_is_named_is_one_of_the_servers(anybody):
    for kind, (version, plural) in KINDS.items():
        listed = anybody.get(f"/api/{version}" if version == "v1" else f"/apis/{version}").body["resources"]
        assert (plural, kind) in {(each["name"], each["kind"]) for each in listed}
