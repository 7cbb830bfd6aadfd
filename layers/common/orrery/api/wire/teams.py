"""Teams on the wire."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import Field

from orrery.api.wire.base import BasicSubjectProfile, Name, Paginated, Request, Response, Timestamp, one_of
from orrery.api.wire.subject_roles import DagRole, DeploymentRole, Id, OrganizationRole, WorkspaceRole, sorted_by_scope
from orrery.model import team as model
from orrery.model.user import User

Members = Annotated[list[Id], Field(max_length=40)]
"""As many as one transaction takes: all of them join, or none does."""


class UserTeamMembership(Response):
    """A team as one of its members meets it."""

    id: str
    name: str
    description: str
    is_idp_managed: bool
    organization_role: Annotated[str, one_of(*get_args(OrganizationRole))]
    workspace_roles: list[WorkspaceRole]
    deployment_roles: list[DeploymentRole]
    dag_roles: list[DagRole]
    roles_count: int

    @classmethod
    def of(cls, team: model.Team, role_names: Mapping[str, str]) -> "UserTeamMembership":
        return cls(**_common(team, role_names))


class Team(UserTeamMembership):
    """A team and the roles that it gives its members."""

    organization_id: str
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, team: model.Team, role_names: Mapping[str, str]) -> "Team":
        return cls(
            organization_id=team.organization_id, created_at=team.created_at, created_by=BasicSubjectProfile.of(team.created_by),
            updated_at=team.updated_at, updated_by=BasicSubjectProfile.of(team.updated_by), **_common(team, role_names),
        )  # fmt: skip


class TeamMember(Response):
    """A user in a team."""

    user_id: str
    username: str
    full_name: str
    avatar_url: str
    created_at: Timestamp

    @classmethod
    def of(cls, user: User, membership: model.Membership) -> "TeamMember":
        return cls(user_id=user.id, username=user.username, full_name=user.full_name, avatar_url="", created_at=membership.since)


class TeamsPaginated(Paginated):
    teams: list[Team]


class TeamMembersPaginated(Paginated):
    team_members: list[TeamMember]


class UserTeamsPaginated(Paginated):
    teams: list[UserTeamMembership]


class CreateTeamRequest(Request):
    """A team to be, with its first members; without an organizationRole they are plain members of the Organization."""

    name: Annotated[Name, Field(max_length=200)]
    description: Annotated[str, Field(max_length=500)] | None = None
    member_ids: Members | None = None
    organization_role: OrganizationRole | None = None


class UpdateTeamRequest(Request):
    """A team's new name, and its description if that changes too."""

    name: Annotated[Name, Field(max_length=200)]
    description: Annotated[str, Field(max_length=500)] | None = None


class AddTeamMembersRequest(Request):
    """Users who join a team."""

    member_ids: Annotated[Members, Field(min_length=1)]


def _common(team: model.Team, role_names: Mapping[str, str]) -> dict[str, Any]:
    held = sorted_by_scope(team.grants, role_names)
    return held | {
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "is_idp_managed": False,
        "roles_count": len(team.grants),
    }
