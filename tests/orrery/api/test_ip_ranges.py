"""Allowed IP address ranges through the API: listed, made, taken away, in force at the next request, and never against oneself."""

import importlib
from collections.abc import Mapping
from typing import Any

import pytest
from orrery import names
from orrery.errors import StaleGeneration
from orrery.store import deployments, ip_ranges

from tests.support.builders import a_deployment
from tests.support.http import Answer, event, function_of, parse
from tests.support.installation import Installation, another
from tests.support.people import member

HOME = "127.0.0.0/8"
"""Where the callers of these tests come from."""


def url(installation: Installation, *more: str) -> str:
    return "/".join([f"{installation.path}/allowed-ip-address-ranges", *more])


def allow(installation: Installation, *ranges: str) -> list[dict[str, Any]]:
    made = installation.owner.post(url(installation, "bulk-create"), {"allowedIpAddressRanges": [*ranges]})
    assert made.status == 200, made.body
    return list(made.body["allowedIpAddressRanges"])


def coming_from(address: str, token: str, path: str) -> Answer:
    """A GET as the gateway hands it over for a caller at some address."""
    sent: Mapping[str, Any] = event("GET", path, headers={"authorization": f"Bearer {token}"})
    sent["requestContext"]["http"]["sourceIp"] = address
    return parse(importlib.import_module(f"functions.{function_of(path)}.app").handler(sent, None))


def listed(installation: Installation, **asked: object) -> list[str]:
    return [each["ipAddressRange"] for each in installation.owner.get(url(installation), **asked).body["allowedIpAddressRanges"]]


def test_ranges_are_made_listed_in_order_and_taken_away(installation: Installation) -> None:
    made = installation.owner.post(url(installation), {"ipAddressRange": HOME})
    assert (made.status, made.body["ipAddressRange"], made.body["organizationId"]) == (200, HOME, installation.organization_id)
    ids = [each["id"] for each in allow(installation, "203.0.113.7", "9.0.0.0/8", "2001:db8::/32")]

    assert listed(installation) == [HOME, "203.0.113.7/32", "9.0.0.0/8", "2001:db8::/32"]
    assert listed(installation, sorts="ipAddress:asc") == ["9.0.0.0/8", HOME, "203.0.113.7/32", "2001:db8::/32"]
    assert listed(installation, sorts="ipAddress:asc", limit=1, offset=1) == [HOME]
    assert installation.owner.post(url(installation, "bulk-delete"), {"allowedIpAddressRangeIds": ids[:2]}).status == 204
    assert installation.owner.delete(url(installation, ids[2])).status == 204
    assert listed(installation) == [HOME]
    assert installation.owner.delete(url(installation, ids[2])).status == 404


def test_the_list_is_in_force_from_the_next_request_on_until_it_is_empty(installation: Installation) -> None:
    token, path = installation.owner.token, f"{installation.path}/workspaces"
    assert coming_from("198.51.100.1", token, path).status == 200

    (home,) = allow(installation, HOME)
    refused = coming_from("198.51.100.1", token, path)
    assert refused.status == 403
    assert "`198.51.100.1` is not in your Organization's list" in refused.body["message"]
    assert coming_from("127.9.9.9", token, path).status == 200
    assert installation.owner.get(installation.path).body["hasAllowedIpAddressRanges"] is True

    (more,) = allow(installation, "198.51.100.0/24")
    assert coming_from("198.51.100.1", token, path).status == 200

    installation.owner.post(url(installation, "bulk-delete"), {"allowedIpAddressRangeIds": [home["id"], more["id"]]})
    assert coming_from("203.0.113.1", token, path).status == 200
    assert installation.owner.get(installation.path).body["hasAllowedIpAddressRanges"] is False


@pytest.mark.parametrize("path", ["/v1/users/self", "/v1/organizations", "{home}/clusters", "{home}/deployments", "{home}/tokens"])
def test_it_holds_at_every_door_and_for_users_in_person(installation: Installation, path: str) -> None:
    allow(installation, HOME)
    _, eve = member(installation)

    for token in (installation.owner.token, eve.token):
        assert coming_from("198.51.100.1", token, path.format(home=installation.path)).status == 403


def test_it_holds_for_its_own_organization_alone_and_not_for_agents(installation: Installation) -> None:
    other = another(installation)
    allow(installation, HOME)

    assert coming_from("198.51.100.1", other.owner.token, f"{other.path}/workspaces").status == 200
    assert coming_from("198.51.100.1", installation.agent.token, "/v1/users/self").body["message"].startswith("an agent's token")


def test_nobody_can_shut_themselves_out(installation: Installation) -> None:
    refused = installation.owner.post(url(installation), {"ipAddressRange": "198.51.100.0/24"})
    assert (refused.status, refused.fields) == (400, ["ipAddressRange"])
    assert "you come from `127.0.0.1`" in refused.body["message"]

    home, _ = allow(installation, HOME, "198.51.100.0/24")
    assert installation.owner.delete(url(installation, home["id"])).status == 400
    assert installation.owner.post(url(installation, "bulk-delete"), {"allowedIpAddressRangeIds": [home["id"]]}).status == 400
    assert listed(installation) == [HOME, "198.51.100.0/24"]


def test_a_range_is_there_once(installation: Installation) -> None:
    allow(installation, HOME)

    assert installation.owner.post(url(installation), {"ipAddressRange": HOME}).fields == ["ipAddressRange"]
    for ranges in ([HOME], ["9.0.0.0/8", "9.0.0.0/8"]):
        assert installation.owner.post(url(installation, "bulk-create"), {"allowedIpAddressRanges": ranges}).status == 409
    assert listed(installation) == [HOME]


def test_what_goes_together_goes_whole_or_not_at_all(installation: Installation) -> None:
    made = allow(installation, HOME, "9.0.0.0/8")

    refused = installation.owner.post(url(installation, "bulk-delete"), {"allowedIpAddressRangeIds": [made[1]["id"], names.new_id()]})

    assert (refused.status, refused.fields) == (400, ["allowedIpAddressRangeIds[1]"])
    assert len(listed(installation)) == 2


def test_another_organizations_ranges_cannot_be_told_from_none(installation: Installation) -> None:
    other = another(installation)
    (made,) = allow(installation, HOME)

    answers = [other.owner.delete(url(other, id)) for id in (made["id"], names.new_id())]

    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body == answers[1].body
    assert other.owner.get(url(installation)).status == 404


def test_a_member_neither_sees_nor_changes_the_list(installation: Installation) -> None:
    (made,) = allow(installation, HOME)
    _, eve = member(installation)

    answers = [
        eve.get(url(installation)),
        eve.post(url(installation), {"ipAddressRange": "9.0.0.0/8"}),
        eve.post(url(installation, "bulk-create"), {"allowedIpAddressRanges": ["9.0.0.0/8"]}),
        eve.post(url(installation, "bulk-delete"), {"allowedIpAddressRangeIds": [made["id"]]}),
        eve.delete(url(installation, made["id"])),
    ]
    assert [answer.status for answer in answers] == [403] * 5


@pytest.mark.parametrize("range", ["", "everywhere", "203.0.113.7/24", "1" * 51])
def test_a_bad_range_is_refused_by_its_field(installation: Installation, range: str) -> None:
    refused = installation.owner.post(url(installation), {"ipAddressRange": range})

    assert (refused.status, refused.fields) == (400, ["ipAddressRange"])


def test_there_are_never_more_than_two_hundred(installation: Installation) -> None:
    allow(installation, HOME, *(f"10.0.{each}.0/24" for each in range(199)))

    assert installation.owner.post(url(installation), {"ipAddressRange": "9.0.0.0/8"}).status == 400
    assert len(listed(installation, limit=1000)) == 200


def test_two_changes_at_once_do_not_undo_each_other(installation: Installation) -> None:
    before = ip_ranges.load(installation.organization_id)
    allow(installation, HOME)

    with pytest.raises(StaleGeneration):
        ip_ranges.save(before.remove([]))

    assert listed(installation) == [HOME]


def test_a_deployments_remote_agents_come_from_there_too(installation: Installation) -> None:
    etl = a_deployment(organization_id=installation.organization_id, workspace_id=installation.workspace())
    deployments.create(etl)
    path = f"{installation.path}/deployments/{etl.id}"
    agent = installation.owner.post(f"{path}/agent-tokens", {"name": "remote"}).body["token"]
    allow(installation, HOME)

    assert coming_from("127.0.0.1", agent, path).status == 200
    assert coming_from("203.0.113.7", agent, path).status == 403
