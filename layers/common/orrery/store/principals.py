"""Tokens to principals: the whole token's hash is the key, so a token that is taken away is dead at the next request.

Whoever holds default roles alone costs no read more; the custom roles of others are read with one batch, never kept between requests.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import PynamoDBException

from orrery.authz.policy import Role
from orrery.authz.principal import Kind, Principal
from orrery.errors import Conflict, Unauthenticated
from orrery.minting import claimed_organization, digest
from orrery.model.ip_ranges import IpRanges
from orrery.model.token import Grant, TokenScope
from orrery.model.user import User
from orrery.store import ip_ranges, reads, roles, sessions, teams, writes
from orrery.store.documents import thaw
from orrery.store.tables import Item, item, table
from orrery.store.writes import Write

_REMEMBERED = timedelta(days=30)
"""How long after its end a token is still told that it expired; then DynamoDB forgets it."""
_NOTED = timedelta(hours=1)
"""How old the note of a token's last use becomes before a use is noted again: most requests find it young, and write nothing."""

log = logging.getLogger("orrery")


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
    session_id: str = ""
    """The sign-in without which a user's token is worth nothing."""


def authenticate(authorization: str) -> Principal:
    """The principal behind an `Authorization` header."""
    scheme, _, token = authorization.strip().partition(" ")
    if not authorization.strip():
        raise Unauthenticated("no token was sent; send `Authorization: Bearer <token>`")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("the Authorization header is not of the form `Bearer <token>`")
    (row, credential, ranges), now = _known(token.strip()), datetime.now(UTC)
    if credential.end_at <= now:
        raise Unauthenticated("this token has expired; rotate it or create a new one")
    found = principal(credential)
    if credential.kind is not Kind.USER and credential.organization_id:
        _note_use(row, now)
    return replace(found, allowed_from=tuple(each.range for each in ranges.ranges))


def session_behind(token: str) -> str:
    """The id of the sign-in that an access token came from; empty if it came from none."""
    credential = reads.get(Credential, f"HASH#{digest(token)}", "PRINCIPAL")
    return credential.session_id if credential else ""


def remember_agent(cluster_id: str, token_hash: str, end: datetime) -> Write:
    """The token of a cluster's agent, as one write among others."""
    grants = (Grant(TokenScope.CLUSTER, cluster_id, Role.CLUSTER_AGENT),)
    return remember(token_hash, Credential(cluster_id, Kind.AGENT, "agent", "", grants, end))


def principal(credential: Credential) -> Principal:
    """Who a credential stands for, with all that they hold at this moment."""
    return _user(credential) if credential.kind is Kind.USER else _bearer(credential)


def last_used(token_hashes: Iterable[str]) -> dict[str, datetime]:
    """When tokens were last used, give or take an hour, by their hashes; one that never was, or ended a month ago, is left out."""
    found = reads.rows({(f"HASH#{each}", "PRINCIPAL") for each in token_hashes})
    return {pk.removeprefix("HASH#"): datetime.fromtimestamp(row.used, UTC) for (pk, _), row in found.items() if row.used}


def _note_use(row: Item, now: datetime) -> None:
    """At best effort: no request fails because its time could not be noted, and a token that is being deleted does not come back."""
    bound, old = table(), int((now - _NOTED).timestamp())
    if row.used and row.used > old:
        return
    unnoted = bound.pk.exists() & (bound.used.does_not_exist() | (bound.used <= old))
    try:
        row.update(actions=[bound.used.set(int(now.timestamp()))], condition=unnoted)
    except PynamoDBException as problem:
        if problem.cause_response_code != "ConditionalCheckFailedException":  # that is: somebody else noted it, or deleted the token
            log.warning("the last use of a token was not noted: %s", problem)


def _known(token: str) -> tuple[Item, Credential, IpRanges]:
    """Who a token stands for, and in the same batch the allowed addresses of the Organization that it says it is for."""
    hashed, claimed = (f"HASH#{digest(token)}", "PRINCIPAL"), claimed_organization(token)
    found = reads.rows({hashed, ip_ranges.key(claimed)} if claimed else {hashed})
    if hashed not in found:
        raise Unauthenticated("this token is not known here; it may have been deleted or rotated")
    row = found[hashed]
    credential = thaw(Credential, row.body)
    home = credential.organization_id
    if home and home != claimed:
        return row, credential, ip_ranges.load(home)
    beside = found.get(ip_ranges.key(home))
    return row, credential, thaw(IpRanges, beside.body) if beside else IpRanges(home)


def remember(token_hash: str, credential: Credential) -> Write:
    """A token that counts from now on."""
    return writes.put_new(_row(token_hash, credential), Conflict("this token exists already; try again"))


def rewrite(token_hash: str, credential: Credential) -> Write:
    """What a token stands for, written anew where it is still known; what else is noted beside it stays."""
    row, bound = _row(token_hash, credential), table()
    ended = Conflict(f"the token `{credential.name}` ended long ago; rotate it before you change it")
    return writes.update(row, bound.body.set(row.body), condition=bound.pk.exists(), otherwise=ended)


def replaced(old_hash: str, token_hash: str, credential: Credential) -> tuple[Write, ...]:
    """The same token under a new hash, with the note of its last use; the old hash is dead when the new one lives."""
    before, row = reads.row(f"HASH#{old_hash}", "PRINCIPAL"), _row(token_hash, credential)
    row.used = before.used if before else None
    return forget(old_hash), writes.put_new(row, Conflict("this token exists already; try again"))


def forget(token_hash: str) -> Write:
    """A token that is dead from now on."""
    return writes.delete_anyway(table()(f"HASH#{token_hash}", "PRINCIPAL"))


def _row(token_hash: str, credential: Credential) -> Item:
    return item(f"HASH#{token_hash}", "PRINCIPAL", credential, expires=credential.end_at + _REMEMBERED)


def _bearer(credential: Credential) -> Principal:
    if credential.bearer_id:
        _member(credential.organization_id, credential.bearer_id)
    held = roles.behind(credential.organization_id, credential.grants)
    return Principal(credential.id, credential.kind, credential.name, credential.organization_id, credential.grants, custom_roles=held)


def _user(credential: Credential) -> Principal:
    user = _member(credential.organization_id, credential.id, credential.session_id)
    grants = user.grants + tuple(grant for team in teams.of(user) for grant in team.grants)
    held = roles.behind(user.organization_id, grants)
    return Principal(user.id, Kind.USER, user.full_name, user.organization_id, grants, user.username, held)


def _member(organization_id: str, id: str, session_id: str = "") -> User:
    """The user, and in the same breath whether the sign-in is still there that their token came from."""
    member, session = (f"ORG#{organization_id}", f"USER#{id}"), sessions.key(session_id)
    found = reads.rows({member, session} if session_id else {member})
    if session_id and session not in found:
        raise Unauthenticated("you are signed out; sign in again")
    user = thaw(User, found[member].body) if member in found else None
    if user is None or user.status != "ACTIVE":
        raise Unauthenticated("this token's user is no longer a member; ask an owner of the Organization")
    return user
