"""What is to be mailed, in the table: one row a letter, written beside what it tells of, gone once it was sent."""

from datetime import datetime

from orrery.errors import Error
from orrery.model.invite import Letter
from orrery.store import reads, writes
from orrery.store.tables import Item, item, table
from orrery.store.writes import Write


def new(letter: Letter) -> Write:
    """A letter to be sent, as one write among others."""
    return writes.put_new(_row(letter), _changed())


def due(now: datetime) -> list[Letter]:
    """The letters whose turn has come, those tried least often first."""
    waiting = [each for each in reads.every(Letter, "OUTBOX", "INVITE#") if each.due_at <= now < each.expires_at]
    return sorted(waiting, key=lambda each: (each.attempt, each.due_at))


def take(letter: Letter, now: datetime) -> Letter:
    """Claims the next attempt: of two who want to send the same letter one does, and the other raises `StaleGeneration`."""
    taken = letter.again(now)
    writes.commit(writes.put_next(_row(taken), _changed()))
    return taken


def forget(invite_id: str) -> Write:
    """A letter that was sent, or is not to be sent any more."""
    return writes.delete_anyway(table()("OUTBOX", f"INVITE#{invite_id}"))


def _row(letter: Letter) -> Item:
    return item("OUTBOX", f"INVITE#{letter.invite_id}", letter, expires=letter.expires_at)


def _changed() -> Error:
    return writes.changed("the letter")
