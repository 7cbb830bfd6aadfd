"""API tokens through the API: shown once, known by their hash, dead at once, and never a way to more power than one holds."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.minting import digest
from orrery.model.token import Token
from orrery.store import deployments, principals, reads, tables, tokens, writes
from orrery.store.principals import Credential
from pynamodb.exceptions import UpdateError

from tests.support.builders import a_deployment
from tests.support.http import Caller
from tests.support.installation import Installation, another


def make(caller: Caller, installation: Installation, **changes: object) -> dict[str, object]:
    body = {"name": "ci", "role": "ORGANIZATION_OWNER", "scope": "ORGANIZATION"} | changes
    made = caller.post(f"{installation.path}/tokens", body)
    assert made.status == 200, made.body
    return dict(made.body)


def claims(token: object) -> dict[str, object]:
    part = str(token).split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def test_a_token_is_shown_when_it_is_made_and_never_again(installation: Installation) -> None:
    made = make(installation.owner, installation, description="for the pipeline", tokenExpiryPeriodInDays=30)

    assert made["description"] == "for the pipeline"
    assert made["roles"] == [
        {"entityType": "ORGANIZATION", "entityId": installation.organization_id, "deploymentId": None, "role": "ORGANIZATION_OWNER"}
    ]
    assert made["expiryPeriodInDays"] == 30
    assert str(made["token"]).endswith(str(made["shortToken"]).removeprefix("…"))
    seen = installation.owner.get(f"{installation.path}/tokens/{made['id']}").body
    assert seen == made | {"token": None}
    stored = " ".join(str(row.body) for row in tables.table().scan())
    assert str(made["token"]) not in stored
    assert digest(str(made["token"])) in stored


def test_a_token_opens_the_api_and_carries_what_clients_look_for(installation: Installation) -> None:
    workspace = installation.workspace()
    made = make(
        installation.owner, installation, role="WORKSPACE_OPERATOR", scope="WORKSPACE", entityId=workspace, tokenExpiryPeriodInDays=1
    )

    assert Caller(str(made["token"])).get(f"{installation.path}/workspaces/{workspace}").status == 200
    inside = claims(made["token"])
    places = [f"apiTokenId:{made['id']}", f"organizationId:{installation.organization_id}", f"workspaceId:{workspace}"]
    assert inside["permissions"] == places
    assert inside["org_id"] == installation.organization_id
    assert inside["apiTokenId"] == inside["sub"] == made["id"]
    assert inside["isAstronomerGenerated"] is True
    left = datetime.fromtimestamp(int(str(inside["exp"])), UTC) - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(days=1)


def test_a_changed_signature_opens_nothing(installation: Installation) -> None:
    forged = installation.owner.token[:-1] + ("A" if installation.owner.token[-1] != "A" else "B")

    refused = Caller(forged).get("/v1/organizations")

    assert (refused.status, refused.body["code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer nonsense"])
def test_without_a_known_token_nobody_gets_in(installation: Installation, header: str) -> None:
    from functions.tenancy.app import handler
    from tests.support.http import event, parse

    refused = parse(handler(event("GET", "/v1/organizations", headers={"authorization": header}), None))

    assert refused.status == 401
    assert refused.body["requestId"] == "request-1"


def test_an_expired_token_is_told_so(installation: Installation) -> None:
    made = make(installation.owner, installation)
    key = f"HASH#{digest(str(made['token']))}"
    credential = reads.get(Credential, key, "PRINCIPAL")
    assert credential is not None
    writes.commit(writes.put(tables.item(key, "PRINCIPAL", replace(credential, end_at=datetime.now(UTC)))))

    refused = Caller(str(made["token"])).get("/v1/organizations")

    assert refused.status == 401
    assert "expired" in refused.body["message"]


def test_a_deleted_token_is_dead_at_the_next_request(installation: Installation) -> None:
    made = make(installation.owner, installation)
    holder = Caller(str(made["token"]))
    assert holder.get("/v1/organizations").status == 200

    assert installation.owner.delete(f"{installation.path}/tokens/{made['id']}").status == 204

    assert holder.get("/v1/organizations").status == 401
    assert installation.owner.get(f"{installation.path}/tokens/{made['id']}").status == 404


def test_a_rotated_token_has_a_new_value_and_the_old_one_is_dead(installation: Installation) -> None:
    made = make(installation.owner, installation, tokenExpiryPeriodInDays=7)

    rotated = installation.owner.post(f"{installation.path}/tokens/{made['id']}/rotate").body

    assert rotated["id"] == made["id"]
    assert rotated["lastRotatedAt"] is not None
    assert rotated["token"] != made["token"]
    assert Caller(rotated["token"]).get("/v1/organizations").status == 200
    assert Caller(str(made["token"])).get("/v1/organizations").status == 401
    assert claims(rotated["token"])["apiTokenId"] == made["id"]


def test_a_deployment_token_sees_its_deployments_workspace_and_no_other(installation: Installation) -> None:
    workspace, other = installation.workspace("mine"), installation.workspace("other")
    deployment = a_deployment(organization_id=installation.organization_id, workspace_id=workspace)
    deployments.create(deployment)

    made = make(installation.owner, installation, role="DEPLOYMENT_ADMIN", scope="DEPLOYMENT", entityId=deployment.id)

    holder = Caller(str(made["token"]))
    assert [each["entityId"] for each in made["roles"]] == [deployment.id]  # type: ignore[attr-defined]
    assert f"workspaceId:{workspace}" in claims(made["token"])["permissions"]  # type: ignore[operator]
    assert holder.get(f"{installation.path}/workspaces/{workspace}").status == 200
    assert holder.get(f"{installation.path}/workspaces/{other}").status == 404
    assert holder.delete(f"{installation.path}/workspaces/{workspace}").status == 403


def test_nobody_grants_more_than_they_hold(installation: Installation) -> None:
    workspace = installation.workspace()
    operator = installation.somebody("WORKSPACE_OPERATOR", workspace)
    body = {"name": "ci", "scope": "WORKSPACE", "entityId": workspace}

    refused = operator.post(f"{installation.path}/tokens", body | {"role": "WORKSPACE_OWNER"})

    assert refused.status == 403
    assert "nobody grants more than they hold" in refused.body["message"]
    assert operator.post(f"{installation.path}/tokens", body | {"role": "WORKSPACE_OPERATOR"}).status == 200


def test_rotating_a_mightier_token_is_no_way_to_its_power(installation: Installation) -> None:
    workspace = installation.workspace()
    owners = make(installation.owner, installation, role="WORKSPACE_OWNER", scope="WORKSPACE", entityId=workspace)
    operator = installation.somebody("WORKSPACE_OPERATOR", workspace)

    refused = operator.post(f"{installation.path}/tokens/{owners['id']}/rotate")

    assert refused.status == 403
    assert Caller(str(owners["token"])).get("/v1/organizations").status == 200


def test_a_list_shows_the_tokens_of_places_whose_tokens_one_may_see(installation: Installation) -> None:
    mine, theirs = installation.workspace("mine"), installation.workspace("theirs")
    for name, workspace in (("a", mine), ("b", theirs)):
        make(installation.owner, installation, name=name, role="WORKSPACE_MEMBER", scope="WORKSPACE", entityId=workspace)
    operator = installation.somebody("WORKSPACE_OPERATOR", mine)
    member = installation.somebody("WORKSPACE_MEMBER", mine)

    def names(caller: Caller, **query: object) -> set[str]:
        return {each["name"] for each in caller.get(f"{installation.path}/tokens", **query).body["tokens"]}

    assert names(installation.owner) == {"first owner", "a", "b", "workspace_operator", "workspace_member"}
    assert names(installation.owner, includeOnlyOrganizationTokens="true") == {"first owner"}
    assert names(installation.owner, workspaceId=theirs) == {"b"}
    assert names(operator) == {"a", "workspace_operator", "workspace_member"}
    assert names(member) == set()
    refused = member.get(f"{installation.path}/tokens", workspaceId=mine)
    assert (refused.status, refused.body["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tokenExpiryPeriodInDays": 0}, "tokenExpiryPeriodInDays"),
        ({"tokenExpiryPeriodInDays": 3651}, "tokenExpiryPeriodInDays"),
        ({"tokenExpiryPeriodInDays": "7"}, "tokenExpiryPeriodInDays"),
        ({"scope": "CLUSTER"}, "scope"),
        ({"role": "EMPEROR"}, "role"),
        ({"role": "WORKSPACE_OWNER"}, "role"),
        ({"role": "CLUSTER_AGENT"}, "role"),
        ({"scope": "WORKSPACE", "role": "WORKSPACE_OWNER"}, "entityId"),
        ({"entityId": "c" + "0" * 24}, "entityId"),
        ({"name": ""}, "name"),
        ({"kind": "SECRET"}, "kind"),
    ],
)
def test_a_token_that_cannot_be_is_refused_by_its_field(installation: Installation, changes: dict[str, object], field: str) -> None:
    body = {"name": "ci", "role": "ORGANIZATION_OWNER", "scope": "ORGANIZATION"} | changes

    refused = installation.owner.post(f"{installation.path}/tokens", body)

    assert (refused.status, refused.fields) == (400, [field])


def test_a_missing_place_is_named_in_the_message_too_because_some_clients_print_nothing_else(installation: Installation) -> None:
    refused = installation.owner.post(f"{installation.path}/tokens", {"name": "ci", "scope": "WORKSPACE", "role": "WORKSPACE_OWNER"})

    assert refused.body["message"] == "`entityId` is required for the scope `WORKSPACE`"


def test_another_tenants_id_in_a_body_is_refused_like_an_unknown_one(installation: Installation) -> None:
    other = another(installation)
    body = {"name": "ci", "role": "WORKSPACE_OWNER", "scope": "WORKSPACE"}

    theirs = other.owner.post(f"{other.path}/tokens", body | {"entityId": installation.workspace()})
    unknown = other.owner.post(f"{other.path}/tokens", body | {"entityId": "c" + "0" * 24})

    assert theirs.status == unknown.status == 400
    assert theirs.body == unknown.body
    assert theirs.fields == ["entityId"]


def test_another_tenants_token_looks_like_a_missing_one(installation: Installation) -> None:
    other, made = another(installation), make(installation.owner, installation)

    for path in (f"{other.path}/tokens/{made['id']}", f"{installation.path}/tokens/{made['id']}"):
        assert other.owner.get(path).status == other.owner.delete(path).status == other.owner.post(f"{path}/rotate").status == 404
    assert Caller(str(made["token"])).get("/v1/organizations").status == 200


def test_a_header_may_be_written_in_any_case(installation: Installation) -> None:
    assert principals.authenticate(f"bearer {installation.owner.token}").organization_id == installation.organization_id


def test_a_token_takes_another_name_and_keeps_its_value(installation: Installation) -> None:
    made = make(installation.owner, installation, description="for the pipeline")
    path = f"{installation.path}/tokens/{made['id']}"

    renamed = installation.owner.post(path, {"name": "nightly"}).body

    assert (renamed["name"], renamed["description"], renamed["token"]) == ("nightly", "for the pipeline", None)
    assert installation.owner.get(path).body["name"] == "nightly"
    assert Caller(str(made["token"])).get("/v1/users/self").body["fullName"] == "nightly"


def test_a_token_that_was_deleted_does_not_come_back_with_a_new_name(installation: Installation) -> None:
    made = make(installation.owner, installation)
    path = f"{installation.path}/tokens/{made['id']}"
    assert installation.owner.delete(path).status == 204

    assert installation.owner.post(path, {"name": "nightly"}).status == 404
    assert Caller(str(made["token"])).get("/v1/users/self").status == 401


@pytest.mark.parametrize("name", ["", "n" * 257])
def test_a_tokens_name_is_bounded(installation: Installation, name: str) -> None:
    made = make(installation.owner, installation)

    refused = installation.owner.post(f"{installation.path}/tokens/{made['id']}", {"name": name})

    assert (refused.status, refused.fields) == (400, ["name"])


def principal_of(token: dict[str, object]) -> tuple[str, str]:
    return f"HASH#{digest(str(token['token']))}", "PRINCIPAL"


def noted(token: dict[str, object], ago: timedelta) -> None:
    """As if its last use had been noted that long ago."""
    bound = tables.table()
    bound(*principal_of(token)).update(actions=[bound.used.set(int((datetime.now(UTC) - ago).timestamp()))])


def last_used(installation: Installation, token: dict[str, object]) -> datetime | None:
    told = installation.owner.get(f"{installation.path}/tokens/{token['id']}").body["lastUsedAt"]
    return datetime.fromisoformat(told) if told else None


def test_a_token_tells_when_it_was_last_used(installation: Installation) -> None:
    made = make(installation.owner, installation)
    assert last_used(installation, made) is None

    Caller(str(made["token"])).get("/v1/organizations")

    used = last_used(installation, made)
    assert used is not None
    assert timedelta() <= datetime.now(UTC) - used < timedelta(minutes=1)
    rotated = installation.owner.post(f"{installation.path}/tokens/{made['id']}/rotate").body
    assert datetime.fromisoformat(rotated["lastUsedAt"]) == used
    installation.owner.post(f"{installation.path}/tokens/{made['id']}", {"name": "nightly"})
    assert last_used(installation, made) == used


def test_a_use_is_noted_once_an_hour_and_costs_nothing_in_between(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(installation.owner, installation)
    noted(made, timedelta(minutes=90))
    Caller(str(made["token"])).get("/v1/organizations")
    fresh = last_used(installation, made)
    assert fresh is not None
    assert datetime.now(UTC) - fresh < timedelta(minutes=1)

    noted(made, timedelta(minutes=30))
    written = []
    monkeypatch.setattr(tables.Item, "update", lambda *_, **changes: written.append(changes))
    assert Caller(str(made["token"])).get("/v1/organizations").status == 200
    assert written == []


def test_no_request_fails_because_its_time_could_not_be_noted(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(installation.owner, installation)

    def away(*_: object, **__: object) -> None:
        raise UpdateError("throttled")

    monkeypatch.setattr(tables.Item, "update", away)

    assert Caller(str(made["token"])).get("/v1/organizations").status == 200
    assert last_used(installation, made) is None


def test_a_token_that_is_deleted_while_its_use_is_noted_does_not_come_back(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(installation.owner, installation)
    write = tables.Item.update

    def too_late(row: tables.Item, *args: Any, **changes: Any) -> Any:
        monkeypatch.setattr(tables.Item, "update", write)
        assert installation.owner.delete(f"{installation.path}/tokens/{made['id']}").status == 204
        return write(row, *args, **changes)

    monkeypatch.setattr(tables.Item, "update", too_late)
    assert Caller(str(made["token"])).get("/v1/organizations").status == 200

    assert reads.row(*principal_of(made)) is None
    assert Caller(str(made["token"])).get("/v1/organizations").status == 401


def test_the_tokens_of_a_workspace_end_with_it(installation: Installation) -> None:
    workspace, other = installation.workspace("mine"), installation.workspace("other")
    ends = make(installation.owner, installation, role="WORKSPACE_OWNER", scope="WORKSPACE", entityId=workspace)
    stays = make(installation.owner, installation, role="WORKSPACE_OWNER", scope="WORKSPACE", entityId=other)

    assert Caller(str(ends["token"])).delete(f"{installation.path}/workspaces/{workspace}").status == 204

    assert Caller(str(ends["token"])).get("/v1/organizations").status == 401
    assert Caller(str(stays["token"])).get("/v1/organizations").status == 200
    listed = {each["id"] for each in installation.owner.get(f"{installation.path}/tokens").body["tokens"]}
    assert (ends["id"] in listed, stays["id"] in listed) == (False, True)


def test_a_token_that_is_rotated_while_its_workspace_goes_ends_all_the_same(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = installation.workspace()
    made = make(installation.owner, installation, role="WORKSPACE_OWNER", scope="WORKSPACE", entityId=workspace)
    delete, values = tokens.delete, list[str]()

    def rotated_first(token: Token) -> None:
        if not values:
            values.append(installation.owner.post(f"{installation.path}/tokens/{token.id}/rotate").body["token"])
        delete(token)

    monkeypatch.setattr(tokens, "delete", rotated_first)
    assert installation.owner.delete(f"{installation.path}/workspaces/{workspace}").status == 204

    assert {Caller(each).get("/v1/organizations").status for each in [str(made["token"]), *values]} == {401}


def test_no_token_is_made_in_a_workspace_that_goes_at_that_moment(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = installation.workspace()
    body = {"name": "late", "role": "WORKSPACE_OWNER", "scope": "WORKSPACE", "entityId": workspace}
    commit = writes.commit

    def too_late(*all: writes.Write) -> None:
        monkeypatch.setattr(writes, "commit", commit)
        assert installation.owner.delete(f"{installation.path}/workspaces/{workspace}").status == 204
        commit(*all)

    monkeypatch.setattr(writes, "commit", too_late)

    assert installation.owner.post(f"{installation.path}/tokens", body).status == 404
    assert "late" not in {each["name"] for each in installation.owner.get(f"{installation.path}/tokens").body["tokens"]}
