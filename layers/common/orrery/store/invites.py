"""Invitations in the table, with the user who waits for the invited person: made, accepted and taken back all or nothing."""

from datetime import UTC, datetime

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Invalid, NotFound
from orrery.minting import digest
from orrery.model.invite import Invite, Key, Letter
from orrery.model.user import User, folded
from orrery.store import outbox, reads, users, writes
from orrery.store.tables import Item, item, table
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, id: str) -> Invite:
    """One open invitation, for a caller who may invite."""
    require(principal, Permission.ORGANIZATION_USERS_CREATE, organization=organization_id)
    return load(organization_id, id)


def load(organization_id: str, id: str) -> Invite:
    """One open invitation, unguarded."""
    invite = reads.get(Invite, f"ORG#{organization_id}", f"INVITE#{id}")
    if invite is None or not invite.is_open(datetime.now(UTC)):
        raise missing("invite")
    return invite


def list(principal: Principal, organization_id: str) -> tuple[Invite, ...]:
    """The open invitations, oldest first, for a caller who may invite."""
    require(principal, Permission.ORGANIZATION_USERS_CREATE, organization=organization_id)
    return _open(f"ORG#{organization_id}")


def addressed_to(user: User) -> tuple[Invite, ...]:
    """The open invitations of other Organizations to a user's address; none to whoever may not be reading its mail."""
    if not user.is_address_proven:
        return ()
    return tuple(each for each in _open(f"EMAIL#{folded(user.username)}") if each.organization_id != user.organization_id)


def create(invite: Invite, user: User) -> Letter:
    """Makes it, with the user who waits and the letter that tells of it."""
    letter = Letter.of(invite)
    taken = Invalid.field("inviteeEmail", f"`{invite.email}` was invited or became a member a moment ago", code="TAKEN")
    mine, theirs = _rows(invite)
    writes.commit(writes.put_new(mine, taken), *users.new(user, taken), writes.put(theirs), outbox.new(letter))
    return letter


def delete(invite: Invite) -> None:
    """Takes it back; whoever waited is no longer there, and no token opens anything."""
    user = users.load(invite.organization_id, invite.user_id)
    writes.commit(*_closed(invite, missing("invite")), *users.gone(user))


def remember(token: str, invite: Invite, *, is_mailed: bool) -> None:
    """One more token that accepts it; earlier ones stay good until one of them is used."""
    mine, _ = _rows(invite)
    key = Key(invite.organization_id, invite.id, is_mailed)
    there = writes.check(mine, type(mine).pk.exists(), missing("invite"))
    row = item(f"INVITATION#{digest(token)}", "INVITATION", key, expires=invite.expires_at)
    writes.commit(there, writes.put_new(row, missing("invite")))


def opened_by(token: str) -> tuple[Invite, User, Key]:
    """The open invitation behind an accept token, and who waits; one word for every token that opens nothing."""
    key = reads.get(Key, f"INVITATION#{digest(token)}", "INVITATION")
    try:
        if key is None:
            raise _nothing()
        invite = load(key.organization_id, key.invite_id)
        return invite, users.load(invite.organization_id, invite.user_id), key
    except NotFound:
        raise _nothing() from None


def accept(token: str, invite: Invite, user: User) -> None:
    """The user as a member: of two who come at the same time one gets in."""
    key = writes.delete_anyway(table()(f"INVITATION#{digest(token)}", "INVITATION"))
    writes.commit(*_closed(invite, _nothing()), *users.accepted(user), key)


def _closed(invite: Invite, otherwise: NotFound) -> tuple[Write, ...]:
    mine, theirs = _rows(invite)
    return writes.delete(mine, type(mine).pk.exists(), otherwise), writes.delete_anyway(theirs), outbox.forget(invite.id)


def _open(pk: str) -> tuple[Invite, ...]:
    now = datetime.now(UTC)
    return tuple(each for each in reads.every(Invite, pk, "INVITE#") if each.is_open(now))


def _rows(invite: Invite) -> tuple[Item, Item]:
    """The same thing twice: among the Organization's invitations, and among those to its address. It never changes."""
    places = f"ORG#{invite.organization_id}", f"EMAIL#{folded(invite.email)}"
    mine, theirs = (item(place, f"INVITE#{invite.id}", invite, expires=invite.expires_at) for place in places)
    return mine, theirs


def _nothing() -> NotFound:
    return NotFound(
        "this invitation is not open: it was used, taken back, is over or was never made; ask whoever invited you for a new one"
    )
