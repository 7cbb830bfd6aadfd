"""Who may speak with whom, asked of the rendered policies as a cluster's network would read them."""

import ipaddress

import pytest
from orrery.dataplane.kubernetes import accounts, network

from tests.orrery.dataplane.kubernetes.plans import CLUSTER, LARGE, PODS_FOR_TASKS, SHAPES

every_shape = pytest.mark.parametrize("plan", SHAPES.values(), ids=SHAPES)
DATABASE, METADATA, IDENTITY, OTHERS, INTERNET = "10.0.64.9", "169.254.169.254", "169.254.170.23", "10.0.7.7", "93.184.216.34"


def policies(plan, component, way):
    for policy in network.render(plan):
        chosen = policy["spec"]["podSelector"].get("matchLabels")
        if way.capitalize() in policy["spec"]["policyTypes"] and (chosen is None or chosen["orrery/component"] == component):
            yield from policy["spec"].get(way, [])


def allows(rule, port, protocol="TCP"):
    return "ports" not in rule or {"port": port, "protocol": protocol} in rule["ports"]


def reaches(plan, component, address, port):
    """Whether a component may open a connection to an address outside of the namespace."""
    blocks = [
        peer["ipBlock"] for rule in policies(plan, component, "egress") if allows(rule, port) for peer in rule["to"] if "ipBlock" in peer
    ]
    inside = ipaddress.ip_address(address)
    return any(
        inside in ipaddress.ip_network(block["cidr"]) and not any(inside in ipaddress.ip_network(no) for no in block.get("except", []))
        for block in blocks
    )


def speaks(plan, one, other, port, protocol="TCP"):
    """Whether one component may connect to another: both sides must say so."""
    out = any(names(peer, other) for rule in policies(plan, one, "egress") if allows(rule, port, protocol) for peer in rule["to"])
    into = any(names(peer, one) for rule in policies(plan, other, "ingress") if allows(rule, port, protocol) for peer in rule["from"])
    return out and into


def names(peer, component):
    chosen = peer.get("podSelector", {}).get("matchLabels", {})
    return "namespaceSelector" not in peer and chosen.get("orrery/component") == component


@every_shape
def test_whoever_is_not_named_may_neither_speak_nor_be_spoken_to(plan):
    (first, *_) = network.render(plan)
    assert first["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}


@every_shape
def test_exactly_these_pairs_may_speak(plan):
    there = accounts.components(plan)
    ports = {8080: "TCP", 6379: "TCP", 6543: "TCP", 9125: "UDP"}
    found = {
        (one, other, port)
        for one in there
        for other in there
        for port, protocol in ports.items()
        if speaks(plan, one, other, port, protocol)
    }
    expected = {
        (caller, to, port) for (to, port), callers in network.PAIRS.items() for caller in callers if caller in there and to in there
    }  # fmt: skip
    assert found == expected


def test_a_worker_may_not_speak_with_the_database_through_pgbouncer():
    assert not speaks(LARGE, "worker", "pgbouncer", 6543)
    assert speaks(LARGE, "worker", "api-server", 8080)
    assert speaks(LARGE, "worker", "broker", 6379)


@every_shape
def test_nobody_reaches_the_instance_or_other_namespaces(plan):
    for component in accounts.components(plan):
        assert not reaches(plan, component, METADATA, 80)
        assert not reaches(plan, component, OTHERS, 443)


@pytest.mark.parametrize(("plan", "component"), [(LARGE, "worker"), (PODS_FOR_TASKS, "task")], ids=["worker", "task"])
def test_tasks_reach_the_internet_their_identity_and_databases(plan, component):
    assert reaches(plan, component, INTERNET, 22)
    assert reaches(plan, component, IDENTITY, 80)
    assert reaches(plan, component, DATABASE, 5432)
    assert reaches(plan, component, "172.20.0.10", 53)


def test_the_broker_reaches_nobody():
    assert list(policies(LARGE, "broker", "egress")) == []


def test_pgbouncer_reaches_the_database_alone():
    assert reaches(LARGE, "pgbouncer", DATABASE, 5432)
    assert not reaches(LARGE, "pgbouncer", INTERNET, 443)


def test_only_a_scheduler_that_starts_pods_reaches_the_clusters_api():
    server = str(ipaddress.ip_network(CLUSTER.api_ranges[0])[10])
    assert reaches(PODS_FOR_TASKS, "scheduler", server, 443)
    assert not reaches(LARGE, "scheduler", server, 443)
    assert not reaches(PODS_FOR_TASKS, "task", server, 443)


@every_shape
def test_visitors_come_to_the_api_server_alone(plan):
    doors = {
        policy["spec"]["podSelector"]["matchLabels"]["orrery/component"]
        for policy in network.render(plan)
        for rule in policy["spec"].get("ingress", [])
        for peer in rule["from"]
        if peer.get("namespaceSelector", {}).get("matchLabels") == {"kubernetes.io/metadata.name": CLUSTER.ingress_namespace}
    }
    assert doors == {"api-server"}
