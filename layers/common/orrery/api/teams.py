"""Teams: users who hold roles together. Whoever joins may do what the team may from the next request on, whoever leaves no longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery.api import places, subject_roles
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import BY_NAME_AND_AGE, Page, Paging
from orrery.api.wire.subject_roles import SubjectRoles, UpdateTeamRolesRequest
from orrery.api.wire.teams import (
    AddTeamMembersRequest,
    CreateTeamRequest,
    Team,
    TeamMember,
    TeamMembersPaginated,
    TeamsPaginated,
    UpdateTeamRequest,
    UserTeamMembership,
    UserTeamsPaginated,
)
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role
from orrery.authz.principal import missing, require
from orrery.errors import Invalid
from orrery.model import team as model
from orrery.model.token import Grant, TokenScope
from orrery.model.user import User
from orrery.names import new_id
from orrery.store import roles, teams, users

router = routes()
COLLECTION = "/organizations/<organizationId>/teams"
ITEM = f"{COLLECTION}/<teamId>"
MEMBERS = f"{ITEM}/members"
SORTS = {**BY_NAME_AND_AGE, "description": lambda each: each.description}
MEMBER_SORTS = {
    "userId": lambda each: each.user.id,
    "username": lambda each: each.user.username,
    "fullName": lambda each: each.user.full_name,
    "createdAt": lambda each: each.membership.since,
}


@dataclass(frozen=True)
class Member:
    """A user and their place in a team."""

    user: User
    membership: model.Membership


class Filter(Paging):
    """Which teams to list."""

    names: list[str] = Field([], description="Only those of these names.")
    workspaceId: str = Field("", description="Only those with a role on this Workspace.")
    deploymentId: str = Field("", description="Only those with a role on this Deployment.")

    def matches(self, team: model.Team) -> bool:
        on = subject_roles.held_on(team.grants, workspace=self.workspaceId, deployment=self.deploymentId)
        return on and (not self.names or team.name in self.names)


@router.get(COLLECTION, operation_id="ListTeams", summary="List teams", tags=["Team"])
def list_teams(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> TeamsPaginated:
    """The teams of the Organization, or those of one Workspace or Deployment."""
    if not places.narrowed(caller, organizationId, "teams", workspace=asked.workspaceId, deployment=asked.deploymentId):
        require(caller, Permission.ORGANIZATION_TEAMS_GET, organization=organizationId)
    cut = asked.cut([each for each in teams.every(organizationId) if asked.matches(each)], SORTS)
    return TeamsPaginated(teams=_shown(organizationId, cut.items), **cut.envelope)


@router.post(COLLECTION, operation_id="CreateTeam", summary="Create a team", tags=["Team"])
def create_team(organizationId: str, body: CreateTeamRequest, caller: Caller) -> Team:
    """A new team, with its first members if some are named."""
    require(caller, Permission.ORGANIZATION_TEAMS_CREATE, organization=organizationId)
    members = _named(organizationId, body.member_ids or [])
    now, by = datetime.now(UTC), caller.subject
    grant = Grant(TokenScope.ORGANIZATION, organizationId, body.organization_role or Role.ORGANIZATION_MEMBER)
    team = model.Team(new_id(), organizationId, body.name, (grant,), now, by, now, by, body.description or "")
    teams.create(team, members, now)
    return _shown(organizationId, [team])[0]


@router.get(ITEM, operation_id="GetTeam", summary="Get a team", tags=["Team"])
def get_team(organizationId: str, teamId: str, caller: Caller) -> Team:
    """One team."""
    return _shown(organizationId, [teams.fetch(caller, organizationId, teamId, Permission.ORGANIZATION_TEAMS_GET)])[0]


@router.post(ITEM, operation_id="UpdateTeam", summary="Update a team", tags=["Team"])
def update_team(organizationId: str, teamId: str, body: UpdateTeamRequest, caller: Caller) -> Team:
    """Give a team another name or description."""
    team = teams.fetch(caller, organizationId, teamId, Permission.ORGANIZATION_TEAMS_UPDATE)
    updated = team.update(name=body.name, description=body.description, by=caller.subject, now=datetime.now(UTC))
    teams.save(updated, before=team)
    return _shown(organizationId, [updated])[0]


@router.post(f"{ITEM}/roles", operation_id="UpdateTeamRoles", summary="Update a team's roles", tags=["Team"])
def update_roles(organizationId: str, teamId: str, body: UpdateTeamRolesRequest, caller: Caller) -> SubjectRoles:
    """Give and take what the team's members may do; it counts from their next request on."""
    team = teams.fetch(caller, organizationId, teamId, Permission.ORGANIZATION_TEAMS_GET)
    change = subject_roles.Change(caller, organizationId, Permission.ORGANIZATION_TEAMS_UPDATE, Permission.WORKSPACE_TEAMS_UPDATE)
    updated = team.grant(subject_roles.wanted(change, body, team.grants), by=caller.subject, now=datetime.now(UTC))
    teams.save(updated, before=team)
    return SubjectRoles.of(updated.grants, roles.called(organizationId, updated.grants))


@router.delete(ITEM, operation_id="DeleteTeam", summary="Delete a team", tags=["Team"], status_code=204)
def delete_team(organizationId: str, teamId: str, caller: Caller) -> Response[None]:
    """Delete a team; what its members could do through it ends at once."""
    teams.delete(teams.fetch(caller, organizationId, teamId, Permission.ORGANIZATION_TEAMS_DELETE))
    return no_content()


@router.get(MEMBERS, operation_id="ListTeamMembers", summary="List a team's members", tags=["Team"])
def list_members(organizationId: str, teamId: str, caller: Caller, asked: Page) -> TeamMembersPaginated:
    """Who is in a team."""
    team = teams.fetch(caller, organizationId, teamId, Permission.ORGANIZATION_TEAMS_GET)
    memberships = teams.memberships(team)
    there = users.several(organizationId, [each.user_id for each in memberships])
    cut = asked.cut([Member(there[each.user_id], each) for each in memberships if each.user_id in there], MEMBER_SORTS)
    return TeamMembersPaginated(team_members=[TeamMember.of(each.user, each.membership) for each in cut.items], **cut.envelope)


@router.post(MEMBERS, operation_id="AddTeamMembers", summary="Add members to a team", tags=["Team"], status_code=204)
def add_members(organizationId: str, teamId: str, body: AddTeamMembersRequest, caller: Caller) -> Response[None]:
    """All of them join, or none does."""
    team = teams.fetch(caller, organizationId, teamId, Permission.ORGANIZATION_TEAMS_UPDATE)
    teams.join(team, _named(organizationId, body.member_ids), datetime.now(UTC))
    return no_content()


@router.delete(f"{MEMBERS}/<memberId>", operation_id="RemoveTeamMember", summary="Remove a member", tags=["Team"], status_code=204)
def remove_member(organizationId: str, teamId: str, memberId: str, caller: Caller) -> Response[None]:
    """Out of the team at the next request."""
    team = teams.fetch(caller, organizationId, teamId, Permission.ORGANIZATION_TEAMS_UPDATE)
    user = users.several(organizationId, [memberId]).get(memberId)
    if user is None or team.id not in user.team_ids:
        raise missing("member")
    teams.leave(team, user)
    return no_content()


@router.get(
    "/organizations/<organizationId>/users/<userId>/teams", operation_id="ListUserTeams", summary="List a user's teams", tags=["User"]
)
def list_user_teams(organizationId: str, userId: str, caller: Caller, asked: Page) -> UserTeamsPaginated:
    """The teams that a user is in."""
    user = users.fetch(caller, organizationId, userId)
    require(caller, Permission.ORGANIZATION_TEAMS_GET, organization=organizationId)
    cut = asked.cut(teams.of(user), SORTS)
    names = roles.called(organizationId, [grant for team in cut.items for grant in team.grants])
    return UserTeamsPaginated(teams=[UserTeamMembership.of(each, names) for each in cut.items], **cut.envelope)


def _shown(organization_id: str, found: Sequence[model.Team]) -> list[Team]:
    names = roles.called(organization_id, [grant for team in found for grant in team.grants])
    return [Team.of(team, names) for team in found]


def _named(organization_id: str, ids: Sequence[str]) -> list[User]:
    """The users of a list, each once; the place of the first one that is not there is named."""
    there = users.several(organization_id, ids)
    for place, id in enumerate(ids):
        if id not in there:
            raise Invalid.clause(f"memberIds[{place}]", "names nobody in this Organization", code="NOT_FOUND")
    return [there[id] for id in dict.fromkeys(ids)]
