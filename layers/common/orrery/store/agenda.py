"""The index of what somebody has to come back to: work that is open, for the sweeper, and Deployments whose sleep is due, for the tick.

Each kind lies in partitions of its own, ordered by time: what is due is found without reading what is open, and the longest due first. Two
kinds cost one index. An index is up to a second old, so whoever acts on a row does it on the condition that the row is still what it was.
"""

import hashlib
import heapq
import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from orrery.errors import StaleGeneration
from orrery.store import writes
from orrery.store.documents import thaw
from orrery.store.tables import OPEN_SHARDS, Item, table

log = logging.getLogger(__name__)
T = TypeVar("T")

PAGE = 50
"""Rows that are read at once of each partition of what is due: so many more than were asked for may be read, and no more."""


def keys(id: str, since: datetime, attempt: int) -> dict[str, str]:
    """The attributes of open work on a Deployment; a new attempt is a new place in the index, which tells two sweeps apart."""
    return _keys("OPEN", id, since, attempt)


def due_keys(id: str, at: datetime, attempt: int) -> dict[str, str]:
    """The attributes of a Deployment that must be looked at from then on."""
    return _keys("DUE", id, at, attempt)


def rows(before: datetime) -> Iterator[Item]:
    """Every row of open work that is older than `before`, oldest first in each partition."""
    bound = table()
    with writes.speaking():
        for shard in range(OPEN_SHARDS):
            yield from bound.open.query(f"OPEN#{shard}", bound.opensk < _said(before))


def due_rows(before: datetime, most: int) -> list[Item]:
    """At most so many rows that were due before then, the longest due first."""
    bound, until = table(), _said(before)
    runs = [bound.open.query(f"DUE#{shard}", bound.opensk < until, page_size=min(PAGE, most)) for shard in range(OPEN_SHARDS)]
    with writes.speaking():
        return [*islice(heapq.merge(*runs, key=lambda row: str(row.opensk)), most)]


def set_back(row: Item, at: datetime) -> None:
    """A row that was due and that nobody can read is due again then, so that it stands in nobody's way; nothing if it has changed."""
    moved = row.opensk.replace(row.opensk.partition("#")[0], _said(at), 1)
    same = type(row).opensk == row.opensk
    with suppress(StaleGeneration):
        writes.commit(writes.update(row, type(row).opensk.set(moved), condition=same, otherwise=writes.changed("what was due")))


def legible(cls: type[T], rows: Iterable[Item]) -> tuple[T, ...]:
    """The values of open work; a row that nobody can read is told to the log and left, because it must not stop the sweep."""
    return tuple(value for row in rows if (value := read(cls, row)) is not None)


def read(cls: type[T], row: Item) -> T | None:
    """The value of a row, or nothing where nobody can read it, which the log is told."""
    try:
        return thaw(cls, row.body)
    except (AttributeError, TypeError, ValueError):
        log.exception("cannot read the open work under %s %s", row.pk, row.sk)
        return None


def _said(at: datetime) -> str:
    """A time as it is ordered in the index: in UTC, whatever zone it was said in."""
    return at.astimezone(UTC).isoformat()


def _keys(kind: str, id: str, since: datetime, attempt: int) -> dict[str, str]:
    shard = int(hashlib.sha256(id.encode()).hexdigest(), 16) % OPEN_SHARDS
    return {"openpk": f"{kind}#{shard}", "opensk": f"{_said(since)}#{id}#{attempt}"}
