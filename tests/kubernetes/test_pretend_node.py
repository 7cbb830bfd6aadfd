"""The pretended node keeps to what a kubelet keeps to, so that nothing waits for ever for what it would have said."""

from tests.kubernetes.test_server import pod


def test_a_pod_that_the_cluster_took_for_not_ready_is_said_to_be_ready_again(kubernetes, namespace, node):
    api, at = kubernetes.api, f"/api/v1/namespaces/{namespace}/pods/web"
    api.create(f"/api/v1/namespaces/{namespace}/pods", pod("web"))
    api.until(at, is_ready)

    late = {"status": {"conditions": [{"type": "Ready", "status": "False", "reason": "NodeNotReady"}]}}
    told = api.send("PATCH", f"{at}/status", late, kind="application/strategic-merge-patch+json")
    assert not is_ready(told)
    api.until(at, is_ready)


def is_ready(answer):
    conditions = {each["type"]: each["status"] for each in answer.body["status"].get("conditions", [])}
    return conditions.get("Ready") == "True"
