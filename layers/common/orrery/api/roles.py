"""Roles: list, create, get, update, delete; the templates and permissions that they are made from."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from orrery import names
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import BY_NAME_AND_AGE, Paging
from orrery.api.wire import roles as wire
from orrery.api.wire.base import without_nothing
from orrery.api.wire.roles import CreateCustomRoleRequest, RolesPaginated, RoleWithPermission, UpdateCustomRoleRequest
from orrery.authz import catalogue, policy
from orrery.authz.permissions import Permission
from orrery.authz.principal import refuse_to_grant_more, require
from orrery.errors import Invalid
from orrery.model.role import CustomRole
from orrery.store import roles, workspaces

router = routes()
COLLECTION = "/organizations/<organizationId>/roles"
ITEM = f"{COLLECTION}/<customRoleId>"
SORTS = {**BY_NAME_AND_AGE, "description": lambda each: each.description, "scopeType": lambda each: each.scope_type}


class Filter(Paging):
    """Which roles to list."""

    includeDefaultRoles: bool = Field(False, description="Whether to send the roles that every Organization has, too.")
    scopeTypes: list[wire.Scope] = Field([], description="Only those that are granted on these.")


class Scopes(BaseModel):
    """Which templates to list."""

    scopeTypes: list[wire.Scope] = Field([], description="Only those that are granted on these.")


class Groups(BaseModel):
    """Which permissions to list."""

    scopeType: Literal["", "DEPLOYMENT", "WORKSPACE", "ORGANIZATION", "SYSTEM", "DAG"] = Field("", description="Only those on this.")


@router.get(COLLECTION, operation_id="ListRoles", summary="List roles", tags=["Role"])
def list_roles(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> RolesPaginated:
    """The custom roles, and the default ones when they are asked for."""
    wanted = set(asked.scopeTypes)
    cut = asked.cut([each for each in roles.list(caller, organizationId) if not wanted or each.scope_type in wanted], SORTS)
    ours = [each for each in policy.Role if each not in policy.MACHINES and (not wanted or each.noun in wanted)]
    default = [wire.DefaultRole.of(each) for each in ours] if asked.includeDefaultRoles else None
    return RolesPaginated(roles=[wire.Role.of(each) for each in cut.items], default_roles=default, **cut.envelope)


@router.post(COLLECTION, operation_id="CreateCustomRole", summary="Create a custom role", tags=["Role"])
def create_custom_role(organizationId: str, body: CreateCustomRoleRequest, caller: Caller) -> RoleWithPermission:
    """A new role to be granted on Deployments, or on DAGs and tags; its name is unique in the Organization."""
    require(caller, Permission.ORGANIZATION_ROLES_CREATE, organization=organizationId)
    _check(body, organizationId, body.scope_type)
    now, by = datetime.now(UTC), caller.subject
    made = CustomRole(
        names.new_id(), organizationId, created_at=now, created_by=by, updated_at=now, updated_by=by, scope_type=body.scope_type,
        **_settings(body),
    )  # fmt: skip
    refuse_to_grant_more(caller, made, organization=organizationId)
    roles.create(made)
    return RoleWithPermission.of(made)


@router.get(f"{COLLECTION}/<roleId>", operation_id="GetCustomRole", summary="Get a custom role", tags=["Role"])
def get_custom_role(organizationId: str, roleId: str, caller: Caller) -> RoleWithPermission:
    """One role and what it may do."""
    return RoleWithPermission.of(roles.fetch(caller, organizationId, roleId, Permission.ORGANIZATION_ROLES_GET))


@router.post(ITEM, operation_id="UpdateCustomRole", summary="Update a custom role", tags=["Role"])
def update_custom_role(organizationId: str, customRoleId: str, body: UpdateCustomRoleRequest, caller: Caller) -> RoleWithPermission:
    """Change a role for everybody who holds it, from their next request on."""
    role = roles.fetch(caller, organizationId, customRoleId, Permission.ORGANIZATION_ROLES_UPDATE)
    _check(body, organizationId, role.scope_type, known=role.restricted_workspace_ids)
    updated = role.update(by=caller.subject, now=datetime.now(UTC), **_settings(body))
    refuse_to_grant_more(caller, updated, organization=organizationId)
    roles.save(updated, before=role)
    return RoleWithPermission.of(updated)


@router.delete(ITEM, operation_id="DeleteCustomRole", summary="Delete a custom role", tags=["Role"], status_code=204)
def delete_custom_role(organizationId: str, customRoleId: str, caller: Caller) -> Response[None]:
    """Delete a role; whoever holds it can do nothing with it from their next request on."""
    roles.delete(roles.fetch(caller, organizationId, customRoleId, Permission.ORGANIZATION_ROLES_DELETE))
    return no_content()


@router.get(
    "/organizations/<organizationId>/role-templates", operation_id="ListRoleTemplates", summary="List role templates", tags=["Role"]
)
def list_role_templates(organizationId: str, caller: Caller, asked: Annotated[Scopes, Query()]) -> list[wire.RoleTemplate]:
    """Roles that are ready to be copied."""
    require(caller, Permission.ORGANIZATION_ROLES_GET, organization=organizationId)
    wanted = set(asked.scopeTypes)
    return [wire.RoleTemplate.of(each) for each in catalogue.TEMPLATES if not wanted or each.scope_type in wanted]


@router.get(
    "/authorization/permission-groups", operation_id="ListPermissionGroups", summary="List what can be allowed", tags=["Authorization"]
)
def list_permission_groups(caller: Caller, asked: Annotated[Groups, Query()]) -> list[wire.PermissionGroup]:
    """Every permission, in groups; those of the scopes `DEPLOYMENT` and `DAG` can be given to custom roles."""
    require(caller, Permission.ORGANIZATION_GET, organization=caller.organization_id)
    return [wire.PermissionGroup.of(each) for each in catalogue.groups(asked.scopeType.lower())]


def _check(
    body: CreateCustomRoleRequest | UpdateCustomRoleRequest, organization_id: str, scope_type: str, *, known: tuple[str, ...] = ()
) -> None:
    if policy.is_default(body.name.strip().upper()):
        raise Invalid.field("name", f"`{body.name}` is the name of a default role; choose another name", code="TAKEN")
    for each in sorted(set(body.permissions) - catalogue.grantable(scope_type)):
        raise Invalid.field("permissions", f"`{each}` is no permission of the scope `{scope_type}`; `ListPermissionGroups` has them all")
    asked = set(body.restricted_workspace_ids or ()) - set(known)  # one that was deleted since does not stand in the way
    for each in sorted(asked - workspaces.names(organization_id, asked).keys()):
        raise Invalid.field("restrictedWorkspaceIds", f"there is no workspace `{each}`, or you may not see it", code="NOT_FOUND")


def _settings(body: CreateCustomRoleRequest | UpdateCustomRoleRequest) -> dict[str, Any]:
    given = without_nothing(**body.model_dump(exclude={"scope_type"}))
    lists = {name: tuple(dict.fromkeys(value)) for name, value in given.items() if isinstance(value, list)}
    return given | lists
