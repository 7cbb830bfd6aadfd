"""What the agent's service account may do, asked of the API server: what it uses, and nothing beside it."""

import pytest
from orrery.dataplane.kubernetes.objects import path

from agent.kubernetes.api import APPLY, MERGE, Api, Refused
from tests.agent.kubernetes.conftest import KubernetesStreet


@pytest.fixture
def api(deployment: KubernetesStreet) -> Api:
    return deployment.home.api


def refused(call) -> bool:
    with pytest.raises(Refused) as problem:
        call()
    return problem.value.status == 403


def test_it_may_not_read_a_deployments_keys_or_any_other_secret(deployment: KubernetesStreet, api: Api) -> None:
    for name in ("keys", "airflow", "environment", "environment-objects", "broker"):
        assert refused(lambda name=name: api.get(path("Secret", deployment.spec.namespace, name)))
    assert refused(lambda: list(api.pages(path("Secret"), {})))
    assert refused(lambda: list(api.pages(path("ConfigMap", deployment.spec.namespace), {})))


def test_it_may_not_change_what_a_worker_runs(deployment: KubernetesStreet, api: Api) -> None:
    (pool,) = deployment.counts()
    at = path("Deployment", deployment.spec.namespace, pool)
    assert refused(lambda: api.change(at, {"spec": {"replicas": 1}}, kind=MERGE))
    assert refused(lambda: api.change(at, {"spec": {"paused": True}}, kind=APPLY, query={"fieldManager": "x"}))


def test_it_may_end_no_pod_outside_of_a_deployments_namespace(deployment: KubernetesStreet, api: Api, namespace: str) -> None:
    assert refused(lambda: api.delete(path("Pod", namespace, "anything"), uid="1", version="1"))
    assert refused(lambda: api.change(path("Pod", namespace, "anything"), {"metadata": {}}, kind=MERGE))
    assert refused(lambda: api.get(path("Deployment", namespace, "anything") + "/scale"))


def test_it_may_make_nothing(deployment: KubernetesStreet, api: Api) -> None:
    for kind in ("Pod", "Deployment", "Secret", "Ingress", "RoleBinding"):
        body = {"metadata": {"name": "new"}}
        assert refused(lambda kind=kind, body=body: api._ask("POST", path(kind, deployment.spec.namespace), None, body))
