"""Sessions: one row each, which every token of it leans on. Take the row away, and they are dead at the next request.

A refresh token is known by its hash, good or used up: only one that was really given out can end its session when it comes again.
"""

from orrery.errors import Error
from orrery.minting import digest
from orrery.model.sign_in import Session
from orrery.model.user import folded
from orrery.store import reads, writes
from orrery.store.tables import Item, claim, item, table
from orrery.store.writes import Write


def key(id: str) -> tuple[str, str]:
    return f"SESSION#{id}", "SESSION"


def load(id: str) -> Session | None:
    return reads.get(Session, *key(id))


def behind(refresh_token: str) -> tuple[Session | None, bool]:
    """The session that a refresh token was given out for, and whether the token is its newest."""
    row = reads.row(f"REFRESH#{digest(refresh_token)}", "REFRESH")
    session = load(row.body["owner"]) if row else None
    return session, session is not None and session.refresh_hash == digest(refresh_token)


def new(session: Session) -> tuple[Write, ...]:
    """A session from now on, as writes among others."""
    drawn = Error("an id was drawn twice")
    return writes.put_new(_row(session), drawn), writes.put(_pointer(session)), *_refresh(session)


def refreshed(session: Session, otherwise: Error) -> tuple[Write, ...]:
    """The next generation with its new refresh token, if nobody refreshed it meanwhile and nobody ended it."""
    return writes.put_next(_row(session), otherwise), writes.put(_pointer(session)), *_refresh(session)


def end(session: Session) -> None:
    """Over; ended already is fine."""
    writes.commit(writes.delete_anyway(table()(*key(session.id))), writes.delete_anyway(_pointer(session)))


def of_address(address: str) -> tuple[Session, ...]:
    """All sessions of a person, in whatever Organization and with whatever client."""
    bound, place = table(), f"EMAIL#{folded(address)}"
    with writes.speaking():
        rows = list(bound.query(place, bound.sk.startswith("SESSION#"), consistent_read=True))
    return tuple(reads.several(Session, [key(row.sk.removeprefix("SESSION#")) for row in rows]))


def _refresh(session: Session) -> tuple[Write, ...]:
    if not session.refresh_hash:
        return ()
    row = claim(f"REFRESH#{session.refresh_hash}", "REFRESH", session.id, expires=session.ends_at)
    return (writes.put_new(row, Error("a refresh token was drawn twice")),)


def _row(session: Session) -> Item:
    return item(*key(session.id), session, expires=session.ends_at)


def _pointer(session: Session) -> Item:
    return claim(f"EMAIL#{folded(session.person.address)}", f"SESSION#{session.id}", session.id, expires=session.ends_at)
