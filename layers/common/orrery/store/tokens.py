"""API tokens in the table: the description that can be listed lies with the Organization, the principal under the token's hash."""

from orrery.authz.permissions import Permission
from orrery.authz.policy import Role, is_default
from orrery.authz.principal import Kind, Principal, missing, require
from orrery.errors import Error
from orrery.model.token import Grant, Token, TokenScope
from orrery.store import principals, reads, writes
from orrery.store.principals import Credential
from orrery.store.tables import Item, item
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, id: str, verb: str) -> Token:
    """One token, for a caller who may `get`, `update`, `delete` or `rotate` the tokens of the place where this one is at home."""
    if organization_id != principal.organization_id:
        raise missing("token")
    token = load(organization_id, id)
    if not _may(principal, token, "get"):
        raise missing("token")
    require(
        principal, permission(token.scope, verb), organization=organization_id, workspace=token.workspace_id, deployment=token.entity_id
    )
    return token


def list(principal: Principal, organization_id: str) -> tuple[Token, ...]:
    """The tokens whose home's tokens the caller may see, oldest first."""
    require(principal, Permission.ORGANIZATION_GET, organization=organization_id)
    return tuple(each for each in reads.every(Token, f"ORG#{organization_id}", "TOKEN#") if _may(principal, each, "get"))


def load(organization_id: str, id: str) -> Token:
    """One token, unguarded."""
    token = reads.get(Token, f"ORG#{organization_id}", f"TOKEN#{id}")
    if token is None:
        raise missing("token")
    return token


def permission(scope: TokenScope, verb: str) -> Permission:
    """What it takes to do something with the tokens of a place, such as `workspace.apiTokens.rotate`."""
    return Permission(f"{scope.value.lower()}.apiTokens.{verb}")


def grants(token: Token) -> tuple[Grant, ...]:
    """What a token holds; whoever has a role on a Deployment may know the Workspace it lies in."""
    if token.scope is TokenScope.DEPLOYMENT and is_default(token.grants[0].role):  # a custom role brings that itself, while it counts
        return *token.grants, Grant(TokenScope.WORKSPACE, token.workspace_id, Role.WORKSPACE_ACCESSOR)
    return token.grants


def new(token: Token) -> tuple[Write, ...]:
    """A token that was not there before, as writes among others."""
    return writes.put_new(_row(token), _changed(token)), principals.remember(token.hash, _credential(token))


def save(token: Token) -> None:
    """The next generation with the same secret, if the one before it is still there; it counts at the next request."""
    writes.commit(writes.put_next(_row(token), _changed(token)), principals.rewrite(token.hash, _credential(token)))


def rotated(token: Token, *, before: Token) -> tuple[Write, ...]:
    """A token with a new secret: the old one is dead when the new one lives."""
    return (
        writes.put_next(_row(token), _changed(token)),
        principals.forget(before.hash),
        principals.remember(token.hash, _credential(token)),
    )


def delete(token: Token) -> None:
    """Gone, and its secret dead at the next request."""
    row = _row(token)
    gone = writes.delete(row, type(row).generation == token.generation, _changed(token))
    writes.commit(gone, principals.forget(token.hash))


def _may(principal: Principal, token: Token, verb: str) -> bool:
    return principal.may(permission(token.scope, verb), token.organization_id, token.workspace_id, token.entity_id)


def _row(token: Token) -> Item:
    return item(f"ORG#{token.organization_id}", f"TOKEN#{token.id}", token)


def _credential(token: Token) -> Credential:
    return Credential(token.id, Kind.SERVICEKEY, token.name, token.organization_id, grants(token), token.end_at, token.bearer_id)


def _changed(token: Token) -> Error:
    return writes.changed(f"token `{token.name}`")
