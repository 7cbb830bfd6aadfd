"""What holds of every pod and every namespace, whatever the shape of its Deployment."""

import base64
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.dataplane.kubernetes import parts
from orrery.dataplane.kubernetes.plan import Plan
from orrery.dataplane.port import QueueSpec
from orrery.model.queue import Machine

from tests.orrery.dataplane.kubernetes.plans import CLUSTER, HEAVY, KEYS, LARGE, PODS_FOR_TASKS, SHAPES, SMALL, everything, named, templates

every_shape = pytest.mark.parametrize("plan", SHAPES.values(), ids=SHAPES)


def containers(plan):
    return [container for template in every_template(plan) for container in template["spec"]["containers"]]


def every_template(plan):
    """The task's own included, which travels as text."""
    texts = [each["data"]["pod.yaml"] for each in everything(plan) if each["kind"] == "ConfigMap" and "pod.yaml" in each["data"]]
    return [*templates(plan).values(), *map(json.loads, texts)]


@every_shape
def test_the_namespace_refuses_every_pod_that_is_not_restricted(plan):
    labels = named(plan, "Namespace", "")["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}


@every_shape
def test_no_pod_is_root_or_may_become_it(plan):
    for template in every_template(plan):
        assert template["spec"]["securityContext"]["runAsNonRoot"]
        assert template["spec"]["securityContext"]["runAsUser"] > 0
        assert template["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers(plan):
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@every_shape
def test_no_container_writes_but_to_scratch_space_or_the_brokers_volume(plan):
    for template in every_template(plan):
        writable = {volume["name"] for volume in template["spec"]["volumes"] if "emptyDir" in volume} | {"data"}
        read_only = {volume["name"] for volume in template["spec"]["volumes"]} - writable
        for container in template["spec"]["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert {mount["name"] for mount in container["volumeMounts"]} <= writable | read_only
        assert all("sizeLimit" in volume["emptyDir"] for volume in template["spec"]["volumes"] if "emptyDir" in volume)


@every_shape
def test_every_container_says_what_it_needs_and_may_use_no_more(plan):
    for container in containers(plan):
        assert container["resources"]["requests"] == container["resources"]["limits"]
        assert set(container["resources"]["limits"]) == {"cpu", "memory", "ephemeral-storage"}


@every_shape
def test_nobody_has_a_token_of_the_cluster_but_a_scheduler_that_starts_pods(plan):
    given_one = {name for name, template in templates(plan).items() if template["spec"]["automountServiceAccountToken"]}
    assert given_one == ({"scheduler"} if plan is PODS_FOR_TASKS else set())
    assert not any(each["automountServiceAccountToken"] for each in everything(plan) if each["kind"] == "ServiceAccount")


@every_shape
def test_images_come_from_the_deployments_own_repository_or_are_the_clusters(plan):
    own = f"{CLUSTER.registry}/orrery/{plan.spec.organization_id}/{plan.spec.namespace}:3.3-1"
    assert {container["image"] for container in containers(plan)} <= {own, CLUSTER.broker_image, CLUSTER.pgbouncer_image}


def test_an_image_may_be_named_by_its_digest():
    plan = replace(SMALL, spec=replace(SMALL.spec, image="sha256:" + "0" * 64))
    assert templates(plan)["scheduler"]["spec"]["containers"][0]["image"].endswith("/geocentric-orbit-1234@sha256:" + "0" * 64)


def knows(plan, template):
    """All text that a pod can read: its own words, and every ConfigMap and Secret that it names."""
    read = [json.dumps(template)]
    for container in template["spec"]["containers"]:
        for source in container.get("envFrom", []):
            kind = "ConfigMap" if "configMapRef" in source else "Secret"
            read.append(content(plan, kind, (source.get("configMapRef") or source.get("secretRef"))["name"]))
    for volume in template["spec"]["volumes"]:
        for kind, at, key in (("Secret", "secret", "secretName"), ("ConfigMap", "configMap", "name")):
            if at in volume:
                read.append(content(plan, kind, volume[at][key]))
    return "\n".join(read)


def content(plan, kind, name):
    (found,) = [each for each in everything(plan) if each["kind"] == kind and each["metadata"]["name"] == name]
    values = found["data"].values()
    return "\n".join(base64.b64decode(value).decode() if kind == "Secret" else value for value in values)


def runs_tasks(template):
    return template["metadata"]["labels"]["orrery/component"] in ("worker", "task")


@every_shape
def test_what_runs_tasks_knows_no_database_no_key_and_no_connection(plan):
    running = [template for template in every_template(plan) if runs_tasks(template)]
    assert running
    for template in running:
        told = knows(plan, template)
        for secret in ("the-fernet-key", "the-api-key", "the-jwt-key", "the-password", "a-reader", "the-warehouse-password", "SQL_ALCHEMY"):
            assert secret not in told
        assert "MODE" in told or "test" in told, "the customer's own variables it does know"


@every_shape
def test_the_scheduler_knows_them(plan):
    told = knows(plan, templates(plan)["scheduler"])
    assert "the-fernet-key" in told
    assert "the-warehouse-password" in told


@every_shape
def test_nothing_secret_stands_in_a_pod_template(plan):
    for template in every_template(plan):
        assert not any(
            secret in json.dumps(template) for secret in (KEYS.fernet, KEYS.api, KEYS.jwt, KEYS.database, KEYS.reader, KEYS.broker)
        )


def test_what_runs_tasks_is_given_a_day_to_end_and_is_left_alone_by_whoever_makes_nodes():
    for template in (*templates(LARGE).values(), *every_template(PODS_FOR_TASKS)):
        if runs_tasks(template):
            assert template["spec"]["terminationGracePeriodSeconds"] == 24 * 3600
            assert template["metadata"]["annotations"]["karpenter.sh/do-not-disrupt"] == "true"


def test_nobody_may_evict_a_worker():
    assert named(SMALL, "PodDisruptionBudget", "worker")["spec"]["maxUnavailable"] == 0


def test_how_many_workers_run_is_not_ours_to_say():
    assert all("replicas" not in each["spec"] for each in parts.QUEUES.render(LARGE) if each["kind"] == "Deployment")


def workers(plan):
    return {each["metadata"]["annotations"]["orrery/queue"]: each for each in parts.QUEUES.render(plan) if each["kind"] == "Deployment"}


def test_a_worker_is_as_large_as_its_queues_machine():
    resources = workers(LARGE)["heavy"]["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
    assert resources == {"cpu": "8", "memory": "16Gi", "ephemeral-storage": "50Gi"}


def job(plan):
    return named(plan, "Job", "migrations")


@pytest.mark.parametrize("changes", [{"environment": {}}, {"executor": "KUBERNETES"}, {"high_availability": False}, {"generation": 9}])
def test_a_database_is_not_migrated_again_for_other_settings(changes):
    assert job(replace(LARGE, spec=replace(LARGE.spec, **changes))) == job(LARGE)


def test_another_image_is_another_migration():
    other = job(replace(LARGE, spec=replace(LARGE.spec, runtime_version="3.3-2")))
    assert other["metadata"]["name"] != job(LARGE)["metadata"]["name"]


def test_other_bounds_change_no_worker():
    other = replace(LARGE, spec=replace(LARGE.spec, generation=2, queues=(replace(HEAVY, min_workers=3, max_workers=7),)))
    assert workers(other)["heavy"] == workers(LARGE)["heavy"]


@pytest.mark.parametrize(
    "changes", [{"environment": {"MODE": "other"}}, {"image": "4"}, {"queues": (replace(HEAVY, concurrency=8),)}], ids=str
)
def test_other_settings_are_another_worker_beside_the_old_one(changes):
    other = workers(replace(LARGE, spec=replace(LARGE.spec, **changes)))["heavy"]
    assert other["metadata"]["name"] != workers(LARGE)["heavy"]["metadata"]["name"]


def test_connections_change_no_pod():
    other = replace(LARGE, spec=replace(LARGE.spec, connections={}, variables={}))
    assert templates(other) == templates(LARGE)


def test_bounds_of_a_queue_roll_the_scheduler_alone():
    other = templates(replace(LARGE, spec=replace(LARGE.spec, queues=(LARGE.spec.queues[0], replace(HEAVY, max_workers=20)))))
    assert [name for name, template in templates(LARGE).items() if other[name] != template] == ["scheduler"]


def test_two_of_each_component_where_it_is_highly_available_and_one_for_development():
    twins = {each["metadata"]["name"]: each["spec"]["replicas"] for each in parts.AIRFLOW.render(LARGE) if each["kind"] == "Deployment"}
    assert {name for name, count in twins.items() if count == 2} == {"api-server", "scheduler", "dag-processor", "triggerer", "pgbouncer"}
    alone = replace(SMALL, spec=replace(SMALL.spec, high_availability=True))
    assert {each["spec"]["replicas"] for each in parts.AIRFLOW.render(alone) if each["kind"] == "Deployment"} == {1}


queues = st.lists(
    st.builds(
        lambda name, machine, most: QueueSpec(name, 0, most, machine.size.concurrency, machine, machine.size.cpu, machine.size.memory),
        st.from_regex(r"[a-z][a-z0-9-]{0,62}", fullmatch=True),
        st.sampled_from(Machine),
        st.integers(1, 100),
    ),
    max_size=4,
    unique_by=lambda queue: queue.name,
)
plans = st.builds(
    lambda of, size, twins, executor, lines: replace(
        of, spec=replace(of.spec, scheduler_size=size, high_availability=twins, executor=executor, queues=tuple(lines))
    ),
    st.sampled_from([SMALL, LARGE, PODS_FOR_TASKS]),
    st.sampled_from(["SMALL", "MEDIUM", "LARGE", "EXTRA_LARGE"]),
    st.booleans(),
    st.sampled_from(["CELERY", "ASTRO", "KUBERNETES"]),
    queues,
)


@given(plans)
def test_everything_fits_into_the_quota_at_its_largest(plan: Plan):
    hard = named(plan, "ResourceQuota", "deployment")["spec"]["hard"]
    used = {"limits.cpu": Decimal(0), "limits.memory": Decimal(0), "pods": Decimal(0)}
    most = {queue.name: queue.max_workers for queue in plan.spec.queues}
    for each in everything(plan):
        if "template" not in each.get("spec", {}):
            continue
        queue = each["metadata"].get("annotations", {}).get("orrery/queue")
        count = most[queue] if queue else each["spec"].get("replicas", 1) + (each["kind"] == "Deployment")
        limits = each["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
        used["limits.cpu"] += count * number(limits["cpu"])
        used["limits.memory"] += count * number(limits["memory"])
        used["pods"] += count
    assert {name: amount for name, amount in used.items() if amount > number(hard[name])} == {}


@given(plans)
def test_every_name_and_label_is_one_that_kubernetes_takes(plan: Plan):
    for each in everything(plan):
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", each["metadata"]["name"])
        texts = {**each["metadata"].get("labels", {}), **each.get("spec", {}).get("template", {}).get("metadata", {}).get("labels", {})}
        assert all(re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?", text) for text in texts.values())


@given(plans, plans)
def test_a_job_of_the_same_name_is_the_same_job(one: Plan, other: Plan):
    """The API server refuses to change one."""
    if job(one)["metadata"]["name"] == job(other)["metadata"]["name"]:
        assert job(one)["spec"] == job(other)["spec"]


@given(plans)
def test_what_is_rendered_twice_is_the_same(plan: Plan):
    assert everything(plan) == everything(plan)


def number(text: str) -> Decimal:
    units = {"m": Decimal("0.001"), "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40)}
    unit = next((unit for unit in units if text.endswith(unit)), "")
    return Decimal(text.removesuffix(unit)) * units.get(unit, 1)
