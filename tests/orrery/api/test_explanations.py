"""Explaining access through the API: the same answer as the check, with the grant that decides it."""

from datetime import UTC, datetime

import pytest
from orrery import names
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role
from orrery.model.token import Grant, TokenScope
from orrery.store import deployments, teams

from tests.support.builders import a_deployment
from tests.support.http import Answer, Caller
from tests.support.installation import Installation, another


def ask(caller: Caller, installation: Installation, subject: str, permission: str, resource: str) -> Answer:
    return caller.get(f"{installation.path}/authorization/explain", subject=subject, permission=permission, resource=resource)


def me(caller: Caller) -> str:
    return str(caller.get("/v1/users/self").body["id"])


def test_it_names_the_role_that_gives_a_permission_and_where_it_is_held(installation: Installation) -> None:
    workspace = installation.workspace()
    author = installation.somebody("WORKSPACE_AUTHOR", workspace)
    deployment = a_deployment(organization_id=installation.organization_id, workspace_id=workspace)
    deployments.create(deployment)

    answer = ask(installation.owner, installation, me(author), "deployment.deploys.create", deployment.id).body

    assert answer["isAllowed"] is True
    assert (answer["resourceType"], answer["resourceId"]) == ("DEPLOYMENT", deployment.id)
    assert answer["reasons"] == [
        {"role": "WORKSPACE_AUTHOR", "entityType": "WORKSPACE", "entityId": workspace, "deploymentId": None, "teamName": None}
    ]
    assert "the role `WORKSPACE_AUTHOR` on the workspace" in answer["message"]


def test_it_names_the_team_through_which_a_role_is_held(installation: Installation) -> None:
    workspace = installation.workspace()
    team_id = installation.owner.post(f"{installation.path}/teams", {"name": "platform", "memberIds": [installation.owner_id]}).body["id"]
    team = teams.load(installation.organization_id, team_id)
    grant = Grant(TokenScope.WORKSPACE, workspace, Role.WORKSPACE_MEMBER)
    teams.save(team.grant((*team.grants, grant), by=team.created_by, now=datetime.now(UTC)), before=team)

    answer = ask(installation.owner, installation, installation.owner_id, "workspace.get", workspace).body

    assert [each["teamName"] for each in answer["reasons"]] == [None, "platform"]


def test_a_refusal_says_what_is_held_and_which_role_would_do(installation: Installation) -> None:
    workspace = installation.workspace()
    member = installation.somebody("WORKSPACE_MEMBER", workspace)

    answer = ask(member, installation, me(member), "workspace.update", workspace).body

    assert (answer["isAllowed"], answer["reasons"]) == (False, [])
    assert "they hold the role `WORKSPACE_MEMBER`" in answer["message"]
    assert "the role `WORKSPACE_OWNER` has it" in answer["message"]


def test_what_everybody_may_needs_no_role(installation: Installation) -> None:
    token = installation.somebody("WORKSPACE_MEMBER", installation.workspace())

    answer = ask(token, installation, me(token), "organization.get", installation.organization_id).body

    assert (answer["isAllowed"], answer["reasons"]) == (True, [])


@pytest.mark.parametrize("role", ["ORGANIZATION_OWNER", "ORGANIZATION_BILLING_ADMIN", "ORGANIZATION_MEMBER"])
def test_it_never_disagrees_with_the_check(installation: Installation, role: str) -> None:
    token = installation.somebody(role)
    explained = {
        permission: ask(installation.owner, installation, me(token), permission, installation.organization_id).body["isAllowed"]
        for permission in ("organization.teams.create", "organization.teams.get", "organization.workspaces.create")
    }

    tried = {
        "organization.teams.create": token.post(f"{installation.path}/teams", {"name": f"by {role}"}).status == 200,
        "organization.teams.get": token.get(f"{installation.path}/teams").status == 200,
        "organization.workspaces.create": token.post(f"{installation.path}/workspaces", {"name": f"by {role}"}).status == 200,
    }
    assert explained == tried


def test_who_may_not_see_a_subject_or_a_thing_learns_nothing_of_it(installation: Installation) -> None:
    other = another(installation)
    workspace = installation.workspace()
    token = installation.somebody("WORKSPACE_MEMBER", workspace)

    subjects = [ask(other.owner, other, id, "organization.get", other.organization_id) for id in (installation.owner_id, names.new_id())]
    things = [ask(other.owner, other, other.owner_id, "workspace.get", id) for id in (workspace, names.new_id())]
    lower = [
        ask(token, installation, id, "organization.get", installation.organization_id) for id in (installation.owner_id, names.new_id())
    ]

    for answers in (subjects, things, lower):
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].words == answers[1].words
    assert ask(other.owner, installation, installation.owner_id, "organization.get", installation.organization_id).status == 404


@pytest.mark.parametrize("permission", ["deployment.fly", "", Permission.CLUSTER_REPORT.value])
def test_an_unknown_permission_is_refused_by_its_field(installation: Installation, permission: str) -> None:
    refused = ask(installation.owner, installation, installation.owner_id, permission, installation.organization_id)

    assert (refused.status, refused.fields) == (400, ["permission"])
