"""Agent tokens through the API: shown once, good for one Deployment and nothing else, and dead with it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from orrery.minting import digest
from orrery.provisioning.marks import MARKS
from orrery.store import reads, tables, writes
from orrery.store.principals import Credential

from tests.support.http import Caller
from tests.support.plane import Plane

Json = dict[str, Any]


def made(plane: Plane, deployment_id: str, **said: object) -> Json:
    answer = plane.installation.owner.post(f"{plane.path}/{deployment_id}/agent-tokens", {"name": "remote", **said})
    assert answer.status == 200, answer.body
    return dict(answer.body)


def test_a_token_is_shown_when_it_is_made_and_never_again(plane: Plane) -> None:
    id = str(plane.made()["id"])

    token = made(plane, id, description="in our cluster", tokenExpiryPeriodInDays=30)

    owner, path = plane.installation.owner, f"{plane.path}/{id}/agent-tokens"
    assert (token["name"], token["description"], token["expiryPeriodInDays"]) == ("remote", "in our cluster", 30)
    assert token["roles"] == [{"entityType": "DEPLOYMENT", "entityId": id, "deploymentId": None, "role": "DEPLOYMENT_AGENT"}]
    assert owner.get(f"{path}/{token['id']}").body == token | {"token": None}
    assert owner.get(path).body == {"tokens": [token | {"token": None}], "limit": 20, "offset": 0, "totalCount": 1}
    assert owner.get(path, sorts="createdById:desc").status == 200
    assert owner.get(path, sorts="shortToken:asc").fields == ["sorts"]


def test_an_agent_sees_its_own_deployment_and_nothing_else(plane: Plane) -> None:
    id, other = str(plane.made()["id"]), str(plane.made(name="other")["id"])
    agent, home = Caller(made(plane, id)["token"]), plane.installation.path

    assert agent.get(f"{plane.path}/{id}").body["name"] == "etl"
    refused = {
        path: agent.get(path).status
        for path in (
            "/v1/organizations", "/v1/users/self", home, f"{home}/workspaces", f"{home}/workspaces/{plane.workspace_id}",
            f"{home}/clusters", f"{home}/tokens", f"{home}/teams", f"{home}/users", plane.path, f"{plane.path}/{other}",
            f"{plane.path}/{id}/deploys", f"{plane.path}/{id}/agent-tokens", f"{plane.path}/{id}/scaling-decisions",
            f"/airflow/v1/deployments/{id}/access",
        )
    }  # fmt: skip
    assert {path: status for path, status in refused.items() if status not in (403, 404)} == {}
    assert agent.delete(f"{plane.path}/{id}").status == agent.post(f"{plane.path}/{id}/handover").status == 403


def test_it_is_no_api_token(plane: Plane) -> None:
    id = str(plane.made()["id"])
    token, owner = made(plane, id), plane.installation.owner

    listed = owner.get(f"{plane.installation.path}/tokens", deploymentId=id).body
    assert (listed["tokens"], owner.get(f"{plane.installation.path}/tokens/{token['id']}").status) == ([], 404)
    body = {"name": "sly", "scope": "DEPLOYMENT", "entityId": id, "role": "DEPLOYMENT_AGENT"}
    assert owner.post(f"{plane.installation.path}/tokens", body).fields == ["role"]
    roles = [{"deploymentId": id, "role": "DEPLOYMENT_AGENT"}]
    refused = owner.post(f"{plane.installation.path}/users/{plane.installation.owner_id}/roles", {"deploymentRoles": roles})
    assert refused.fields == ["deploymentRoles[0].role"]
    defaults = owner.get(f"{plane.installation.path}/roles", includeDefaultRoles="true").body["defaultRoles"]
    assert "DEPLOYMENT_AGENT" not in {each["name"] for each in defaults}


def test_a_deleted_token_is_dead_at_the_next_request(plane: Plane) -> None:
    id = str(plane.made()["id"])
    token = made(plane, id)
    agent, path = Caller(token["token"]), f"{plane.path}/{id}/agent-tokens/{token['id']}"
    assert agent.get(f"{plane.path}/{id}").status == 200

    assert plane.installation.owner.delete(path).status == 204

    assert agent.get(f"{plane.path}/{id}").status == 401
    assert plane.installation.owner.get(path).status == plane.installation.owner.delete(path).status == 404


def test_an_expired_token_is_told_so(plane: Plane) -> None:
    id = str(plane.made()["id"])
    token = made(plane, id, tokenExpiryPeriodInDays=1)
    key = f"HASH#{digest(token['token'])}"
    credential = reads.get(Credential, key, "PRINCIPAL")
    assert credential is not None
    writes.commit(writes.put(tables.item(key, "PRINCIPAL", replace(credential, end_at=datetime.now(UTC)))))

    assert "expired" in Caller(token["token"]).get(f"{plane.path}/{id}").body["message"]


def test_every_token_at_home_in_a_deployment_ends_with_it_and_no_new_one_begins(plane: Plane) -> None:
    id, owner = str(plane.made()["id"]), plane.installation.owner
    body = {"name": "ci", "scope": "DEPLOYMENT", "entityId": id, "role": "DEPLOYMENT_ADMIN"}
    ends = [made(plane, id), owner.post(f"{plane.installation.path}/tokens", body).body]
    stays = plane.installation.somebody("WORKSPACE_MEMBER", plane.workspace_id)
    assert owner.delete(f"{plane.path}/{id}").status == 204
    for refused in (owner.post(f"{plane.path}/{id}/agent-tokens", {"name": "late"}), owner.post(f"{plane.installation.path}/tokens", body)):
        assert (refused.status, "is being deleted" in refused.body["message"]) == (409, True)

    MARKS["forget"](plane.load(id), {})

    assert [Caller(each["token"]).get(f"{plane.path}/{id}").status for each in ends] == [401, 401]
    assert owner.get(f"{plane.installation.path}/tokens/{ends[1]['id']}").status == 404
    assert stays.get(f"{plane.installation.path}/workspaces/{plane.workspace_id}").status == 200


def test_no_token_is_made_for_a_deployment_that_begins_to_go_at_that_moment(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    id, owner, commit = str(plane.made()["id"]), plane.installation.owner, writes.commit

    def too_late(*all: writes.Write) -> None:
        monkeypatch.setattr(writes, "commit", commit)
        assert owner.delete(f"{plane.path}/{id}").status == 204
        commit(*all)

    monkeypatch.setattr(writes, "commit", too_late)

    assert owner.post(f"{plane.path}/{id}/agent-tokens", {"name": "late"}).status == 409
    assert owner.get(f"{plane.path}/{id}/agent-tokens").body["tokens"] == []


def test_who_may_not_do_what_an_agent_does_makes_none(plane: Plane) -> None:
    id, owner = str(plane.made()["id"]), plane.installation.owner
    maker = {"name": "maker", "scopeType": "DEPLOYMENT", "permissions": ["deployment.get", "deployment.agentTokens.create"]}
    owner.post(f"{plane.installation.path}/roles", maker)
    body = {"name": "ci", "scope": "DEPLOYMENT", "entityId": id, "role": "maker"}
    caller = Caller(owner.post(f"{plane.installation.path}/tokens", body).body["token"])
    path = f"{plane.path}/{id}/agent-tokens"

    assert caller.post(path, {"name": "remote"}).status == 200
    assert caller.get(path).status == 403
    member = plane.installation.somebody("WORKSPACE_MEMBER", plane.workspace_id)
    assert {member.get(path).status, member.post(path, {"name": "remote"}).status} == {403}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"tokenExpiryPeriodInDays": 3651}, "tokenExpiryPeriodInDays"),
        ({"role": "DEPLOYMENT_ADMIN"}, "role"),
        ({"description": "d" * 501}, "description"),
    ],
)
def test_a_token_that_cannot_be_is_refused_by_its_field(plane: Plane, said: Json, field: str) -> None:
    id = str(plane.made()["id"])

    refused = plane.installation.owner.post(f"{plane.path}/{id}/agent-tokens", {"name": "remote"} | said)

    assert (refused.status, refused.fields) == (400, [field])
