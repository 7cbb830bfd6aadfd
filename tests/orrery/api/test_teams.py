"""Teams through the API: what a team may, its members may, and only while they are in it and it is there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from orrery import names
from orrery.authz.policy import Role
from orrery.errors import StaleGeneration
from orrery.model.token import Grant, TokenScope
from orrery.model.user import User
from orrery.store import reads, teams, users, writes
from orrery.store.tables import table

from tests.support.http import Answer
from tests.support.installation import Installation, another
from tests.support.people import member
from tests.support.people import team as team_of


def give(installation: Installation, team_id: object, grant: Grant) -> None:
    team = teams.load(installation.organization_id, str(team_id))
    given = team.grant((*team.grants, grant), by=team.created_by, now=datetime.now(UTC))
    teams.save(given, before=team)


def test_a_new_team_is_what_was_asked_for(installation: Installation) -> None:
    id, _ = member(installation)

    made = team_of(installation, description="keeps it running", memberIds=[id, id], organizationRole="ORGANIZATION_BILLING_ADMIN")

    assert (made["name"], made["description"], made["isIdpManaged"]) == ("platform", "keeps it running", False)
    assert (made["organizationRole"], made["rolesCount"]) == ("ORGANIZATION_BILLING_ADMIN", 1)
    assert (made["workspaceRoles"], made["deploymentRoles"], made["dagRoles"]) == ([], [], [])
    assert installation.owner.get(f"{installation.path}/teams/{made['id']}").body == made
    people = installation.owner.get(f"{installation.path}/teams/{made['id']}/members").body
    assert [each["userId"] for each in people["teamMembers"]] == [id]
    assert people["totalCount"] == 1
    assert [each["id"] for each in installation.owner.get(f"{installation.path}/users/{id}/teams").body["teams"]] == [made["id"]]


def test_a_member_may_what_the_team_may_until_they_leave(installation: Installation) -> None:
    id, eve = member(installation)
    workspace = f"{installation.path}/workspaces/{installation.workspace()}"
    team = team_of(installation)
    path = f"{installation.path}/teams/{team['id']}"
    give(installation, team["id"], Grant(TokenScope.WORKSPACE, workspace.rpartition("/")[2], Role.WORKSPACE_OPERATOR))
    assert eve.get(workspace).status == 404

    assert installation.owner.post(f"{path}/members", {"memberIds": [id]}).status == 204
    assert eve.get(workspace).status == 200
    assert installation.owner.post(f"{path}/members", {"memberIds": [id]}).status == 204, "joining twice changes nothing"

    assert installation.owner.delete(f"{path}/members/{id}").status == 204
    assert eve.get(workspace).status == 404
    assert installation.owner.delete(f"{path}/members/{id}").status == 404
    assert installation.owner.get(f"{path}/members").body["teamMembers"] == []


def test_a_deleted_team_gives_nothing_and_leaves_nothing(installation: Installation) -> None:
    id, eve = member(installation)
    workspace = f"{installation.path}/workspaces/{installation.workspace()}"
    team = team_of(installation, memberIds=[id])
    give(installation, team["id"], Grant(TokenScope.WORKSPACE, workspace.rpartition("/")[2], Role.WORKSPACE_MEMBER))
    assert eve.get(workspace).status == 200

    assert installation.owner.delete(f"{installation.path}/teams/{team['id']}").status == 204

    assert eve.get(workspace).status == 404
    assert installation.owner.get(f"{installation.path}/teams").body["teams"] == []
    assert installation.owner.get(f"{installation.path}/users/{id}/teams").body["teams"] == []
    left = [row.sk for row in table().query(f"ORG#{installation.organization_id}") if str(team["id"]) in row.sk]
    assert left == []
    assert team_of(installation)["name"] == "platform", "the name is free again"


def test_two_teams_never_share_a_name(installation: Installation) -> None:
    team_of(installation)
    other = team_of(installation, "analysts")

    again = installation.owner.post(f"{installation.path}/teams", {"name": "platform"})
    renamed = installation.owner.post(f"{installation.path}/teams/{other['id']}", {"name": "platform"})

    assert [(answer.status, answer.fields) for answer in (again, renamed)] == [(400, ["name"])] * 2
    assert installation.owner.post(f"{installation.path}/teams/{other['id']}", {"name": "analytics"}).body["name"] == "analytics"


def test_teams_are_found_by_name_and_place_and_sorted(installation: Installation) -> None:
    workspace = installation.workspace()
    for name, description in (("b", "x"), ("a", "y"), ("c", "w")):
        team = team_of(installation, name, description=description)
    give(installation, team["id"], Grant(TokenScope.WORKSPACE, workspace, Role.WORKSPACE_MEMBER))

    def found(**asked: object) -> list[str]:
        return [each["name"] for each in installation.owner.get(f"{installation.path}/teams", **asked).body["teams"]]

    assert found() == ["b", "a", "c"]
    assert found(sorts="name:desc") == ["c", "b", "a"]
    assert found(sorts="description:asc", limit=2) == ["c", "b"]
    assert found(names=["a", "b"]) == ["b", "a"]
    assert found(workspaceId=workspace) == ["c"]


def test_members_see_teams_and_change_none(installation: Installation) -> None:
    id, eve = member(installation)
    team = team_of(installation)
    path = f"{installation.path}/teams/{team['id']}"

    assert eve.get(path).status == 200
    refused = [
        eve.post(f"{installation.path}/teams", {"name": "mine"}),
        eve.post(path, {"name": "mine"}),
        eve.post(f"{path}/members", {"memberIds": [id]}),
        eve.delete(f"{path}/members/{installation.owner_id}"),
        eve.delete(path),
    ]
    assert [answer.status for answer in refused] == [403] * 5


def test_somebody_elses_team_and_user_cannot_be_told_from_none(installation: Installation) -> None:
    other = another(installation)
    team, (stranger, _) = team_of(installation), member(installation)

    def asked(team_id: object, user_id: str) -> list[Answer]:
        path = f"{other.path}/teams/{team_id}"
        return [
            other.owner.get(path),
            other.owner.post(path, {"name": "ours"}),
            other.owner.delete(path),
            other.owner.get(f"{path}/members"),
            other.owner.post(f"{path}/members", {"memberIds": [other.owner_id]}),
            other.owner.delete(f"{path}/members/{user_id}"),
            other.owner.get(f"{other.path}/users/{user_id}/teams"),
            other.owner.post(f"{other.path}/teams", {"name": "ours", "memberIds": [user_id]}),
        ]

    foreign, unknown = asked(team["id"], stranger), asked(names.new_id(), names.new_id())

    assert [answer.status for answer in foreign] == [404] * 7 + [400]
    assert [(answer.status, answer.words) for answer in foreign] == [(answer.status, answer.words) for answer in unknown]
    assert other.owner.get(f"{installation.path}/teams/{team['id']}").status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "n", "organizationRole": "KING"}, "organizationRole"),
        ({"name": "n", "memberIds": [f"c{place:024}" for place in range(41)]}, "memberIds"),
        ({"name": "n", "memberIds": ["nobody"]}, "memberIds[0]"),
        ({"name": "n", "colour": "blue"}, "colour"),
    ],
)
def test_a_bad_request_names_its_field_and_makes_nothing(installation: Installation, body: dict[str, object], field: str) -> None:
    refused = installation.owner.post(f"{installation.path}/teams", body)

    assert (refused.status, refused.fields) == (400, [field])
    assert installation.owner.get(f"{installation.path}/teams").body["totalCount"] == 0


def test_joining_crosses_no_other_change_of_the_user(installation: Installation) -> None:
    id, _ = member(installation)
    team = teams.load(installation.organization_id, str(team_of(installation)["id"]))
    seen = users.load(installation.organization_id, id)
    writes.commit(users.replaced(replace(seen, full_name="Eve", generation=seen.generation + 1)))

    with pytest.raises(StaleGeneration):
        teams.join(team, [seen], datetime.now(UTC))

    assert teams.memberships(team) == ()
    kept = reads.get(User, f"ORG#{installation.organization_id}", f"USER#{id}")
    assert kept is not None
    assert (kept.full_name, kept.team_ids) == ("Eve", ())
