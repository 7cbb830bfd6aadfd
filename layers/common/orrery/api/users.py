"""Users: who am I, who is a member, what they may do, and how they leave."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery.api import places, subject_roles
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import Paging
from orrery.api.wire.subject_roles import SubjectRoles, UpdateUserRolesRequest
from orrery.api.wire.users import SelfUser, User, UsersPaginated
from orrery.authz.permissions import Permission
from orrery.authz.principal import Kind, require
from orrery.errors import Forbidden
from orrery.model import user as model
from orrery.store import invites, roles, teams, tokens, users

router = routes()
COLLECTION = "/organizations/<organizationId>/users"
ITEM = f"{COLLECTION}/<userId>"
SORTS = {
    "id": lambda each: each.id,
    "username": lambda each: each.username,
    "fullName": lambda each: each.full_name,
    "createdAt": lambda each: each.created_at,
    "updatedAt": lambda each: each.updated_at,
}
CreateIfNotExist = Annotated[bool, Query(description="Taken for the sake of clients that send it; a user is made when first invited.")]


class Filter(Paging):
    """Which users to list."""

    workspaceId: str = Field("", description="Only those with a role of their own on this Workspace.")
    deploymentId: str = Field("", description="Only those with a role of their own on this Deployment.")
    dagId: str = Field("", description="Only those with a role of their own on the DAG of this id.")
    dagTags: list[str] = Field([], description="Only those with a role of their own on one of these tags.")

    def matches(self, user: model.User) -> bool:
        return subject_roles.held_on(user.grants, workspace=self.workspaceId, deployment=self.deploymentId) and (
            subject_roles.held_on_dags(user.grants, deployment=self.deploymentId, dag=self.dagId, tags=self.dagTags)
        )


@router.get("/users/self", operation_id="GetSelfUser", summary="Get the current user", tags=["User"])
def get_self(caller: Caller, createIfNotExist: CreateIfNotExist = False) -> SelfUser:
    """The user whom the token belongs to, or the API token itself."""
    names = {role.id: role.name for role in caller.custom_roles}
    if caller.kind is Kind.USER:
        user = users.load(caller.organization_id, caller.id)
        return SelfUser.of(user, names, invites.addressed_to(user))
    if caller.kind is Kind.SERVICEKEY:
        return SelfUser.of_token(tokens.load(caller.organization_id, caller.id), names)
    raise Forbidden("an agent's token stands for no user and no API token")


@router.get(COLLECTION, operation_id="ListUsers", summary="List users", tags=["User"])
def list_users(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> UsersPaginated:
    """The members of the Organization, or those of one Workspace or Deployment."""
    if not places.narrowed(caller, organizationId, "users", workspace=asked.workspaceId, deployment=asked.deploymentId):
        require(caller, Permission.ORGANIZATION_USERS_GET, organization=organizationId)
    cut = asked.cut([each for each in users.every(organizationId) if asked.matches(each)], SORTS)
    return UsersPaginated(users=_shown(organizationId, cut.items), **cut.envelope)


@router.get(ITEM, operation_id="GetUser", summary="Get a user", tags=["User"])
def get_user(organizationId: str, userId: str, caller: Caller) -> User:
    """One member."""
    return _shown(organizationId, [users.fetch(caller, organizationId, userId)])[0]


@router.delete(ITEM, operation_id="DeleteUser", summary="Remove a user", tags=["User"], status_code=204)
def delete_user(organizationId: str, userId: str, caller: Caller) -> Response[None]:
    """Remove a member, who may be oneself, or whoever is invited; it counts from their next request on. The last owner stays."""
    if (caller.kind, caller.id) != (Kind.USER, userId):
        require(caller, Permission.ORGANIZATION_USERS_DELETE, organization=organizationId)
    user = users.fetch(caller, organizationId, userId)
    if user.invite_id:
        invites.delete(invites.load(organizationId, user.invite_id))
    else:
        users.delete(user)
    teams.forget(user)
    return no_content()


@router.post(f"{ITEM}/roles", operation_id="UpdateUserRoles", summary="Update a user's roles", tags=["User"])
def update_roles(organizationId: str, userId: str, body: UpdateUserRolesRequest, caller: Caller) -> SubjectRoles:
    """Give and take roles; it counts from the user's next request on."""
    user = users.fetch(caller, organizationId, userId)
    change = subject_roles.Change(caller, organizationId, Permission.ORGANIZATION_USERS_UPDATE, Permission.WORKSPACE_USERS_UPDATE)
    updated = user.grant(subject_roles.wanted(change, body, user.grants), now=datetime.now(UTC))
    users.save(updated, before=user)
    return SubjectRoles.of(updated.grants, roles.called(organizationId, updated.grants))


def _shown(organization_id: str, found: Sequence[model.User]) -> list[User]:
    names = roles.called(organization_id, [grant for user in found for grant in user.grants])
    return [User.of(user, names) for user in found]
