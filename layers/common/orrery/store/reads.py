"""Consistent reads: one row, a run of rows, or many rows at once."""

from collections.abc import Iterable
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist

from orrery.store.documents import thaw
from orrery.store.tables import Item, table
from orrery.store.writes import speaking

T = TypeVar("T")
_LONGEST_SORT_KEY = 1024


def get(cls: type[T], pk: str, sk: str) -> T | None:
    """The value under a key, or nothing."""
    item = row(pk, sk)
    return thaw(cls, item.body) if item else None


def row(pk: str, sk: str) -> Item | None:
    """The row under a key, or nothing."""
    if len(sk.encode()) > _LONGEST_SORT_KEY:  # an id from a path can be anything; nothing lies under a key that cannot be
        return None
    with speaking():
        try:
            return table().get(pk, sk, consistent_read=True)
        except DoesNotExist:
            return None


def every(cls: type[T], pk: str, prefix: str, *, newest_first: bool = False, limit: int | None = None) -> list[T]:
    """The values whose sort key begins with `prefix`, in the order of their keys."""
    bound = table()
    with speaking():
        rows = bound.query(
            pk, bound.sk.startswith(prefix), consistent_read=True, scan_index_forward=not newest_first, limit=limit
        )  # fmt: skip
        return [thaw(cls, item.body) for item in rows]


def rows(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
    """The rows under many keys, whatever they hold; absent ones are left out."""
    with speaking():
        return {(item.pk, item.sk): item for item in table().batch_get(set(keys), consistent_read=True)}


def several(cls: type[T], keys: Iterable[tuple[str, str]]) -> list[T]:
    """The values under many keys, in no order; absent ones are left out."""
    wanted = set(keys)
    with speaking():
        return [thaw(cls, item.body) for item in table().batch_get(wanted, consistent_read=True)] if wanted else []
