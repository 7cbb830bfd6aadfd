"""The agent's own objects: what it may do, who may speak with it, and which door is whose."""

import pytest
from orrery.dataplane.kubernetes import agent, agent_access

from tests.orrery.dataplane.kubernetes.plans import AGENT, CLUSTER, SHAPES, named

every_shape = pytest.mark.parametrize("plan", SHAPES.values(), ids=SHAPES)


def objects(kind):
    return {made["metadata"]["name"]: made for made in agent.render(CLUSTER, AGENT) if made["kind"] == kind}


def rules(role):
    """Verb and resource of each right, with the names that it is bounded to."""
    return {
        (verb, resource): tuple(rule.get("resourceNames", ()))
        for rule in objects("ClusterRole")[role]["rules"]
        for verb in rule["verbs"]
        for resource in rule["resources"]
    }


def test_everywhere_it_may_only_look_and_at_secrets_of_one_name_alone():
    may = rules(agent_access.NAME)
    assert {verb for verb, _ in may} == {"list", "watch"}
    assert may["list", "secrets"] == ("orrery-agent",)
    assert may["list", "configmaps"] == ("queues",)


def test_what_it_may_change_is_bound_in_the_namespaces_of_deployments_only():
    (binding,) = objects("ClusterRoleBinding").values()
    assert binding["roleRef"]["name"] == agent_access.NAME
    changes = {right for right in rules(agent_access.IN_A_NAMESPACE) if right[0] not in ("get", "list", "watch")}
    assert changes == {("delete", "pods"), ("patch", "pods"), ("patch", "deployments/scale")}


@every_shape
def test_a_deployments_namespace_gives_these_rights_to_the_agents_own_account(plan):
    binding = named(plan, "RoleBinding", "orrery-agent")
    (account,) = objects("ServiceAccount").values()
    (subject,) = binding["subjects"]
    assert (subject["namespace"], subject["name"]) == (account["metadata"]["namespace"], account["metadata"]["name"])
    assert binding["roleRef"]["name"] in objects("ClusterRole")


@every_shape
def test_the_agents_secret_has_the_readers_login_and_no_key(plan):
    told = named(plan, "Secret", "orrery-agent")["data"]
    assert told.keys() == {"broker", "database"}


def test_there_is_never_more_than_one_agent():
    (made,) = objects("Deployment").values()
    assert (made["spec"]["replicas"], made["spec"]["strategy"]) == (1, {"type": "Recreate"})


def test_it_is_told_its_token_by_a_file_and_by_nothing_else():
    (made,) = objects("Deployment").values()
    (running,) = made["spec"]["template"]["spec"]["containers"]
    told = {each["name"]: each["value"] for each in running["env"]}
    folders = {each["name"]: each["mountPath"] for each in running["volumeMounts"]}
    assert told["ORRERY_AGENT_TOKEN_FILE"] == f"{folders['token']}/token"
    assert AGENT.token not in str(made)


@every_shape
def test_a_deployments_own_door_names_one_host_and_the_agents_all_of_the_domain(plan):
    (wildcard,) = (made["spec"]["rules"][0]["host"] for made in objects("Ingress").values())
    own = named(plan, "Ingress", "airflow")["spec"]["rules"][0]["host"]
    assert wildcard.startswith("*.")
    assert own.partition(".")[2] == wildcard.removeprefix("*.")


def test_only_what_brings_visitors_in_may_speak_with_it():
    walls = objects("NetworkPolicy")
    assert walls["nobody"]["spec"]["podSelector"] == {}
    (rule,) = walls["agent"]["spec"]["ingress"]
    (caller,) = rule["from"]
    assert caller["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": CLUSTER.ingress_namespace}


def test_it_reaches_brokers_databases_the_api_server_and_the_control_plane():
    out = objects("NetworkPolicy")["agent"]["spec"]["egress"]
    ports = {each["port"] for rule in out for each in rule["ports"]}
    assert ports == {53, 443, 5432, 6379}
    assert all("ports" in rule for rule in out)
