"""Giving power away: where a new token is at home, and that nobody hands out more than they hold."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orrery import names
from orrery.api.places import named_in
from orrery.api.wire.tokens import CreateApiTokenRequest
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role, is_default, named_by
from orrery.authz.principal import Principal, refuse_to_grant_more, require
from orrery.errors import Invalid
from orrery.minting import Secret, api_token
from orrery.model.role import CustomRole
from orrery.model.token import Grant, Token, TokenScope
from orrery.store import deployments, roles, tokens, workspaces

LONGEST_DAYS = 3650


@dataclass(frozen=True)
class Home:
    """Where a token is at home, by the ids on the way there."""

    entity_id: str
    workspace_id: str = ""
    deployment_id: str = ""


def new_token(caller: Principal, organization_id: str, body: CreateApiTokenRequest) -> tuple[Token, str]:
    """The token that the caller asks for, and its value."""
    require(caller, Permission.ORGANIZATION_GET, organization=organization_id)
    scope = TokenScope(body.scope)
    home = _home(caller, organization_id, scope, body.entity_id or "")
    needed = tokens.permission(scope, "create")
    require(caller, needed, organization=organization_id, workspace=home.workspace_id, deployment=home.deployment_id)
    role = _role(scope, body.role, organization_id, home)
    refuse_to_grant_more(caller, role, organization=organization_id, workspace=home.workspace_id, deployment=home.deployment_id)
    id, now = names.new_id(), datetime.now(UTC)
    end = now + timedelta(days=body.token_expiry_period_in_days or LONGEST_DAYS)
    secret = _secret(id, organization_id, home, now, end)
    token = Token(
        id, organization_id, body.name, scope, (_grant(scope, home, role),), secret.hash, secret.short,
        created_at=now, created_by=caller.subject, updated_at=now, updated_by=caller.subject, start_at=now, end_at=end,
        workspace_id=home.workspace_id, description=body.description or "", kind=body.kind or "STANDARD",
        expiry_period_in_days=body.token_expiry_period_in_days,
    )  # fmt: skip
    return token, secret.value


def rotated(caller: Principal, token: Token, *, now: datetime) -> tuple[Token, str]:
    """The token with a new value, which would be a way to somebody else's power if its roles were more than the caller's."""
    custom = roles.behind(token.organization_id, token.grants)
    for grant in token.grants:
        if role := named_by(grant, custom):
            refuse_to_grant_more(
                caller, role, organization=token.organization_id, workspace=token.workspace_id,
                deployment=grant.deployment_id or grant.entity_id
            )  # fmt: skip
    deployment = token.entity_id if token.scope is TokenScope.DEPLOYMENT else ""
    home = Home(token.entity_id, token.workspace_id, deployment)
    renewed = token.rotate(hash="", short="", by=caller.subject, now=now)
    secret = _secret(token.id, token.organization_id, home, now, renewed.end_at)
    return token.rotate(hash=secret.hash, short=secret.short, by=caller.subject, now=now), secret.value


def _home(caller: Principal, organization_id: str, scope: TokenScope, entity_id: str) -> Home:
    if scope is TokenScope.ORGANIZATION:
        if entity_id not in ("", organization_id):
            raise Invalid.field("entityId", "an Organization token is at home in the Organization itself; leave this out")
        return Home(organization_id)
    if not entity_id:
        raise Invalid.clause("entityId", f"is required for the scope `{scope}`", code="MISSING")
    with named_in("entityId"):
        if scope is TokenScope.WORKSPACE:
            return Home(entity_id, workspaces.fetch(caller, organization_id, entity_id, Permission.WORKSPACE_GET).id)
        deployment = deployments.fetch(caller, organization_id, entity_id, Permission.DEPLOYMENT_GET)
        return Home(entity_id, deployment.workspace_id, deployment.id)


def _role(scope: TokenScope, name: str, organization_id: str, home: Home) -> Role | CustomRole:
    known = [role for role in Role if role.noun == scope.value]
    if name in known:
        return Role(name)
    custom = roles.find(organization_id, name) if scope is TokenScope.DEPLOYMENT and not is_default(name) else None
    if custom is None or custom.scope_type != scope:
        choice = ", ".join(f"`{role}`" for role in known)
        own = " or a custom role" if scope is TokenScope.DEPLOYMENT else ""
        raise Invalid.field("role", f"`{name}` is no role of the scope `{scope}`; choose one of {choice}{own}")
    if not custom.counts_in(home.workspace_id):
        raise Invalid.field("role", f"the role `{custom.name}` may not be used in this workspace; choose another one", code="RESTRICTED")
    return custom


def _grant(scope: TokenScope, home: Home, role: Role | CustomRole) -> Grant:
    if isinstance(role, CustomRole):
        return Grant(scope, home.entity_id, role.id, home.workspace_id)
    return Grant(scope, home.entity_id, role)


def _secret(id: str, organization_id: str, home: Home, start: datetime, end: datetime) -> Secret:
    return api_token(
        id, start, end, organizationId=organization_id, workspaceId=home.workspace_id, deploymentId=home.deployment_id
    )  # fmt: skip
