"""The server that manifests are proven against is a real one: it refuses what a cluster refuses, and in a cluster's words."""

import pytest

from tests.kubernetes import binaries

PLAIN = {"name": "main", "image": "example.invalid/none"}
HARDENED = {
    **PLAIN,
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
}


@pytest.fixture
def api(kubernetes):
    return kubernetes.api


def pod(name, container=PLAIN, **spec):
    return {"metadata": {"name": name}, "spec": {"containers": [container], "terminationGracePeriodSeconds": 1, **spec}}


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def test_it_is_the_version_that_was_built(api):
    assert api.get("/version").body["gitVersion"] == binaries.version()


def test_a_field_that_another_manager_owns_is_a_conflict_until_it_is_forced(api, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    assert api.apply(path, config_map("settings", colour="red"), manager="first").status == 201

    refused = api.apply(path, config_map("settings", colour="blue"), manager="second")
    assert (refused.status, refused.reason) == (409, "Conflict")
    assert ".data.colour" in refused.message

    assert api.apply(path, config_map("settings", colour="blue"), manager="second", force=True).body["data"] == {"colour": "blue"}


def test_an_apply_that_changes_nothing_is_no_write(api, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    first = api.apply(path, config_map("settings", colour="red")).body["metadata"]["resourceVersion"]
    assert api.apply(path, config_map("settings", colour="red")).body["metadata"]["resourceVersion"] == first


def test_an_object_that_makes_no_sense_is_invalid_and_the_field_is_named(api, namespace):
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 99999, "protocol": "TCP"}]}}
    refused = api.apply(f"/api/v1/namespaces/{namespace}/services/web", body)
    assert (refused.status, refused.reason) == (422, "Invalid")
    assert refused.body["details"]["causes"][0]["field"] == "spec.ports[0].port"


def test_a_restricted_namespace_takes_only_hardened_pods(api, namespace):
    labels = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
    api.send("PATCH", f"/api/v1/namespaces/{namespace}", labels, kind="application/merge-patch+json")
    pods = f"/api/v1/namespaces/{namespace}/pods"

    refused = api.create(pods, pod("careless"))
    assert (refused.status, refused.reason) == (403, "Forbidden")
    assert 'violates PodSecurity "restricted:latest"' in refused.message
    assert api.create(pods, pod("hardened", HARDENED)).status == 201


def test_a_quota_refuses_the_pod_that_would_exceed_it(api, namespace):
    quota = {"metadata": {"name": "one"}, "spec": {"hard": {"pods": "1"}}}
    assert api.create(f"/api/v1/namespaces/{namespace}/resourcequotas", quota).status == 201
    api.until(f"/api/v1/namespaces/{namespace}/resourcequotas/one", lambda answer: "hard" in answer.body.get("status", {}))
    pods = f"/api/v1/namespaces/{namespace}/pods"
    assert api.create(pods, pod("first")).status == 201

    refused = api.create(pods, pod("second"))
    assert refused.status == 403
    assert "exceeded quota: one" in refused.message


def test_a_limit_range_gives_a_pod_what_it_did_not_ask_for(api, namespace):
    limits = {"type": "Container", "default": {"cpu": "250m"}, "defaultRequest": {"cpu": "250m"}}
    api.create(f"/api/v1/namespaces/{namespace}/limitranges", {"metadata": {"name": "sizes"}, "spec": {"limits": [limits]}})
    made = api.create(f"/api/v1/namespaces/{namespace}/pods", pod("modest"))
    assert made.body["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "250m"}


def test_a_service_account_may_do_what_its_role_says_and_no_more(kubernetes, api, namespace):
    base = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}
    api.create(f"{base}/roles", {"metadata": {"name": "reader"}, "rules": [rule]})
    binding = {
        "metadata": {"name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
    }
    api.create(f"{base}/rolebindings", binding)
    asked = api.create(f"/api/v1/namespaces/{namespace}/serviceaccounts/default/token", {"spec": {"expirationSeconds": 600}})

    account = kubernetes.as_holder_of(asked.body["status"]["token"])
    account.until(f"/api/v1/namespaces/{namespace}/configmaps", lambda answer: answer.status == 200)
    assert account.get(f"/api/v1/namespaces/{namespace}/secrets").status == 403
    assert account.get("/api/v1/namespaces/default/configmaps").status == 403


def test_a_namespace_takes_nothing_new_while_it_ends_and_goes_with_all_that_is_in_it(api, namespace):
    path = f"/api/v1/namespaces/{namespace}"
    held = config_map("held")
    held["metadata"]["finalizers"] = ["example.com/held"]
    assert api.create(f"{path}/configmaps", held).status == 201
    assert api.delete(path).body["status"]["phase"] == "Terminating"

    refused = api.create(f"{path}/configmaps", config_map("late"))
    assert refused.status == 403
    assert "because it is being terminated" in refused.message

    letting_go = {"metadata": {"finalizers": None}}
    api.send("PATCH", f"{path}/configmaps/held", letting_go, kind="application/merge-patch+json")
    api.until(path, lambda answer: answer.status == 404)


def test_a_deployment_gets_its_pods_which_wait_for_a_node(api, namespace):
    labels = {"app": "web"}
    wanting = {**pod("")["spec"], "nodeSelector": {"there": "is-none"}}
    body = {
        "metadata": {"name": "web"},
        "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": wanting}},
    }
    assert api.create(f"/apis/apps/v1/namespaces/{namespace}/deployments", body).status == 201

    def both_wait(answer):
        pods = answer.body["items"]
        return len(pods) == 2 and all(conditions(each).get("PodScheduled") == "Unschedulable" for each in pods)

    api.until(f"/api/v1/namespaces/{namespace}/pods", both_wait)


def conditions(pod):
    return {each["type"]: each.get("reason") for each in pod["status"].get("conditions", [])}
