"""Roles, their templates and what they are made of, on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from orrery.api.wire.base import BasicSubjectProfile, Name, Paginated, Request, Response, Timestamp, one_of
from orrery.authz import catalogue, policy
from orrery.model import role as model

Scope = Literal["DEPLOYMENT", "WORKSPACE", "ORGANIZATION", "SYSTEM", "DAG"]
AnyScope = one_of("DEPLOYMENT", "WORKSPACE", "ORGANIZATION", "SYSTEM", "DAG")
RoleName = Annotated[Name, Field(max_length=100)]
Description = Annotated[str, Field(max_length=500)]
Permissions = Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=200)]
WorkspaceIds = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=100)]


class Role(Response):
    """A custom role."""

    id: str
    name: str
    description: str
    scope_type: Annotated[str, one_of("DEPLOYMENT", "WORKSPACE", "ORGANIZATION", "DAG")]
    restricted_workspace_ids: list[str]
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, role: model.CustomRole) -> "Role":
        return cls(**_common(role))


class RoleWithPermission(Role):
    """A custom role with what it may do."""

    permissions: list[str]

    @classmethod
    def of(cls, role: model.CustomRole) -> "RoleWithPermission":
        return cls(permissions=list(role.permissions), **_common(role))


class DefaultRole(Response):
    """A role that every Organization has."""

    name: str
    description: str
    scope_type: Annotated[str, AnyScope]
    permissions: list[str]

    @classmethod
    def of(cls, role: policy.Role) -> "DefaultRole":
        words = role.value.replace("_", " ").title()
        return cls(name=role.value, description=words, scope_type=role.noun, permissions=sorted(policy.permissions(role)))


class RolesPaginated(Paginated):
    """One page of custom roles; the default ones stand apart, all of them, when they were asked for."""

    roles: list[Role]
    default_roles: list[DefaultRole] | None


class RoleTemplate(Response):
    """A custom role that is ready to be copied."""

    name: str
    description: str
    scope_type: Annotated[str, AnyScope]
    permissions: list[str]

    @classmethod
    def of(cls, template: catalogue.Template) -> "RoleTemplate":
        permissions = [each.value for each in template.permissions]
        return cls(name=template.name, description=template.description, scope_type=template.scope_type, permissions=permissions)


class PermissionEntry(Response):
    """The last word of a permission's name."""

    action: str
    description: str


class PermissionGroup(Response):
    """The permissions on one kind of thing: `scope`, a dot and an `action` are a permission's name."""

    name: str
    scope: str
    description: str
    permissions: list[PermissionEntry]

    @classmethod
    def of(cls, group: catalogue.Group) -> "PermissionGroup":
        entries = [PermissionEntry(action=each, description=f"{each.capitalize()}: {group.name}") for each in group.actions]
        return cls(name=group.name, scope=group.scope, description=f"What may be done with: {group.name}", permissions=entries)


class CreateCustomRoleRequest(Request):
    """A role to be; `restrictedWorkspaceIds` are the only Workspaces that it may be used in, none is all of them."""

    name: RoleName
    scope_type: Literal["DEPLOYMENT", "DAG"]
    permissions: Permissions
    description: Description | None = None
    restricted_workspace_ids: WorkspaceIds | None = None


class UpdateCustomRoleRequest(Request):
    """A role's new settings; what is left out stays as it is."""

    name: RoleName
    permissions: Permissions
    description: Description | None = None
    restricted_workspace_ids: WorkspaceIds | None = None


def _common(role: model.CustomRole) -> dict[str, Any]:
    return {
        "id": role.id,
        "name": role.name,
        "description": role.description,
        "scope_type": role.scope_type,
        "restricted_workspace_ids": list(role.restricted_workspace_ids),
        "created_at": role.created_at,
        "created_by": BasicSubjectProfile.of(role.created_by),
        "updated_at": role.updated_at,
        "updated_by": BasicSubjectProfile.of(role.updated_by),
    }
