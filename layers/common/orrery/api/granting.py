"""Giving power away: where a new token is at home, and that nobody hands out more than they hold."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from orrery import names
from orrery.api import named_roles
from orrery.api.places import named_in
from orrery.api.problems import Problems
from orrery.api.wire.tokens import CreateAgentTokenRequest, CreateApiTokenRequest
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role, is_default, named_by
from orrery.authz.principal import Principal, refuse_to_grant_more, require
from orrery.errors import Invalid, StillChanging
from orrery.minting import Secret, api_token
from orrery.model.deployment import Deployment, Phase
from orrery.model.token import Grant, Token, TokenScope
from orrery.store import deployments, roles, tokens, workspaces
from orrery.store.writes import Write

LONGEST_DAYS = 3650


@dataclass(frozen=True)
class Home:
    """Where a token is at home, by the ids on the way there."""

    organization_id: str
    workspace_id: str = ""
    deployment_id: str = ""
    still_there: tuple[Write, ...] = ()
    """What must hold when the token is written, so that none is made in a place that goes at that moment."""

    @property
    def entity_id(self) -> str:
        return self.deployment_id or self.workspace_id or self.organization_id


@dataclass(frozen=True)
class Minted:
    """A token to be, the value that only its maker is told, and the writes that make it."""

    token: Token
    value: str = field(repr=False)
    writes: tuple[Write, ...]


def new_token(caller: Principal, organization_id: str, body: CreateApiTokenRequest) -> Minted:
    """The token that the caller asks for."""
    require(caller, Permission.ORGANIZATION_GET, organization=organization_id)
    scope = TokenScope(body.scope)
    home = _home(caller, organization_id, scope, body.entity_id or "")
    needed = tokens.permission(scope, "create")
    require(caller, needed, organization=organization_id, workspace=home.workspace_id, deployment=home.deployment_id)
    asked = Grant(scope, home.entity_id, body.role, home.workspace_id if home.deployment_id else "")
    return _minted(caller, home, _grant(caller, asked, organization_id), body, kind=body.kind or "STANDARD")


def new_agent_token(caller: Principal, deployment: Deployment, body: CreateAgentTokenRequest) -> Minted:
    """A token for a remote agent, which may do what such an agent does; so must whoever makes it."""
    home = _home_in(deployment)
    grant = Grant(TokenScope.DEPLOYMENT, deployment.id, Role.DEPLOYMENT_AGENT, deployment.workspace_id)
    refuse_to_grant_more(caller, Role.DEPLOYMENT_AGENT, **grant.place(deployment.organization_id))
    return _minted(caller, home, grant, body)


def rotated(caller: Principal, token: Token, *, now: datetime) -> tuple[Token, str]:
    """The token with a new value, which would be a way to somebody else's power if its roles were more than the caller's."""
    custom = roles.behind(token.organization_id, token.grants)
    for grant in token.grants:
        if role := named_by(grant, custom):
            refuse_to_grant_more(caller, role, **grant.place(token.organization_id))
    deployment = token.entity_id if token.scope is TokenScope.DEPLOYMENT else ""
    home = Home(token.organization_id, token.workspace_id, deployment)
    renewed = token.rotate(hash="", short="", by=caller.subject, now=now)
    secret = _secret(token.id, home, now, renewed.end_at)
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
            workspaces.fetch(caller, organization_id, entity_id, Permission.WORKSPACE_GET)
            return Home(organization_id, entity_id, still_there=(workspaces.there(organization_id, entity_id),))
        return _home_in(deployments.fetch(caller, organization_id, entity_id, Permission.DEPLOYMENT_GET))


def _home_in(deployment: Deployment) -> Home:
    if deployment.phase is Phase.DELETING:
        raise StillChanging(f"deployment `{deployment.name}` is being deleted, and its tokens end with it")
    return Home(deployment.organization_id, deployment.workspace_id, deployment.id, (deployments.unchanged(deployment),))


def _minted(caller: Principal, home: Home, grant: Grant, body: CreateAgentTokenRequest, *, kind: str = "STANDARD") -> Minted:
    id, now, days = names.new_id(), datetime.now(UTC), body.token_expiry_period_in_days
    end = now + timedelta(days=days or LONGEST_DAYS)
    secret = _secret(id, home, now, end)
    token = Token(
        id, home.organization_id, body.name, grant.scope, (grant,), secret.hash, secret.short,
        created_at=now, created_by=caller.subject, updated_at=now, updated_by=caller.subject, start_at=now, end_at=end,
        workspace_id=home.workspace_id, description=body.description or "", kind=kind, expiry_period_in_days=days,
    )  # fmt: skip
    return Minted(token, secret.value, (*tokens.new(token), *home.still_there))


def _grant(caller: Principal, asked: Grant, organization_id: str) -> Grant:
    """What is asked for, with a custom role under its id, if the caller may give it."""
    named = None if is_default(asked.role) or asked.scope is not TokenScope.DEPLOYMENT else roles.find(organization_id, asked.role)
    custom, problems = (named,) if named else (), Problems()
    named_roles.judge(asked, custom, "role", problems)
    problems.refuse()
    grant = replace(asked, role=named.id) if named else asked
    if role := named_by(grant, custom):
        refuse_to_grant_more(caller, role, **grant.place(organization_id))
    return grant


def _secret(id: str, home: Home, start: datetime, end: datetime) -> Secret:
    return api_token(
        id, start, end, organizationId=home.organization_id, workspaceId=home.workspace_id, deploymentId=home.deployment_id
    )  # fmt: skip
