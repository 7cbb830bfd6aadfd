"""What a scheduler may start, asked of a real API server as its very account: pods as the template has them, and nothing more."""

import copy
import functools
import json
import time

import pytest
from orrery.dataplane.kubernetes import admission
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.home import KubernetesHome, Reach
from orrery.dataplane.kubernetes.objects import path
from orrery.dataplane.kubernetes.plan import Plan

from tests.dataplane_contract import a_spec, persist, ref_of
from tests.orrery.dataplane.kubernetes.databases import Databases
from tests.orrery.dataplane.kubernetes.plans import CLUSTER, KEYS, PODS_FOR_TASKS, named

OTHER = f"{CLUSTER.registry}/orrery/corganization0000000002bb/another-orbit-5678:3.3-1"
TOKEN = {"serviceAccountToken": {"path": "token", "audience": "https://kubernetes.default.svc"}}
IDENTITY = {"serviceAccountToken": {"path": "token", "audience": "pods.eks.amazonaws.com"}}
ANTI = {"labelSelector": {}, "namespaceSelector": {}, "topologyKey": "topology.kubernetes.io/region"}


class Scheduler:
    """The scheduler of a Deployment with a pod for each task; everything it asks for is only tried."""

    def __init__(self, kubernetes, home, spec):
        self.spec, self.owner = spec, kubernetes.api
        for part in ("namespace", "release"):
            persist(functools.partial(getattr(home, f"ensure_{part}"), spec))
        account = f"/api/v1/namespaces/{spec.namespace}/serviceaccounts/scheduler/token"
        self.api = kubernetes.as_holder_of(self.owner.create(account, {"spec": {}}).body["status"]["token"])

    @property
    def repository(self):
        return f"{CLUSTER.registry}/orrery/{self.spec.organization_id}/{self.spec.namespace}"

    @property
    def pod(self):
        """As the executor would send it, from the template."""
        pod = json.loads(named(Plan(self.spec, CLUSTER, KEYS), "ConfigMap", "task-pod")["data"]["pod.yaml"])
        pod["metadata"]["name"] = "etl-load-1"
        pod["spec"]["containers"][0]["args"] = ["airflow", "tasks", "run"]
        return pod

    def start(self, pod, *, really=False):
        return self.api.create(path("Pod", self.spec.namespace) + ("" if really else "?dryRun=All"), pod)


@pytest.fixture(scope="module")
def lasting(api: Api) -> KubernetesHome:
    reach = Reach(api, CLUSTER, Databases())
    return KubernetesHome(lambda _: reach)


@pytest.fixture(scope="module")
def scheduler(kubernetes, lasting):
    spec = a_spec(executor="KUBERNETES", queues=())
    scheduler = Scheduler(kubernetes, lasting, spec)
    bad = scheduler.pod
    bad["spec"]["imagePullSecrets"] = [{"name": "a"}]
    end = time.monotonic() + 30  # the API server takes a moment to know a policy
    while scheduler.start(bad).status != 422 and time.monotonic() < end:
        time.sleep(0.1)
    yield scheduler
    persist(lambda: lasting.remove_namespace(ref_of(spec)))


def test_a_pod_as_the_template_has_it_is_started(scheduler):
    answer = scheduler.start(scheduler.pod)
    assert answer.status == 201, answer.message


def changed(pod, change):
    """Maps are merged; what names the container is merged into it."""
    made = copy.deepcopy(pod)
    _merge(made, change)
    return made


def _merge(there, change):
    for name, value in change.items():
        if name == "base":
            _merge(there["containers"][0], value)
        elif isinstance(value, dict) and isinstance(there.get(name), dict):
            _merge(there[name], value)
        else:
            there[name] = value


@pytest.mark.parametrize(
    "override",
    [
        {"metadata": {"labels": {"dag_id": "etl"}, "annotations": {"team": "data"}}},
        {"spec": {"base": {"resources": {"requests": {"cpu": "2", "memory": "4Gi"}, "limits": {"cpu": "2", "memory": "4Gi"}}}}},
        {"spec": {"base": {"env": [{"name": "COLOUR", "value": "blue"}]}}},
        {"spec": {"base": {"image": "OWN:another"}}},
        {"spec": {"base": {"image": "OWN@sha256:" + "0" * 64}}},
        {"spec": {"base": {"env": [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}}},
        {"spec": {"nodeSelector": {"kubernetes.io/arch": "arm64"}}},
        {"spec": {"volumes": [{"name": name, "emptyDir": {}} for name in ("files", "tmp", "more")]}},
        {"spec": {"volumes": [*({"name": name, "emptyDir": {}} for name in ("files", "tmp")),
                              {"name": "eks-pod-identity-token", "projected": {"sources": [IDENTITY]}}]}},
    ],
)  # fmt: skip
def test_what_stays_within_its_walls_is_the_authors_to_override(scheduler, override):
    pod = changed(scheduler.pod, override)
    base = pod["spec"]["containers"][0]
    base["image"] = base["image"].replace("OWN", scheduler.repository)
    answer = scheduler.start(pod)
    assert answer.status == 201, answer.message


def volume(**source):
    return {"spec": {"volumes": [*({"name": name, "emptyDir": {}} for name in ("files", "tmp")), {"name": "more", **source}]}}


def base(**content):
    return {"spec": {"base": content}}


REFUSED = {
    "a volume of a Secret": (volume(secret={"secretName": "airflow"}), "no volumes but empty ones"),
    "a volume of a ConfigMap": (volume(configMap={"name": "task-pod"}), "no volumes but empty ones"),
    "a Secret in a projected volume": (volume(projected={"sources": [{"secret": {"name": "airflow"}}]}), "no volumes but empty ones"),
    "a token of the cluster as a volume": (volume(projected={"sources": [TOKEN]}), "no volumes but empty ones"),
    "a claim on the broker's volume": (volume(persistentVolumeClaim={"claimName": "data-broker-0"}), "no volumes but empty ones"),
    "an image as a volume": (volume(image={"reference": OTHER}), "no volumes but empty ones"),
    "a path of the node": (volume(hostPath={"path": "/"}), "violates PodSecurity"),
    "all of another Secret": (base(envFrom=[{"secretRef": {"name": "airflow"}}]), "reads no Secret but `environment`"),
    "all of a ConfigMap": (base(envFrom=[{"configMapRef": {"name": "task-pod"}}]), "no ConfigMap but `airflow`"),
    "one key of a Secret": (
        base(env=[{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "fernet"}}}]), "a text, or a fact of the pod"
    ),
    "another service account": ({"spec": {"serviceAccountName": "scheduler"}}, "as the service account `task`"),
    "a token of the cluster": ({"spec": {"automountServiceAccountToken": True}}, "without a token of the cluster"),
    "an image of another Deployment": (base(image=OTHER), "its Deployment's own repository"),
    "an image that begins like the runtime's": (base(image=f"{CLUSTER.registry}/orrery/runtime-of-mine:1"), "or are the runtime's"),
    "an image of anybody": (base(image="docker.io/library/busybox:1"), "its Deployment's own repository"),
    "a sidecar with a Secret": (
        {"spec": {"initContainers": [{"name": "first", "image": "x:1", "envFrom": [{"secretRef": {"name": "keys"}}]}]}},
        "violates PodSecurity",
    ),
    "a secret to pull with": ({"spec": {"imagePullSecrets": [{"name": "airflow"}]}}, "no secrets to pull images with"),
    "a node": ({"spec": {"nodeName": "ip-10-0-0-1"}}, "names no node"),
    "a rank above all others": ({"spec": {"priorityClassName": "system-node-critical"}}, "no priority"),
    "another scheduler": ({"spec": {"schedulerName": "mine"}}, "no scheduler"),
    "a user namespace": ({"spec": {"hostUsers": False}}, "names no node"),
    "tolerating every taint": ({"spec": {"tolerations": [{"operator": "Exists"}]}}, "tolerates no taints"),
    "keeping the pods of others away": (
        {"spec": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [ANTI]}}}}, "keeps no other pods away"
    ),
    "a device that no quota counts": (
        base(resources={"limits": {"nvidia.com/gpu": "8"}, "requests": {"nvidia.com/gpu": "8"}}), "and nothing else"
    ),
    "a life after its task": ({"spec": {"restartPolicy": "Always"}}, "ends with its task"),
    "a year to end in": ({"spec": {"terminationGracePeriodSeconds": 31_536_000}}, "ends with its task"),
    "a finalizer": ({"metadata": {"finalizers": ["example.com/never"]}}, "no finalizers"),
    "an owner": (
        {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "airflow", "uid": "u"}]}}, "no owner"
    ),
    "the labels of a component": ({"metadata": {"labels": {"orrery/component": "pgbouncer"}}}, "pods of its own tasks alone"),
    "the labels of another Deployment": ({"metadata": {"labels": {"orrery/deployment": "c"}}}, "pods of its own tasks alone"),
    "a privileged container": (base(securityContext={"privileged": True, "allowPrivilegeEscalation": True}), "violates PodSecurity"),
    "the node's network": ({"spec": {"hostNetwork": True}}, "violates PodSecurity"),
    "the node's processes": ({"spec": {"hostPID": True}}, "violates PodSecurity"),
    "a probe": (base(livenessProbe={"tcpSocket": {"port": 80}}), "no probes and no hooks"),
    "a hook": (base(lifecycle={"preStop": {"exec": {"command": ["true"]}}}), "no probes and no hooks"),
    "a probe that the node sends elsewhere": (
        base(livenessProbe={"httpGet": {"host": "169.254.169.254", "port": 80, "path": "/"}}), "violates PodSecurity"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("override", "words"), REFUSED.values(), ids=REFUSED)
def test_what_reaches_beyond_them_is_refused(scheduler, override, words):
    answer = scheduler.start(changed(scheduler.pod, override))
    assert answer.status in (403, 422), answer
    assert words in answer.message


def test_a_hardened_sidecar_is_held_to_the_same(scheduler):
    pod = scheduler.pod
    sidecar = {**copy.deepcopy(pod["spec"]["containers"][0]), "name": "first"}
    assert scheduler.start(changed(pod, {"spec": {"initContainers": [sidecar]}})).status == 201
    refused = scheduler.start(changed(pod, {"spec": {"initContainers": [{**sidecar, "envFrom": [{"secretRef": {"name": "keys"}}]}]}}))
    assert (refused.status, "reads no Secret" in refused.message) == (422, True)


def test_a_task_that_runs_is_marked_and_ended_and_never_changed(scheduler):
    assert scheduler.start(scheduler.pod, really=True).status == 201
    at, merge = path("Pod", scheduler.spec.namespace, "etl-load-1"), "application/merge-patch+json"
    marked = scheduler.api.send("PATCH", at, {"metadata": {"labels": {"airflow_executor_done": "True"}}}, kind=merge)
    assert marked.status == 200, marked.message
    image = {"op": "replace", "path": "/spec/containers/0/image", "value": OTHER}
    swapped = scheduler.api.send("PATCH", at, [image], kind="application/json-patch+json")
    assert (swapped.status, "stays as it was started" in swapped.message) == (422, True)
    hidden = scheduler.api.send("PATCH", at, {"metadata": {"labels": {"orrery/component": "worker"}}}, kind=merge)
    assert (hidden.status, "pods of its own tasks alone" in hidden.message) == (422, True)
    assert scheduler.api.delete(f"{at}?gracePeriodSeconds=0").status == 200


def test_pods_that_are_no_tasks_are_none_of_its_business(scheduler):
    """Its account could swap the image of whoever holds the keys, or end the api-server, if only its rights were asked."""
    pod = changed(scheduler.pod, {"metadata": {"name": "api-server-1", "labels": {"orrery/component": "api-server"}}})
    assert scheduler.owner.create(path("Pod", scheduler.spec.namespace), pod).status == 201, "nobody else is held to this wall"
    at = path("Pod", scheduler.spec.namespace, "api-server-1")
    image = {"op": "replace", "path": "/spec/containers/0/image", "value": pod["spec"]["containers"][0]["image"] + "-more"}
    for answer in (scheduler.api.send("PATCH", at, [image], kind="application/json-patch+json"), scheduler.api.delete(at)):
        assert (answer.status, "pods of its own tasks alone" in answer.message) == (422, True)
    scheduler.owner.delete(f"{at}?gracePeriodSeconds=0")


def test_the_wall_is_mended_before_the_next_change_and_costs_no_write_while_it_stands(api, home, scheduler):
    spec = scheduler.spec
    api.delete("ValidatingAdmissionPolicyBinding", "", admission.NAME)
    persist(lambda: home.ensure_release(spec))
    assert api.get("ValidatingAdmissionPolicyBinding", "", admission.NAME)
    writes = api.writes
    home.ensure_release(spec)
    assert api.writes == writes


def test_the_api_server_finds_nothing_to_warn_of_in_its_expressions(kubernetes, scheduler):
    at = path("ValidatingAdmissionPolicy", "", admission.NAME)
    checked = kubernetes.api.until(at, lambda answer: answer.body.get("status", {}).get("observedGeneration", 0) > 0)
    assert checked.body["status"].get("typeChecking", {}) == {}


def test_the_template_is_what_the_wall_is_about():
    pod = json.loads(named(PODS_FOR_TASKS, "ConfigMap", "task-pod")["data"]["pod.yaml"])
    assert pod["metadata"]["labels"]["orrery/component"] == pod["spec"]["serviceAccountName"] == "task"
