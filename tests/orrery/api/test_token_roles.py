"""The roles of API tokens: added to places inside their home, kept at home, and changed by those alone who may do so at that place."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from orrery import names
from orrery.minting import digest
from orrery.store import deployments, tokens

from tests.support.builders import a_deployment
from tests.support.http import Answer, Caller
from tests.support.installation import Installation, another
from tests.support.people import member

Json = dict[str, Any]


def made(installation: Installation, role: str = "ORGANIZATION_MEMBER", entity_id: str = "") -> Json:
    """A token of the Organization, or of the thing named."""
    body = {"name": "ci", "role": role, "scope": role.partition("_")[0], "entityId": entity_id or None}
    return dict(installation.owner.post(f"{installation.path}/tokens", body).body)


def deployment(installation: Installation, workspace: str) -> str:
    asked = a_deployment(name=names.new_id(), organization_id=installation.organization_id, workspace_id=workspace)
    deployments.create(asked)
    return asked.id


def on(entity_id: str, role: str, scope: str = "") -> Json:
    return {"entityType": scope or role.partition("_")[0], "entityId": entity_id, "role": role}


def home(installation: Installation, role: str = "ORGANIZATION_MEMBER") -> Json:
    return on(installation.organization_id, role)


def give(caller: Caller, installation: Installation, token: Json, *roles: Json) -> Answer:
    return caller.post(f"{installation.path}/tokens/{token['id']}/roles", {"roles": roles})


def held(installation: Installation, token: Json) -> list[tuple[str, str]]:
    return [(each["entityId"], each["role"]) for each in installation.owner.get(f"{installation.path}/tokens/{token['id']}").body["roles"]]


def test_a_token_of_the_organization_is_added_to_a_workspace_and_a_deployment_and_taken_away_again(installation: Installation) -> None:
    workspace, other = installation.workspace("mine"), installation.workspace("other")
    etl, token = deployment(installation, other), made(installation)
    holder = Caller(token["token"])
    assert holder.get(f"{installation.path}/workspaces/{workspace}").status == 404

    given = give(
        installation.owner, installation, token, on(workspace, "WORKSPACE_AUTHOR"), on(etl, "DEPLOYMENT_ADMIN"), home(installation)
    )

    assert given.body == {
        "organizationRole": "ORGANIZATION_MEMBER",
        "workspaceRoles": [{"workspaceId": workspace, "role": "WORKSPACE_AUTHOR"}],
        "deploymentRoles": [{"deploymentId": etl, "role": "DEPLOYMENT_ADMIN"}],
        "dagRoles": [],
    }
    assert held(installation, token)[0] == (installation.organization_id, "ORGANIZATION_MEMBER")
    assert holder.get(f"{installation.path}/workspaces/{workspace}").status == 200
    assert holder.get(f"{installation.path}/deployments/{etl}").status == 200
    assert holder.get(f"{installation.path}/workspaces/{other}").status == 200, "it may know the workspace of its deployment"

    assert give(installation.owner, installation, token, home(installation)).status == 200
    assert {holder.get(f"{installation.path}/{each}").status for each in (f"workspaces/{workspace}", f"deployments/{etl}")} == {404}
    assert holder.get(installation.path).status == 200


def test_the_role_at_home_may_change_but_not_go(installation: Installation) -> None:
    workspace = installation.workspace()
    token = made(installation, "WORKSPACE_MEMBER", workspace)
    path = f"{installation.path}/workspaces/{workspace}"

    assert give(installation.owner, installation, token, on(workspace, "WORKSPACE_OWNER")).status == 200
    assert Caller(token["token"]).get(f"{installation.path}/tokens", workspaceId=workspace).status == 200

    for roles in ([], [on(deployment(installation, workspace), "DEPLOYMENT_ADMIN")], [on(workspace, "WORKSPACE_OWNER")] * 2):
        refused = give(installation.owner, installation, token, *roles)
        assert (refused.status, refused.fields) == (400, ["roles"])
    assert Caller(token["token"]).get(path).status == 200


def test_a_token_does_not_leave_its_home(installation: Installation) -> None:
    mine, other = installation.workspace("mine"), installation.workspace("other")
    here, there = deployment(installation, mine), deployment(installation, other)
    token, narrow = made(installation, "WORKSPACE_MEMBER", mine), made(installation, "DEPLOYMENT_ADMIN", here)
    at_home = on(mine, "WORKSPACE_MEMBER")

    assert give(installation.owner, installation, token, at_home, on(here, "DEPLOYMENT_ADMIN")).status == 200
    for outside, field in (
        (home(installation), "roles[1].entityId"),
        (on(other, "WORKSPACE_MEMBER"), "roles[1].entityId"),
        (on(there, "DEPLOYMENT_ADMIN"), "roles"),
    ):
        refused = give(installation.owner, installation, token, at_home, outside)
        assert (refused.status, refused.fields) == (400, [field])
    refused = give(installation.owner, installation, narrow, on(here, "DEPLOYMENT_ADMIN"), on(mine, "WORKSPACE_MEMBER"))
    assert (refused.status, refused.fields) == (400, ["roles[1].entityId"])


@pytest.mark.parametrize(
    ("role", "field"),
    [
        ({"role": "WORKSPACE_EMPEROR"}, "roles[0].role"),
        ({"role": "ORGANIZATION_OWNER"}, "roles[0].role"),
        ({"entityId": "c" + "0" * 24}, "roles[0].entityId"),
        ({"entityType": "DAG", "role": "DAG_VIEWER"}, "roles[0].deploymentId"),
        ({"entityType": "DAG", "entityId": "a b"}, "roles[0].entityId"),
        ({"entityType": "DAG_TAG", "entityId": "t" * 101}, "roles[0].entityId"),
        ({"entityType": "DAG", "role": "DAG_VIEWER", "deploymentId": "c" + "0" * 24}, "roles[0].deploymentId"),
        ({"deploymentId": "c" + "0" * 24}, "roles[0].deploymentId"),
        ({"entityType": "CLUSTER"}, "roles[0].entityType"),
        ({"entityType": "DEPLOYMENT", "role": "DEPLOYMENT_AGENT"}, "roles[0].role"),
        ({"entityId": "c" * 26}, "roles[0].entityId"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(installation: Installation, role: Json, field: str) -> None:
    workspace, token = installation.workspace(), made(installation)

    refused = give(installation.owner, installation, token, on(workspace, "WORKSPACE_MEMBER") | role, home(installation))

    assert refused.status == 400
    assert field in refused.fields
    assert held(installation, token) == [(installation.organization_id, "ORGANIZATION_MEMBER")]


def test_another_tenants_workspace_is_refused_like_an_unknown_one(installation: Installation) -> None:
    other, token = another(installation), made(installation)

    answers = [
        give(installation.owner, installation, token, on(id, "WORKSPACE_MEMBER"), home(installation))
        for id in (other.workspace(), names.new_id())
    ]

    assert {each.status for each in answers} == {400}
    assert len({(each.body["message"], str(each.body["fieldErrors"])) for each in answers}) == 1
    assert give(other.owner, installation, token, home(installation)).status == 404


def test_nobody_gives_a_token_more_than_they_hold(installation: Installation) -> None:
    workspace = installation.workspace()
    token, operator = made(installation, "WORKSPACE_MEMBER", workspace), installation.somebody("WORKSPACE_OPERATOR", workspace)

    refused = give(operator, installation, token, on(workspace, "WORKSPACE_OWNER"))

    assert refused.status == 403
    assert "nobody grants more than they hold" in refused.body["message"]
    assert give(operator, installation, token, on(workspace, "WORKSPACE_OPERATOR")).status == 200


def test_who_manages_the_tokens_of_one_workspace_adds_one_there_and_touches_no_role_elsewhere(installation: Installation) -> None:
    mine, other = installation.workspace("mine"), installation.workspace("other")
    token, operator = made(installation), installation.somebody("WORKSPACE_OPERATOR", mine)
    here, there = on(mine, "WORKSPACE_MEMBER"), on(other, "WORKSPACE_MEMBER")
    assert give(operator, installation, token, here, home(installation)).status == 404, "it has no role where they could see it"
    assert give(installation.owner, installation, token, here, there, home(installation)).status == 200

    assert give(operator, installation, token, on(mine, "WORKSPACE_OPERATOR"), there, home(installation)).status == 200
    for roles in ([here, home(installation)], [here, there, home(installation, "ORGANIZATION_OWNER")]):
        assert give(operator, installation, token, *roles).status in (403, 404)
    assert held(installation, token)[1:] == [(mine, "WORKSPACE_OPERATOR"), (other, "WORKSPACE_MEMBER")]
    assert give(operator, installation, token, there, home(installation)).status == 200
    assert held(installation, token)[1:] == [(other, "WORKSPACE_MEMBER")]


def test_a_token_is_rotated_renamed_and_deleted_at_home_only(installation: Installation) -> None:
    workspace = installation.workspace()
    token, owner = made(installation), installation.somebody("WORKSPACE_OWNER", workspace)
    give(installation.owner, installation, token, on(workspace, "WORKSPACE_MEMBER"), home(installation))
    path = f"{installation.path}/tokens/{token['id']}"

    assert owner.get(path).status == 200
    assert {owner.post(f"{path}/rotate").status, owner.post(path, {"name": "mine"}).status, owner.delete(path).status} == {403}
    assert Caller(token["token"]).get(installation.path).status == 200


def test_rotating_a_token_takes_what_it_holds_everywhere(installation: Installation) -> None:
    workspace = installation.workspace()
    etl, token = deployment(installation, workspace), made(installation, "WORKSPACE_OPERATOR", workspace)
    operator = installation.somebody("WORKSPACE_OPERATOR", workspace)
    custom = {"name": "keys", "scopeType": "DEPLOYMENT", "permissions": ["deployment.apiTokens.create"]}
    assert installation.owner.post(f"{installation.path}/roles", custom).status == 200
    path = f"{installation.path}/tokens/{token['id']}/rotate"
    assert operator.post(path).status == 200

    assert give(installation.owner, installation, token, on(workspace, "WORKSPACE_OPERATOR"), on(etl, "keys", "DEPLOYMENT")).status == 200

    assert operator.post(path).status == 403
    assert installation.owner.post(path).status == 200


def test_lists_find_a_token_wherever_it_was_added(installation: Installation) -> None:
    workspace, other = installation.workspace("mine"), installation.workspace("other")
    etl, token = deployment(installation, workspace), made(installation)
    give(installation.owner, installation, token, on(workspace, "WORKSPACE_MEMBER"), on(etl, "DEPLOYMENT_ADMIN"), home(installation))
    operator, stranger = installation.somebody("WORKSPACE_OPERATOR", workspace), installation.somebody("WORKSPACE_OPERATOR", other)

    def listed(caller: Caller, **asked: str) -> list[str]:
        return [each["id"] for each in caller.get(f"{installation.path}/tokens", **asked).body["tokens"] if each["name"] == "ci"]

    assert listed(installation.owner, workspaceId=workspace) == listed(installation.owner, deploymentId=etl) == [token["id"]]
    assert listed(installation.owner, workspaceId=other) == []
    assert listed(operator) == listed(operator, workspaceId=workspace) == [token["id"]]
    assert listed(stranger) == []


def test_whoever_sees_a_token_and_changes_nothing_leaves_no_trace(installation: Installation) -> None:
    token, (_, eve) = made(installation), member(installation)
    path = f"{installation.path}/tokens/{token['id']}"
    told = installation.owner.get(path).body

    assert give(installation.owner, installation, token, home(installation)).status == 200
    assert installation.owner.get(path).body == told
    assert give(eve, installation, token, home(installation)).status == 404


def test_of_a_rotation_and_a_change_of_roles_at_once_one_wins_and_no_old_value_lives_on(installation: Installation) -> None:
    workspace, token = installation.workspace(), made(installation)
    path = f"{installation.path}/tokens/{token['id']}"
    values = [token["token"]]
    for _ in range(5):
        with ThreadPoolExecutor(2) as both:
            rotating = both.submit(installation.owner.post, f"{path}/rotate")
            giving = both.submit(give, installation.owner, installation, token, on(workspace, "WORKSPACE_MEMBER"), home(installation))
        assert {rotating.result().status, giving.result().status} <= {200, 409}
        if rotating.result().status == 200:
            values.append(rotating.result().body["token"])
        give(installation.owner, installation, token, home(installation))

    known = tokens.load(installation.organization_id, token["id"]).hash
    assert known == digest(values[-1])
    assert {Caller(each).get(installation.path).status for each in values[:-1]} <= {401}
    assert Caller(values[-1]).get(installation.path).status == 200


def on_dags(deployment_id: str, name: str, role: str = "DAG_VIEWER", scope: str = "DAG") -> Json:
    return on(name, role, scope) | {"deploymentId": deployment_id}


def test_a_token_has_roles_on_dags_and_tags_and_knows_what_they_lie_in(installation: Installation) -> None:
    workspace = installation.workspace()
    etl, token = deployment(installation, workspace), made(installation)
    holder, wanted = Caller(token["token"]), [home(installation), on_dags(etl, "weather"), on_dags(etl, "a: b", "DAG_AUTHOR", "DAG_TAG")]

    given = give(installation.owner, installation, token, *wanted)

    assert given.status == 200
    assert [(each["dagId"], each["dagTag"], each["role"]) for each in given.body["dagRoles"]] == [
        ("weather", None, "DAG_VIEWER"), (None, "a: b", "DAG_AUTHOR"),
    ]  # fmt: skip
    assert (given.body["workspaceRoles"], given.body["deploymentRoles"]) == ([], [])
    shown = installation.owner.get(f"{installation.path}/tokens/{token['id']}").body["roles"]
    assert [each["deploymentId"] for each in shown] == [None, etl, etl]
    paths = [f"{installation.path}/{each}" for each in (f"workspaces/{workspace}", f"deployments/{etl}")]
    assert {holder.get(path).status for path in paths} == {200}
    assert [each["id"] for each in installation.owner.get(f"{installation.path}/tokens", dagId="weather").body["tokens"]] == [token["id"]]

    assert give(installation.owner, installation, token, *wanted).status == 200, "what it holds can be sent back"
    assert installation.owner.post(f"{installation.path}/tokens/{token['id']}/rotate", {}).status == 200
    assert give(installation.owner, installation, token, home(installation)).body["dagRoles"] == []


def test_on_dags_too_a_token_stays_in_its_home(installation: Installation) -> None:
    mine, other = installation.workspace("mine"), installation.workspace("other")
    here, beside, there = deployment(installation, mine), deployment(installation, mine), deployment(installation, other)
    wide, narrow = made(installation, "WORKSPACE_MEMBER", mine), made(installation, "DEPLOYMENT_ADMIN", here)

    for token, at_home, outside in (
        (wide, on(mine, "WORKSPACE_MEMBER"), there),
        (narrow, on(here, "DEPLOYMENT_ADMIN"), beside),
        (narrow, on(here, "DEPLOYMENT_ADMIN"), there),
    ):
        refused = give(installation.owner, installation, token, at_home, on_dags(outside, "etl"))
        assert (refused.status, refused.fields) == (400, ["roles"])
        assert give(installation.owner, installation, token, at_home, on_dags(here, "etl")).status == 200


def test_a_role_on_a_dag_takes_a_role_of_dags_a_deployment_that_is_seen_and_the_power_to_give_it(installation: Installation) -> None:
    workspace = installation.workspace()
    etl, token = deployment(installation, workspace), made(installation, "WORKSPACE_MEMBER", workspace)
    other, at_home = another(installation), on(workspace, "WORKSPACE_MEMBER")
    strange = deployment(other, other.workspace())

    for asked, field in (
        (on_dags(etl, "etl", "DEPLOYMENT_ADMIN"), "roles[1].role"),
        (on_dags(strange, "etl"), "roles[1].deploymentId"),
        (on_dags(names.new_id(), "etl"), "roles[1].deploymentId"),
    ):
        refused = give(installation.owner, installation, token, at_home, asked)
        assert (refused.status, refused.fields) == (400, [field])
    author = installation.somebody("WORKSPACE_AUTHOR", workspace)
    assert give(author, installation, token, at_home, on_dags(etl, "etl")).status in (403, 404)
    assert held(installation, token) == [(workspace, "WORKSPACE_MEMBER")]


@pytest.mark.parametrize("scopes", [["WORKSPACE"], ["DEPLOYMENT"], ["DAG", "DAG_TAG"]])
def test_more_than_a_hundred_roles_of_one_kind_are_refused(installation: Installation, scopes: list[str]) -> None:
    """A request may name two hundred roles, but whoever holds them holds a hundred of a kind; DAGs and tags are one."""
    token = made(installation)
    many = [on(f"{scope.lower()}{number}", "WORKSPACE_MEMBER", scope) for number in range(101) for scope in scopes][:101]
    asked = [each | ({"deploymentId": names.new_id()} if len(scopes) > 1 else {}) for each in many]

    refused = give(installation.owner, installation, token, home(installation), *asked)

    assert (refused.status, refused.fields) == (400, ["roles"])
    assert refused.body["fieldErrors"][0]["code"] == "TOO_MANY"
    assert held(installation, token) == [(installation.organization_id, "ORGANIZATION_MEMBER")]
