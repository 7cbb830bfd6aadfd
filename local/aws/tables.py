"""MiniStack's DynamoDB made durable: what a request changed is in the journal before its answer leaves.

MiniStack keeps tables in memory and changes every item through two functions. Both are replaced by ones that note what
they touch; after each request the new state of those items (not the request, which may depend on the clock) becomes one
line of the journal. Requests run one at a time and never pause, so a line is one whole request: a transaction is there
or it is not. Streams and backups are not kept; the operations that would need them are refused.
"""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any

from local.aws.journal import Journal, JournalError, Record

Response = tuple[int, dict[str, str], bytes]
Item = dict[str, Any]
ItemKey = tuple[str, str, str]  # table ARN, partition value, sort value
SettingKey = tuple[str, str, str, str]  # store, account, region, name

TRANSACTIONS = {"TransactWriteItems", "ExecuteTransaction"}
ITEMS = TRANSACTIONS | {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ExecuteStatement", "BatchExecuteStatement"}
SETTINGS = {"CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive", "UpdateContinuousBackups", "TagResource", "UntagResource"}
READS = {"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "DescribeTable", "ListTables", "DescribeTimeToLive"}
READS |= {"DescribeContinuousBackups", "ListTagsOfResource", "DescribeLimits", "DescribeEndpoints"}

STORES = {"tables": "_tables", "tags": "_tags", "ttl": "_ttl_settings", "backups": "_pitr_settings"}
# Counted again or built again from the items, so no part of a table's own settings.
DERIVED = {"items", "ItemCount", "TableSizeBytes", "_index_members"}
TOKEN_SECONDS = 600
IMAGES_PER_LINE = 200
COMPACT_BYTES = 16 << 20


class Digest(str):
    """Stands for a transaction's request where MiniStack remembers it whole: equal to any request with the same hash."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, _digest(other) if isinstance(other, dict) else other)

    __hash__ = str.__hash__


class Tables:
    """The door to MiniStack's DynamoDB; `handle` takes the place of its request handler."""

    def __init__(self, dynamodb: Any, journal: Journal, on_failure: Callable[[JournalError], None]) -> None:
        self._dynamodb = dynamodb
        self._journal = journal
        self._on_failure = on_failure
        self._engine = dynamodb.handle_request
        self._set, self._remove = dynamodb._set_item, dynamodb._remove_item
        self._touched: dict[ItemKey, Item | None] | None = None
        self._known: dict[SettingKey, str] = {}
        self._compact_at = COMPACT_BYTES

    def restore(self) -> None:
        """Replay the journal, then start it anew from what stands."""
        for record in self._journal.read():
            self._apply(record)
        for _, table in self._dynamodb._tables.all_items():
            self._dynamodb._items_replaced(table)
        self._known = {key: _text(value) for key, value in self._settings()}
        self._compact()
        self._dynamodb._set_item, self._dynamodb._remove_item = self._noting_set, self._noting_remove

    async def handle(self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]) -> Response:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation not in ITEMS | SETTINGS | READS or (operation == "UpdateTable" and b"ReplicaUpdates" in body):
            return _error(400, "UnknownOperationException", f"the local engine does not keep what `{operation}` does")
        with self._dynamodb._lock:  # MiniStack's own thread deletes expired items under it
            try:
                return self._run(operation, self._engine(method, path, headers, body, query), body)
            except JournalError as error:
                self._on_failure(error)
                return _error(500, "InternalServerError", str(error))

    def _run(self, operation: str, request: Coroutine[Any, Any, Response], body: bytes) -> Response:
        self._touched = {}
        try:
            response = _finish(request)
            self._record(operation, body)
        except JournalError:
            raise
        except Exception:
            self._undo(self._touched)
            raise
        finally:
            self._touched = None
        return response

    def _record(self, operation: str, body: bytes) -> None:
        record: Record = {}
        if operation in SETTINGS:
            record["settings"] = self._changed_settings()
        if self._touched:
            record["items"] = [[*key, self._find(key)] for key in self._touched]
        if operation in TRANSACTIONS:
            record["tokens"] = list(self._new_tokens(json.loads(body)))
        if any(record.values()):
            self._journal.append(record)
        if self._journal.size > self._compact_at:
            self._compact()

    def _compact(self) -> None:
        self._journal.rewrite(self._snapshot())
        self._compact_at = max(COMPACT_BYTES, 4 * self._journal.size)

    # What changed

    def _noting_set(self, table: dict[str, Any], partition: str, sort: str, item: Item) -> Any:
        self._note(table, partition, sort)
        return self._set(table, partition, sort, item)

    def _noting_remove(self, table: dict[str, Any], partition: str, sort: str) -> Any:
        if self._touched is None:
            return self._expire(table, partition, sort)
        self._note(table, partition, sort)
        return self._remove(table, partition, sort)

    def _note(self, table: dict[str, Any], partition: str, sort: str) -> None:
        assert self._touched is not None, "an item was written outside a request"
        key = (table["TableArn"], partition, sort)
        self._touched.setdefault(key, self._find(key))

    def _expire(self, table: dict[str, Any], partition: str, sort: str) -> Any:
        """MiniStack's time-to-live thread removes an item: a change of its own, outside every request."""
        try:
            self._journal.append({"items": [[table["TableArn"], partition, sort, None]]})
        except JournalError as error:
            self._on_failure(error)
            raise
        return self._remove(table, partition, sort)

    def _undo(self, touched: dict[ItemKey, Item | None]) -> None:
        for key, item in touched.items():
            self._place(key, item)

    def _changed_settings(self) -> list[list[Any]]:
        now = {key: _text(value) for key, value in self._settings()}
        gone = [[*key, None] for key in self._known if key not in now]
        new = [[*key, json.loads(text)] for key, text in now.items() if self._known.get(key) != text]
        self._known = now
        return gone + new

    def _settings(self) -> Iterator[tuple[SettingKey, Any]]:
        for name, attribute in STORES.items():
            for (account, region, key), value in getattr(self._dynamodb, attribute).all_items():
                kept = {k: v for k, v in value.items() if k not in DERIVED} if name == "tables" else value
                yield (name, account, region, key), kept

    def _new_tokens(self, request: dict[str, Any]) -> Iterator[list[Any]]:
        token = request.get("ClientRequestToken")
        entry = self._dynamodb._txn_idempotency.get(token)
        if entry is not None and not isinstance(entry["signature"], Digest):
            entry["signature"] = Digest(_digest(entry["signature"]))
            yield [self._dynamodb.get_account_id(), self._dynamodb.get_region(), token, entry]

    # From the journal to memory and back

    def _apply(self, record: Record) -> None:
        for name, account, region, key, value in record.get("settings", ()):
            self._apply_setting(name, (account, region, key), value)
        for arn, partition, sort, item in record.get("items", ()):
            self._place((arn, partition, sort), item)
        for account, region, token, entry in record.get("tokens", ()):
            remembered = {**entry, "signature": Digest(entry["signature"])}
            self._dynamodb._txn_idempotency.set_scoped(account, region, token, remembered)

    def _apply_setting(self, name: str, key: tuple[str, str, str], value: Any) -> None:
        store = getattr(self._dynamodb, STORES[name])
        if value is None:
            store.pop_scoped(*key, None)
            return
        if name == "tables":
            value["items"] = (store.get_scoped(*key) or {}).get("items", defaultdict(dict))
        store.set_scoped(*key, value)

    def _place(self, key: ItemKey, item: Item | None) -> None:
        arn, partition, sort = key
        table = self._table(arn)
        if table is None:  # deleted later in the journal
            return
        if item is None:
            self._remove(table, partition, sort)
        else:
            self._set(table, partition, sort, item)

    def _find(self, key: ItemKey) -> Item | None:
        arn, partition, sort = key
        table = self._table(arn)
        found: Item | None = table["items"].get(partition, {}).get(sort) if table else None
        return found

    def _table(self, arn: str) -> Any:
        _, _, _, region, account, resource = arn.split(":", 5)
        return self._dynamodb._tables.get_scoped(account, region, resource.removeprefix("table/"))

    def _snapshot(self) -> Iterator[Record]:
        yield {"settings": [[*key, value] for key, value in self._settings()]}
        for _, table in self._dynamodb._tables.all_items():
            yield from _batches(_images(table))
        alive = time.time() - TOKEN_SECONDS
        tokens = self._dynamodb._txn_idempotency.all_items()
        yield {"tokens": [[*key, entry] for key, entry in tokens if entry["completed_at"] > alive]}


def _finish(request: Coroutine[Any, Any, Response]) -> Response:
    """Run a handler to its end without giving way: that nothing comes between a change and its record rests on this."""
    try:
        request.send(None)
    except StopIteration as end:
        response: Response = end.value
        return response
    request.close()
    raise RuntimeError("the engine paused in the middle of a request")


def _images(table: dict[str, Any]) -> Iterator[list[Any]]:
    for partition, items in table["items"].items():
        for sort, item in items.items():
            yield [table["TableArn"], partition, sort, item]


def _batches(images: Iterable[list[Any]]) -> Iterator[Record]:
    batch: list[list[Any]] = []
    for image in images:
        batch.append(image)
        if len(batch) == IMAGES_PER_LINE:
            yield {"items": batch}
            batch = []
    yield {"items": batch}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _digest(request: object) -> str:
    return hashlib.sha256(_text(request).encode()).hexdigest()


def _error(status: int, code: str, message: str) -> Response:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}).encode()
    return status, {"Content-Type": "application/x-amz-json-1.0"}, body
