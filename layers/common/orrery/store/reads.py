"""Consistent reads: one row, a run of rows, or many rows at once."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pynamodb.constants import BATCH_GET_PAGE_LIMIT
from pynamodb.exceptions import DoesNotExist

from orrery.errors import Unavailable
from orrery.store.documents import thaw
from orrery.store.tables import Item, table
from orrery.store.writes import TRIES, rest_before, speaking

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


def rows(keys: Iterable[tuple[str, str]], *, consistent: bool = True) -> dict[tuple[str, str], Item]:
    """The rows under many keys, whatever they hold; absent ones are left out. Not `consistent` is half the price."""
    wanted = list(set(keys))
    with speaking():
        pages = [
            _page(wanted[start : start + BATCH_GET_PAGE_LIMIT], consistent=consistent)
            for start in range(0, len(wanted), BATCH_GET_PAGE_LIMIT)
        ]
    return {(item.pk, item.sk): item for page in pages for item in page}


def several(cls: type[T], keys: Iterable[tuple[str, str]]) -> list[T]:
    """The values under many keys, in no order; absent ones are left out."""
    return [thaw(cls, item.body) for item in rows(keys).values()]


def _page(keys: list[tuple[str, str]], *, consistent: bool) -> list[Item]:
    """The rows under as many keys as one call takes; pynamodb's own loop asks for what DynamoDB left over without rest and without end."""
    bound, found = table(), list[Item]()
    left: Any = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
    for attempt in range(TRIES):
        rest_before(attempt)
        told = bound._get_connection().batch_get_item(left, consistent_read=consistent)
        found += [bound.from_raw_data(each) for each in told["Responses"].get(bound.Meta.table_name, [])]
        left = told.get("UnprocessedKeys", {}).get(bound.Meta.table_name, {}).get("Keys")
        if not left:
            return found
    raise Unavailable("the control plane's memory is busy; try again in a moment")
