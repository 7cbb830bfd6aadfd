"""Tokens to principals: the whole token's hash is the key, so a token that is taken away is dead at the next request.

Whoever holds default roles alone costs no read more; the custom roles of others are read with one batch, never kept between requests.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from orrery.authz.principal import Kind, Principal
from orrery.errors import Conflict, Unauthenticated
from orrery.minting import claimed_organization, digest
from orrery.model.ip_ranges import IpRanges
from orrery.model.token import Grant
from orrery.model.user import User
from orrery.store import ip_ranges, reads, roles, teams, writes
from orrery.store.documents import thaw
from orrery.store.tables import item, table
from orrery.store.writes import Write

_REMEMBERED = timedelta(days=30)
"""How long after its end a token is still told that it expired; then DynamoDB forgets it."""


@dataclass(frozen=True)
class Credential:
    """Who a token stands for. A user's own grants are read beside it at each request; an API token and an agent carry theirs."""

    id: str
    kind: Kind
    name: str
    organization_id: str
    grants: tuple[Grant, ...]
    end_at: datetime
    bearer_id: str = ""
    """The user without whom an API token is worth nothing; most belong to their Organization alone."""


def authenticate(authorization: str) -> Principal:
    """The principal behind an `Authorization` header."""
    scheme, _, token = authorization.strip().partition(" ")
    if not authorization.strip():
        raise Unauthenticated("no token was sent; send `Authorization: Bearer <token>`")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("the Authorization header is not of the form `Bearer <token>`")
    credential, ranges = _known(token.strip())
    if credential is None:
        raise Unauthenticated("this token is not known here; it may have been deleted or rotated")
    if credential.end_at <= datetime.now(UTC):
        raise Unauthenticated("this token has expired; rotate it or create a new one")
    principal = _user(credential) if credential.kind is Kind.USER else _bearer(credential)
    return replace(principal, allowed_from=tuple(each.range for each in ranges.ranges))


def _known(token: str) -> tuple[Credential | None, IpRanges]:
    """Who a token stands for, and in the same batch the allowed addresses of the Organization that it says it is for."""
    hashed, claimed = (f"HASH#{digest(token)}", "PRINCIPAL"), claimed_organization(token)
    found = reads.rows({hashed, ip_ranges.key(claimed)} if claimed else {hashed})
    row = found.get(hashed)
    credential = thaw(Credential, row.body) if row else None
    home = credential.organization_id if credential else ""
    if home and home != claimed:
        return credential, ip_ranges.load(home)
    beside = found.get(ip_ranges.key(home))
    return credential, thaw(IpRanges, beside.body) if beside else IpRanges(home)


def remember(token_hash: str, credential: Credential) -> Write:
    """A token that counts from now on."""
    row = item(f"HASH#{token_hash}", "PRINCIPAL", credential, expires=credential.end_at + _REMEMBERED)
    return writes.put_new(row, Conflict("this token exists already; try again"))


def rewrite(token_hash: str, credential: Credential) -> Write:
    """What a token stands for, written anew; only beside a write that fails when the token is gone, or it would come back to life."""
    return writes.put(item(f"HASH#{token_hash}", "PRINCIPAL", credential, expires=credential.end_at + _REMEMBERED))


def forget(token_hash: str) -> Write:
    """A token that is dead from now on."""
    return writes.delete_anyway(table()(f"HASH#{token_hash}", "PRINCIPAL"))


def _bearer(credential: Credential) -> Principal:
    if credential.bearer_id:
        _member(credential.organization_id, credential.bearer_id)
    held = roles.behind(credential.organization_id, credential.grants)
    return Principal(credential.id, credential.kind, credential.name, credential.organization_id, credential.grants, custom_roles=held)


def _user(credential: Credential) -> Principal:
    user = _member(credential.organization_id, credential.id)
    grants = user.grants + tuple(grant for team in teams.of(user) for grant in team.grants)
    held = roles.behind(user.organization_id, grants)
    return Principal(user.id, Kind.USER, user.full_name, user.organization_id, grants, user.username, held)


def _member(organization_id: str, id: str) -> User:
    user = reads.get(User, f"ORG#{organization_id}", f"USER#{id}")
    if user is None or user.status != "ACTIVE":
        raise Unauthenticated("this token's user is no longer a member; ask an owner of the Organization")
    return user
