"""Members and their roles through the API: given, taken, in force at the next request, and never more than the giver holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from orrery import names
from orrery.store import deployments

from tests.support.builders import a_deployment
from tests.support.http import Answer, Caller
from tests.support.installation import Installation, another
from tests.support.people import member
from tests.support.people import team as team_of


def roles(caller: Caller, installation: Installation, user_id: str, **said: object) -> Answer:
    return caller.post(f"{installation.path}/users/{user_id}/roles", said)


def deployment(installation: Installation, workspace: str) -> str:
    made = a_deployment(organization_id=installation.organization_id, workspace_id=workspace)
    deployments.create(made)
    return made.id


def on(workspace: str, role: str = "WORKSPACE_MEMBER") -> list[dict[str, str]]:
    return [{"workspaceId": workspace, "role": role}]


def test_members_are_listed_found_and_sorted(installation: Installation) -> None:
    workspace = installation.workspace()
    (eve, _), (dan, _) = member(installation, "eve"), member(installation, "dan")
    roles(installation.owner, installation, dan, workspaceRoles=on(workspace))

    def found(**asked: object) -> list[str]:
        return [each["id"] for each in installation.owner.get(f"{installation.path}/users", **asked).body["users"]]

    assert found() == [installation.owner_id, eve, dan]
    assert found(sorts="username:desc", limit=1) == [eve]
    assert found(workspaceId=workspace) == [dan]
    one = installation.owner.get(f"{installation.path}/users/{dan}").body
    assert (one["username"], one["status"], one["organizationRole"]) == ("dan@example.com", "ACTIVE", "ORGANIZATION_MEMBER")
    assert one["workspaceRoles"] == on(workspace)


def test_a_role_counts_at_the_next_request_and_is_gone_at_the_one_after_it_was_taken(installation: Installation) -> None:
    workspace = installation.workspace()
    path = f"{installation.path}/workspaces/{workspace}"
    id, eve = member(installation)
    assert eve.get(path).status == 404

    given = roles(installation.owner, installation, id, workspaceRoles=on(workspace))
    assert (given.status, given.body["workspaceRoles"]) == (200, on(workspace))
    assert eve.get(path).status == 200

    assert roles(installation.owner, installation, id, organizationRole="ORGANIZATION_MEMBER").body["workspaceRoles"] == on(workspace)
    assert roles(installation.owner, installation, id, workspaceRoles=[]).body["workspaceRoles"] == []
    assert eve.get(path).status == 404


def test_a_role_on_a_deployment_lets_one_know_its_workspace(installation: Installation) -> None:
    workspace = installation.workspace()
    own = deployment(installation, workspace)
    id, eve = member(installation)

    given = roles(installation.owner, installation, id, deploymentRoles=[{"deploymentId": own, "role": "DEPLOYMENT_ADMIN"}]).body

    assert given["workspaceRoles"] == on(workspace, "WORKSPACE_ACCESSOR")
    assert eve.get(f"{installation.path}/workspaces/{workspace}").status == 200
    assert eve.get(f"{installation.path}/deployments/{own}").status == 200


def test_a_teams_roles_are_its_members(installation: Installation) -> None:
    workspace = installation.workspace()
    id, eve = member(installation)
    team = team_of(installation, memberIds=[id])

    given = installation.owner.post(
        f"{installation.path}/teams/{team['id']}/roles", {"organizationRole": "ORGANIZATION_MEMBER", "workspaceRoles": on(workspace)}
    )

    assert (given.status, given.body["workspaceRoles"]) == (200, on(workspace))
    assert eve.get(f"{installation.path}/workspaces/{workspace}").status == 200
    assert installation.owner.get(f"{installation.path}/teams/{team['id']}").body["rolesCount"] == 2


def test_a_workspaces_owner_gives_roles_there_and_nowhere_else(installation: Installation) -> None:
    mine, other = installation.workspace("mine"), installation.workspace("other")
    (boss, chief), (id, _) = member(installation, "chief"), member(installation)
    roles(installation.owner, installation, boss, workspaceRoles=on(mine, "WORKSPACE_OWNER"))
    roles(installation.owner, installation, id, workspaceRoles=on(other))

    both = [*on(other), *on(mine, "WORKSPACE_OWNER")]
    assert roles(chief, installation, id, workspaceRoles=both).status == 200
    assert roles(chief, installation, id, workspaceRoles=on(mine, "WORKSPACE_OWNER")).status in (403, 404), (
        "takes another place's role away"
    )
    unseen = roles(chief, installation, id, workspaceRoles=[*on(other, "WORKSPACE_OWNER"), *on(mine, "WORKSPACE_OWNER")])
    assert (unseen.status, unseen.fields) == (400, ["workspaceRoles[0].workspaceId"])
    assert roles(chief, installation, id, organizationRole="ORGANIZATION_OWNER").status == 403


def test_an_operator_gives_no_roles(installation: Installation) -> None:
    workspace = installation.workspace()
    (boss, operator), (id, _) = member(installation, "operator"), member(installation)
    roles(installation.owner, installation, boss, workspaceRoles=on(workspace, "WORKSPACE_OPERATOR"))

    assert roles(operator, installation, id, workspaceRoles=on(workspace)).status == 403
    assert roles(operator, installation, boss, workspaceRoles=on(workspace, "WORKSPACE_OWNER")).status == 403


def test_the_last_owner_cannot_leave(installation: Installation) -> None:
    id, _ = member(installation)
    refused = roles(installation.owner, installation, installation.owner_id, organizationRole="ORGANIZATION_MEMBER")
    assert refused.status == 409
    assert "the last owner" in refused.body["message"]

    assert roles(installation.owner, installation, id, organizationRole="ORGANIZATION_OWNER").status == 200
    assert roles(installation.owner, installation, installation.owner_id, organizationRole="ORGANIZATION_MEMBER").status == 200
    assert roles(installation.owner, installation, id, organizationRole="ORGANIZATION_MEMBER").status == 409


def test_two_owners_who_leave_at_once_do_not_both_get_away(installation: Installation) -> None:
    id, _ = member(installation)
    roles(installation.owner, installation, id, organizationRole="ORGANIZATION_OWNER")

    with ThreadPoolExecutor(2) as pool:
        leave = lambda user: roles(installation.owner, installation, user, organizationRole="ORGANIZATION_MEMBER").status  # noqa: E731
        answers = sorted(pool.map(leave, [id, installation.owner_id]))

    assert answers[0] == 200
    assert answers[1] in (409, 503)
    left = installation.owner.get(f"{installation.path}/users").body["users"]
    assert [each["organizationRole"] for each in left].count("ORGANIZATION_OWNER") == 1


def test_places_that_are_foreign_or_nowhere_are_refused_alike(installation: Installation) -> None:
    other = another(installation)
    id, _ = member(installation)
    foreign, nowhere = other.workspace(), names.new_id()

    answers = [roles(installation.owner, installation, id, workspaceRoles=on(place)) for place in (foreign, nowhere)]

    assert [(answer.status, answer.fields) for answer in answers] == [(400, ["workspaceRoles[0].workspaceId"])] * 2
    assert answers[0].words == answers[1].words
    assert roles(other.owner, other, id, workspaceRoles=[]).status == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"organizationRole": "KING"}, "organizationRole"),
        ({"workspaceRoles": [{"workspaceId": "x", "role": "KING"}]}, "workspaceRoles[0].role"),
        ({"deploymentRoles": [{"deploymentId": "x", "role": ""}]}, "deploymentRoles[0].role"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_bad_request_names_its_field(installation: Installation, said: dict[str, object], field: str) -> None:
    refused = roles(installation.owner, installation, installation.owner_id, **said)

    assert refused.status == 400
    assert [name.replace(".0", "[0]") for name in refused.fields] == [field]


def test_one_place_takes_one_role(installation: Installation) -> None:
    workspace = installation.workspace()

    refused = roles(installation.owner, installation, installation.owner_id, workspaceRoles=on(workspace) * 2)

    assert (refused.status, refused.fields) == (400, ["workspaceRoles[1].workspaceId"])


def custom(installation: Installation, **said: object) -> str:
    body = {"name": "releaser", "scopeType": "DEPLOYMENT", "permissions": ["deployment.get", "deployment.deploys.get"], **said}
    made = installation.owner.post(f"{installation.path}/roles", body)
    assert made.status == 200, made.body
    return str(made.body["id"])


def test_a_custom_role_is_given_by_its_name_and_dies_with_it(installation: Installation) -> None:
    own = deployment(installation, installation.workspace())
    role = custom(installation)
    id, eve = member(installation)
    given = [{"deploymentId": own, "role": "releaser"}]

    assert roles(installation.owner, installation, id, deploymentRoles=given).body["deploymentRoles"] == given
    assert installation.owner.get(f"{installation.path}/users/{id}").body["deploymentRoles"] == given
    assert eve.get(f"{installation.path}/deployments/{own}").status == 200
    assert roles(installation.owner, installation, id, deploymentRoles=given).status == 200, "sending it back changes nothing"
    asked = {"subject": id, "permission": "deployment.deploys.get", "resource": own}
    told = installation.owner.get(f"{installation.path}/authorization/explain", **asked).body
    assert (told["isAllowed"], [each["role"] for each in told["reasons"]]) == (True, ["releaser"])

    assert installation.owner.delete(f"{installation.path}/roles/{role}").status == 204
    assert eve.get(f"{installation.path}/deployments/{own}").status == 404
    assert installation.owner.get(f"{installation.path}/authorization/explain", **asked).body["isAllowed"] is False


def test_a_restricted_role_is_not_given_elsewhere(installation: Installation) -> None:
    inside, outside = installation.workspace("inside"), installation.workspace("outside")
    custom(installation, restrictedWorkspaceIds=[inside])
    id, _ = member(installation)

    def give(workspace: str) -> Answer:
        there = deployment(installation, workspace)
        return roles(installation.owner, installation, id, deploymentRoles=[{"deploymentId": there, "role": "releaser"}])

    assert give(inside).status == 200
    refused = give(outside)
    assert (refused.status, refused.fields) == (400, ["deploymentRoles[0].role"])


def test_a_role_that_is_not_there_cannot_be_given(installation: Installation) -> None:
    own = deployment(installation, installation.workspace())

    refused = roles(installation.owner, installation, installation.owner_id, deploymentRoles=[{"deploymentId": own, "role": "nothing"}])

    assert (refused.status, refused.fields) == (400, ["deploymentRoles[0].role"])


def test_a_team_gives_its_custom_role_to_its_members(installation: Installation) -> None:
    own = deployment(installation, installation.workspace())
    custom(installation)
    id, eve = member(installation)
    team = team_of(installation, memberIds=[id])
    said = {"organizationRole": "ORGANIZATION_MEMBER", "deploymentRoles": [{"deploymentId": own, "role": "releaser"}]}

    assert installation.owner.post(f"{installation.path}/teams/{team['id']}/roles", said).status == 200

    assert eve.get(f"{installation.path}/deployments/{own}").status == 200
