"""Users on the wire, and whoever is asking."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from orrery.api.wire.base import Paginated, Response, Timestamp, one_of
from orrery.api.wire.subject_roles import DagRole, DeploymentRole, WorkspaceRole, sorted_by_scope
from orrery.model import user as model
from orrery.model.invite import Invite
from orrery.model.token import Grant, Token, TokenScope


class User(Response):
    """A member of the Organization and the roles of their own; what they hold through teams is told with their teams."""

    id: str
    username: str
    full_name: str
    avatar_url: str
    status: Annotated[str, one_of("ACTIVE", "INACTIVE", "PENDING", "BANNED")]
    organization_role: str | None
    workspace_roles: list[WorkspaceRole]
    deployment_roles: list[DeploymentRole]
    dag_roles: list[DagRole]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, user: model.User, role_names: Mapping[str, str]) -> "User":
        return cls(
            id=user.id, username=user.username, full_name=user.full_name, avatar_url="", status=user.status, created_at=user.created_at,
            updated_at=user.updated_at, **sorted_by_scope(user.grants, role_names),
        )  # fmt: skip


class UsersPaginated(Paginated):
    users: list[User]


class SelfUserRoleScope(Response):
    """What a role is held on."""

    type: str
    entity_id: str
    deployment_id: str | None
    dag_tag: str | None


class SelfUserRole(Response):
    """One role."""

    role: str
    scope: SelfUserRoleScope

    @classmethod
    def of(cls, grant: Grant, names: Mapping[str, str]) -> "SelfUserRole":
        deployment = grant.entity_id if grant.scope is TokenScope.DEPLOYMENT else grant.deployment_id or None
        tag = grant.entity_id if grant.scope is TokenScope.DAG_TAG else None
        scope = SelfUserRoleScope(type=grant.scope.value, entity_id=grant.entity_id, deployment_id=deployment, dag_tag=tag)
        return cls(role=names.get(grant.role, grant.role), scope=scope)


class SelfUserInvite(Response):
    """An invitation that waits for an answer."""

    invite_id: str
    organization_id: str
    expires_at: Timestamp

    @classmethod
    def of(cls, invite: Invite) -> "SelfUserInvite":
        return cls(invite_id=invite.id, organization_id=invite.organization_id, expires_at=invite.expires_at)


class SelfUserFeatureFlag(Response):
    """A switch of the console."""

    key: str
    value: bool


class SelfUser(Response):
    """The user behind a token, or the API token itself."""

    id: str
    username: str
    full_name: str
    avatar_url: str
    status: Annotated[str, one_of("ACTIVE", "INACTIVE", "PENDING", "BANNED")]
    organization_id: str
    is_idp_managed: bool
    roles: list[SelfUserRole]
    invites: list[SelfUserInvite]
    feature_flags: list[SelfUserFeatureFlag]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, user: model.User, role_names: Mapping[str, str], invites: Iterable[Invite]) -> "SelfUser":
        waiting = [SelfUserInvite.of(each) for each in invites]
        return cls._of(user, role_names, username=user.username, full_name=user.full_name, status=user.status, invites=waiting)

    @classmethod
    def of_token(cls, token: Token, role_names: Mapping[str, str]) -> "SelfUser":
        return cls._of(token, role_names, username=token.name, full_name=token.name, status="ACTIVE", invites=[])

    @classmethod
    def _of(cls, subject: model.User | Token, role_names: Mapping[str, str], **told: Any) -> "SelfUser":
        return cls(
            id=subject.id,
            avatar_url="",
            organization_id=subject.organization_id,
            is_idp_managed=False,
            roles=[SelfUserRole.of(grant, role_names) for grant in subject.grants],
            feature_flags=[],
            created_at=subject.created_at,
            updated_at=subject.updated_at,
            **told,
        )
