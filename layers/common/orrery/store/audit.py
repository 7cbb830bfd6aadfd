"""The audit log in the table: written once, never changed, forgotten after ninety days.

A day of an Organization is spread over a few partitions: at 500 requests a second, with records of some 5 KiB, one partition would be full.
"""

import heapq
import zlib
from collections.abc import Iterator
from datetime import date

from orrery.model.audit import RETENTION, Record
from orrery.model.span import Span, said
from orrery.store import writes
from orrery.store.documents import thaw
from orrery.store.tables import item, table

SHARDS = 4


def append(record: Record) -> None:
    """One more record; the same one again changes nothing."""
    shard = zlib.crc32(record.request_id.encode()) % SHARDS
    key = _partition(record.organization_id, record.timestamp.date(), shard), f"{said(record.timestamp)}#{record.request_id}"
    writes.commit(writes.put(item(*key, record, expires=record.timestamp + RETENTION)))


def between(organization_id: str, span: Span) -> Iterator[Record]:
    """An Organization's records, oldest first, unguarded; they are read as they are taken."""
    for day in span.days:
        runs = (_run(_partition(organization_id, day, shard), span) for shard in range(SHARDS))
        yield from heapq.merge(*runs, key=lambda record: (record.timestamp, record.request_id))


def _run(partition: str, span: Span) -> Iterator[Record]:
    bound = table()
    wanted = bound.sk.between(said(span.first), f"{said(span.last)}$")  # "$" comes right after the "#" before a request's id
    with writes.speaking():
        for row in bound.query(partition, wanted, consistent_read=True):
            yield thaw(Record, row.body)


def _partition(organization_id: str, day: date, shard: int) -> str:
    return f"AUDIT#{organization_id}#{day}#{shard}"
