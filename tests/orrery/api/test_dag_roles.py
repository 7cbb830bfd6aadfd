"""Roles on single DAGs and tags through the API: given, taken, shown, found and explained, and never more than the giver holds."""

from dataclasses import replace
from typing import Any

import pytest
from orrery import names
from orrery.model.token import Grant, TokenScope
from orrery.store import deployments, tokens

from tests.support.builders import a_deployment
from tests.support.http import Answer, Caller
from tests.support.installation import Installation, another
from tests.support.people import member
from tests.support.people import team as team_of

Role = dict[str, str]


@pytest.fixture
def workspace(installation: Installation) -> str:
    return installation.workspace()


@pytest.fixture
def deployment(installation: Installation, workspace: str) -> str:
    return deployment_in(installation, workspace)


def deployment_in(installation: Installation, workspace: str) -> str:
    made = a_deployment(name=names.new_id(), organization_id=installation.organization_id, workspace_id=workspace)
    deployments.create(made)
    return made.id


def give(installation: Installation, user: str, *roles: Role, by: Caller | None = None) -> Answer:
    return (by or installation.owner).post(f"{installation.path}/users/{user}/roles", {"dagRoles": [*roles]})


def on_dag(deployment: str, dag: str = "etl", role: str = "DAG_VIEWER") -> Role:
    return {"deploymentId": deployment, "role": role, "dagId": dag}


def on_tag(deployment: str, tag: str = "finance", role: str = "DAG_AUTHOR") -> Role:
    return {"deploymentId": deployment, "role": role, "dagTag": tag}


def without_nothing(roles: list[dict[str, Any]]) -> list[Role]:
    return [{name: value for name, value in each.items() if value is not None} for each in roles]


def test_they_are_given_shown_and_taken_and_show_what_the_dag_lies_in(installation: Installation, workspace: str, deployment: str) -> None:
    id, eve = member(installation)
    roles = [on_dag(deployment), on_tag(deployment)]

    given = give(installation, id, *roles)

    assert (given.status, without_nothing(given.body["dagRoles"])) == (200, roles)
    assert given.body["deploymentRoles"] == [{"deploymentId": deployment, "role": "DEPLOYMENT_ACCESSOR"}]
    assert given.body["workspaceRoles"] == [{"workspaceId": workspace, "role": "WORKSPACE_ACCESSOR"}]
    assert without_nothing(installation.owner.get(f"{installation.path}/users/{id}").body["dagRoles"]) == roles
    scopes = [each["scope"] for each in eve.get("/v1/users/self").body["roles"]]
    assert {"type": "DAG", "entityId": "etl", "deploymentId": deployment, "dagTag": None} in scopes
    assert {"type": "DAG_TAG", "entityId": "finance", "deploymentId": deployment, "dagTag": "finance"} in scopes
    path = f"{installation.path}/deployments/{deployment}"
    assert (eve.get(path).status, eve.delete(path).status, eve.get(f"{path}/deploys").status) == (200, 403, 403)

    same = installation.owner.post(f"{installation.path}/users/{id}/roles", {"organizationRole": "ORGANIZATION_MEMBER"})
    assert without_nothing(same.body["dagRoles"]) == roles, "a list that is left out stays"
    taken = give(installation, id)
    assert (taken.status, taken.body["dagRoles"]) == (200, [])


def test_a_team_has_them_for_its_members(installation: Installation, deployment: str) -> None:
    id, eve = member(installation)
    team = team_of(installation, memberIds=[id])
    path, role = f"{installation.path}/deployments/{deployment}", on_tag(deployment)
    assert eve.get(path).status == 404

    given = installation.owner.post(
        f"{installation.path}/teams/{team['id']}/roles", {"organizationRole": "ORGANIZATION_MEMBER", "dagRoles": [role]}
    )

    assert (given.status, without_nothing(given.body["dagRoles"])) == (200, [role])
    assert eve.get(path).status == 200
    for shown in (installation.owner.get(f"{installation.path}/teams"), eve.get(f"{installation.path}/users/{id}/teams")):
        assert [without_nothing(each["dagRoles"]) for each in shown.body["teams"]] == [[role]]


def test_users_are_found_by_dag_and_by_tag(installation: Installation, workspace: str, deployment: str) -> None:
    other = deployment_in(installation, workspace)
    (eve, _), (dan, _), (bob, _) = member(installation, "eve"), member(installation, "dan"), member(installation, "bob")
    give(installation, eve, on_dag(deployment))
    give(installation, dan, on_tag(deployment), on_dag(other))
    give(installation, bob, on_dag(deployment, dag=deployment))

    def found(**asked: object) -> list[str]:
        return [each["username"][:3] for each in installation.owner.get(f"{installation.path}/users", **asked).body["users"]]

    assert found(dagId="etl") == ["eve", "dan"]
    assert found(dagId="etl", deploymentId=deployment) == ["eve"]
    assert found(dagTags=["finance", "red"]) == ["dan"]
    assert found(dagId="etl", dagTags="finance") == ["dan"]
    assert found(dagTags="etl") == []
    assert found(deploymentId=other) == ["dan"]


def test_a_token_that_holds_one_shows_it_is_found_by_it_and_sees_what_it_lies_in(installation: Installation, deployment: str) -> None:
    made = installation.owner.post(
        f"{installation.path}/tokens", {"name": "ci", "scope": "ORGANIZATION", "role": "ORGANIZATION_MEMBER"}
    ).body
    path, token = f"{installation.path}/deployments/{deployment}", tokens.load(installation.organization_id, made["id"])
    assert Caller(made["token"]).get(path).status == 404
    place = deployments.load(installation.organization_id, deployment)
    grants = (*token.grants, Grant(TokenScope.DAG, "etl", "DAG_VIEWER", place.workspace_id, deployment))
    tokens.save(replace(token, grants=grants, generation=token.generation + 1))

    def found(**asked: object) -> list[dict[str, Any]]:
        return list(installation.owner.get(f"{installation.path}/tokens", **asked).body["tokens"])

    assert found(dagTags="etl") == []
    (shown,) = found(dagId="etl", deploymentId=deployment)
    assert shown["roles"][1] == {"entityType": "DAG", "entityId": "etl", "deploymentId": deployment, "role": "DAG_VIEWER"}
    assert Caller(made["token"]).get(path).status == 200


def test_a_custom_role_of_dags_is_for_dags_alone(installation: Installation, deployment: str) -> None:
    body = {"name": "runner", "scopeType": "DAG", "permissions": ["dag.airflow.dag.get", "dag.airflow.dagRun.create"]}
    assert installation.owner.post(f"{installation.path}/roles", body).status == 200
    id, _ = member(installation)

    assert give(installation, id, on_dag(deployment, role="runner")).body["dagRoles"][0]["role"] == "runner"
    wrong = {"deploymentRoles": [{"deploymentId": deployment, "role": "runner"}]}
    assert installation.owner.post(f"{installation.path}/users/{id}/roles", wrong).fields == ["deploymentRoles[0].role"]
    token = {"name": "ci", "scope": "DEPLOYMENT", "entityId": deployment}
    for role in ("runner", "DAG_AUTHOR"):
        assert installation.owner.post(f"{installation.path}/tokens", token | {"role": role}).fields == ["role"]
    ci = {"name": "ci", "scopeType": "DEPLOYMENT", "permissions": ["deployment.get"]}
    assert installation.owner.post(f"{installation.path}/roles", ci).status == 200
    for role in ("ci", "DEPLOYMENT_ADMIN", "nothing"):
        assert give(installation, id, on_dag(deployment, role=role)).fields == ["dagRoles[0].role"]


def test_a_restricted_custom_role_is_not_given_elsewhere(installation: Installation, workspace: str, deployment: str) -> None:
    body = {"name": "runner", "scopeType": "DAG", "permissions": ["dag.airflow.dag.get"], "restrictedWorkspaceIds": [workspace]}
    assert installation.owner.post(f"{installation.path}/roles", body).status == 200
    elsewhere = deployment_in(installation, installation.workspace("other"))
    id, _ = member(installation)

    assert give(installation, id, on_tag(deployment, role="runner")).status == 200
    assert give(installation, id, on_tag(elsewhere, role="runner")).fields == ["dagRoles[0].role"]


def test_only_a_workspaces_owner_gives_them_there(installation: Installation, workspace: str, deployment: str) -> None:
    (boss, chief), (worker, author), (id, _) = member(installation, "chief"), member(installation, "author"), member(installation)
    path = f"{installation.path}/users/{boss}/roles"
    installation.owner.post(path, {"workspaceRoles": [{"workspaceId": workspace, "role": "WORKSPACE_OWNER"}]})
    give(installation, worker, on_dag(deployment, role="DAG_AUTHOR"))
    unseen = deployment_in(installation, installation.workspace("other"))

    assert give(installation, id, on_dag(deployment), by=chief).status == 200
    assert give(installation, id, on_dag(deployment), on_dag(unseen), by=chief).fields == ["dagRoles[1].deploymentId"]
    assert give(installation, id, on_dag(deployment, role="DAG_AUTHOR"), by=author).status == 403
    assert give(installation, worker, by=author).status == 403, "nobody takes away what they cannot give"


def test_deployments_that_are_foreign_or_nowhere_are_refused_alike(installation: Installation) -> None:
    other = another(installation)
    id, _ = member(installation)
    foreign, nowhere = deployment_in(other, other.workspace()), names.new_id()

    answers = [give(installation, id, on_dag(place)) for place in (foreign, nowhere)]

    assert [(answer.status, answer.fields) for answer in answers] == [(400, ["dagRoles[0].deploymentId"])] * 2
    assert answers[0].words == answers[1].words


@pytest.mark.parametrize(
    "wrong",
    [
        {"dagId": None},
        {"dagTag": "finance"},
        {"dagId": ""},
        {"dagId": "no spaces"},
        {"dagId": "a/b"},
        {"dagId": "d" * 251},
        {"dagId": None, "dagTag": "t" * 101},
        {"role": ""},
    ],
)
def test_what_airflow_cannot_have_cannot_be_named(installation: Installation, deployment: str, wrong: dict[str, Any]) -> None:
    id, _ = member(installation)

    refused = installation.owner.post(f"{installation.path}/users/{id}/roles", {"dagRoles": [on_dag(deployment) | wrong]})

    assert refused.status == 400
    assert [each.startswith("dagRoles[0]") for each in refused.fields] == [True]


def test_roles_in_a_deployment_that_is_gone_can_be_sent_back_and_taken_away(installation: Installation, deployment: str) -> None:
    id, _ = member(installation)
    kept = on_dag(deployment)
    give(installation, id, kept)
    deployments.forget(deployments.load(installation.organization_id, deployment))

    again = give(installation, id, kept)
    assert (again.status, without_nothing(again.body["dagRoles"])) == (200, [kept])
    assert give(installation, id, kept, on_tag(deployment)).fields == ["dagRoles[1].deploymentId"], "nothing new is given there"
    assert give(installation, id).body["dagRoles"] == []


def test_one_dag_takes_one_role_and_a_tag_of_the_same_name_is_another_place(installation: Installation, deployment: str) -> None:
    id, _ = member(installation)

    twice = give(installation, id, on_dag(deployment), on_dag(deployment, role="DAG_AUTHOR"))
    assert (twice.status, twice.fields) == (400, ["dagRoles[1].deploymentId"])
    assert give(installation, id, on_dag(deployment, "finance"), on_tag(deployment, "finance")).status == 200


def test_it_is_explained_for_a_dag_and_its_tags(installation: Installation, deployment: str) -> None:
    id, eve = member(installation)
    give(installation, id, on_dag(deployment), on_tag(deployment))

    def ask(permission: str, resource: str, **more: object) -> Answer:
        asked = {"subject": id, "permission": permission, "resource": f"{deployment}/{resource}", **more}
        return eve.get(f"{installation.path}/authorization/explain", **asked)

    seen = ask("dag.airflow.dag.get", "dag/etl").body
    assert (seen["isAllowed"], seen["resourceType"], seen["resourceId"]) == (True, "DAG", f"{deployment}/dag/etl")
    reason = {"role": "DAG_VIEWER", "entityType": "DAG", "entityId": "etl", "deploymentId": deployment, "teamName": None}
    assert seen["reasons"] == [reason]
    assert "the role `DAG_VIEWER` on the dag `etl`" in seen["message"]
    refused = ask("dag.airflow.dag.update", "dag/etl").body
    assert (refused["isAllowed"], "the role `DAG_AUTHOR` has it" in refused["message"]) == (False, True)
    assert ask("dag.airflow.dag.update", "dag/etl", dagTags=["finance"]).body["isAllowed"] is True
    assert ask("dag.airflow.dag.update", "tag/finance").body["resourceType"] == "DAG_TAG"
    assert ask("deployment.get", "dag/anything").body["isAllowed"] is True
    assert ask("dag.airflow.dag.get", "dag/other").body["isAllowed"] is False
    assert [ask("deployment.get", wrong).status for wrong in ("dag/", "moon/etl")] == [404, 404]
    assert ask("dag.airflow.dag.get", "tag/finance", dagTags="red").fields == ["dagTags"]
