"""The first run: an installation is made exactly once, and a lost token can be replaced."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from orrery.errors import Conflict, Invalid
from orrery.settings import settings
from orrery.store import reads, tables

from functions.first_run.app import handler
from tests.support.http import Caller
from tests.support.installation import Installation
from tests.support.invitations import accept, invite, token_for
from tests.support.people import signed_in


def test_it_makes_an_organization_its_owner_a_cluster_and_their_tokens(empty_table: None) -> None:
    made = handler({}, None)

    owner = Caller(made["token"])
    organization = owner.get("/v1/organizations").body["organizations"][0]
    assert (organization["id"], organization["name"]) == (made["organizationId"], "Analytics")
    assert organization["billingEmail"] == organization["createdBy"]["username"] == "ada@example.com"
    assert organization["createdBy"]["id"] == made["ownerId"]
    clusters = owner.get(f"/v1/organizations/{made['organizationId']}/clusters").body["clusters"]
    assert [(each["id"], each["type"], each["region"]) for each in clusters] == [(made["clusterId"], "STANDARD", "us-east-1")]


def test_a_second_run_makes_nothing_and_shows_no_token(empty_table: None) -> None:
    first = handler({}, None)
    rows = len(list(tables.table().scan()))

    again = handler({}, None)

    assert again == {name: first[name] for name in ("organizationId", "ownerId", "clusterId")}
    assert len(list(tables.table().scan())) == rows


def test_of_runs_at_once_one_makes_the_installation(empty_table: None) -> None:
    def run(_: int) -> object:
        try:
            return handler({}, None)
        except Conflict as problem:
            return problem

    with ThreadPoolExecutor(4) as crowd:
        ends = list(crowd.map(run, range(4)))

    assert len([end for end in ends if isinstance(end, dict) and "token" in end]) == 1
    assert len(list(tables.table().query("ORGS"))) == 1


def test_a_lost_owners_token_is_replaced_and_the_old_one_dies(empty_table: None) -> None:
    first = handler({}, None)

    again = handler({"reissue": "owner"}, None)

    assert again["organizationId"] == first["organizationId"]
    assert Caller(again["token"]).get("/v1/organizations").status == 200
    assert Caller(first["token"]).get("/v1/organizations").status == 401


def test_an_owner_who_deleted_the_first_token_gets_back_in(empty_table: None) -> None:
    first = handler({}, None)
    owner, path = Caller(first["token"]), f"/v1/organizations/{first['organizationId']}/tokens"
    owner.delete(f"{path}/{owner.get(path).body['tokens'][0]['id']}")

    for _ in range(2):
        token = handler({"reissue": "owner"}, None)["token"]

    assert [each["name"] for each in Caller(token).get(path).body["tokens"]] == ["first owner"]


def test_an_owner_who_came_later_gets_in_when_the_first_one_has_left(installation: Installation) -> None:
    eve = accept(token_for(installation, invite(installation, role="ORGANIZATION_OWNER"))).body
    signed_in(installation, eve["user"]["id"], "Eve").delete(f"{installation.path}/users/{installation.owner_id}")

    made = [handler({"reissue": "owner"}, None) for _ in range(2)]

    assert [each["ownerId"] for each in (*made, handler({}, None))] == [eve["user"]["id"]] * 3
    assert Caller(made[0]["token"]).get(installation.path).status == 401
    assert Caller(made[1]["token"]).get(installation.path).status == 200


def test_a_lost_agents_token_is_replaced_and_the_old_one_dies(empty_table: None) -> None:
    first = handler({}, None)
    report = f"/v1/organizations/{first['organizationId']}"

    again = handler({"reissue": "agent"}, None)

    assert Caller(first["agentToken"]).get(report).status == 401
    assert Caller(again["agentToken"]).get(report).status == 404, "it is known, and has no business there"


def test_nonsense_is_not_reissued(empty_table: None) -> None:
    handler({}, None)

    with pytest.raises(Invalid, match="`owner` or `agent`"):
        handler({"reissue": "everything"}, None)


def test_an_installation_without_an_owners_address_is_not_begun(empty_table: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST_OWNER_EMAIL", "")
    settings.cache_clear()

    with pytest.raises(Invalid, match="FIRST_OWNER_EMAIL"):
        handler({}, None)

    assert reads.row("FIRST", "RUN") is None
