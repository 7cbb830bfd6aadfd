"""API tokens in the table: the description that can be listed lies with the Organization (an agent's: with its
Deployment), the principal under the token's hash."""

import contextlib

from orrery.authz.permissions import Permission
from orrery.authz.policy import Role, is_default
from orrery.authz.principal import Kind, Principal, missing, require
from orrery.errors import Error, StaleGeneration
from orrery.model.token import Grant, Token, TokenScope
from orrery.store import principals, reads, writes
from orrery.store.principals import Credential
from orrery.store.tables import Item, item
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, id: str, verb: str) -> Token:
    """One token: seen wherever it has a role, but only from its home can one `update`, `delete` or `rotate` it."""
    if organization_id != principal.organization_id:
        raise missing("token")
    token = load(organization_id, id)
    if not _sees(principal, token):
        raise missing("token")
    if verb != "get":
        require(principal, permission(token.scope, verb), **token.grants[0].place(organization_id))
    return token


def list(principal: Principal, organization_id: str) -> tuple[Token, ...]:
    """The tokens that have a role in a place whose tokens the caller may see, oldest first."""
    require(principal, Permission.ORGANIZATION_GET, organization=organization_id)
    return tuple(each for each in reads.every(Token, f"ORG#{organization_id}", "TOKEN#") if _sees(principal, each))


def load(organization_id: str, id: str) -> Token:
    """One token, unguarded."""
    token = reads.get(Token, f"ORG#{organization_id}", f"TOKEN#{id}")
    if token is None:
        raise missing("token")
    return token


def of_agents(deployment_id: str) -> tuple[Token, ...]:
    """The agent tokens of a Deployment, oldest first, unguarded."""
    return tuple(reads.every(Token, f"DEP#{deployment_id}", "AGENTTOKEN#"))


def of_agent(deployment_id: str, id: str) -> Token:
    """One agent token of a Deployment, unguarded."""
    token = reads.get(Token, f"DEP#{deployment_id}", f"AGENTTOKEN#{id}")
    if token is None:
        raise missing("agent token")
    return token


def permission(scope: TokenScope, verb: str) -> Permission:
    """What it takes to do something with the tokens of a place, such as `workspace.apiTokens.rotate`; a DAG's Deployment decides."""
    noun = "deployment" if scope in (TokenScope.DAG, TokenScope.DAG_TAG) else scope.value.lower()
    return Permission(f"{noun}.apiTokens.{verb}")


def grants(token: Token) -> tuple[Grant, ...]:
    """What a token holds; whoever has a role on a Deployment may know the Workspace it lies in."""
    on_deployments = [each for each in token.grants if each.scope is TokenScope.DEPLOYMENT]
    around = {each.workspace_id for each in on_deployments if is_default(each.role)}  # a custom role brings that itself, while it counts
    return *token.grants, *(Grant(TokenScope.WORKSPACE, id, Role.WORKSPACE_ACCESSOR) for id in sorted(around))


def new(token: Token) -> tuple[Write, ...]:
    """A token that was not there before, as writes among others."""
    return writes.put_new(_row(token), _changed(token)), principals.remember(token.hash, _credential(token))


def save(token: Token) -> None:
    """The next generation with the same secret, if the one before it is still there; it counts at the next request."""
    writes.commit(writes.put_next(_row(token), _changed(token)), principals.rewrite(token.hash, _credential(token)))


def rotated(token: Token, *, before: Token) -> tuple[Write, ...]:
    """A token with a new secret: the old one is dead when the new one lives."""
    return writes.put_next(_row(token), _changed(token)), *principals.replaced(before.hash, token.hash, _credential(token))


def delete(token: Token) -> None:
    """Gone, and its secret dead at the next request."""
    row = _row(token)
    gone = writes.delete(row, type(row).generation == token.generation, _changed(token))
    writes.commit(gone, principals.forget(token.hash))


def end(organization_id: str, entity_id: str) -> None:
    """Ends every token that is at home in a Workspace or Deployment that is gone or on its way out, and takes no new ones any more.

    A token that is rotated or changed at that moment is read again.
    """
    while at_home := _at_home(organization_id, entity_id):
        for token in at_home:
            with contextlib.suppress(StaleGeneration):
                delete(token)


def _at_home(organization_id: str, entity_id: str) -> tuple[Token, ...]:
    own = (each for each in reads.every(Token, f"ORG#{organization_id}", "TOKEN#") if each.entity_id == entity_id)
    return *own, *of_agents(entity_id)


def _sees(principal: Principal, token: Token) -> bool:
    home = token.organization_id
    return any(principal.may(permission(each.scope, "get"), *each.place(home).values()) for each in token.grants)


def _row(token: Token) -> Item:
    if _is_agents(token):
        return item(f"DEP#{token.entity_id}", f"AGENTTOKEN#{token.id}", token)
    return item(f"ORG#{token.organization_id}", f"TOKEN#{token.id}", token)


def _credential(token: Token) -> Credential:
    if _is_agents(token):
        return Credential(token.id, Kind.AGENT, token.name, token.organization_id, token.grants, token.end_at)
    return Credential(token.id, Kind.SERVICEKEY, token.name, token.organization_id, grants(token), token.end_at, token.bearer_id)


def _is_agents(token: Token) -> bool:
    return token.grants[0].role == Role.DEPLOYMENT_AGENT


def _changed(token: Token) -> Error:
    return writes.changed(f"token `{token.name}`")
