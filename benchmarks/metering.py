"""What DynamoDB would bill: request units of every call that pynamodb sends meanwhile, counted at the client from the items themselves."""

import base64
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from tests.support.dynamodb import overheard

WRITE_BYTES, READ_BYTES = 1024, 4096
"""Bytes in one request unit; a read that may be a second old costs half of one."""


@dataclass
class Meter:
    """`calls` by operation, request units, and the bytes of items that stay until they expire, each with the 100 that DynamoDB adds."""

    calls: Counter[str] = field(default_factory=Counter)
    reads: float = 0.0
    writes: float = 0.0
    stored: int = 0
    own: float = 0.0
    """CPU seconds that counting took."""
    _asked: dict[str, Any] = field(default_factory=dict)

    def asked(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        begun = time.process_time()
        self._asked = json.loads(params["body"])
        self.calls[model.name] += 1
        for item in _written(model.name, self._asked):
            self.writes += ceil(size(item) / WRITE_BYTES)
            self.stored += (size(item) + 100) * ("expires" in item)
        self.own += time.process_time() - begun

    def answered(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        begun = time.process_time()
        for bytes_read, consistent in _read(model.name, self._asked, parsed):
            self.reads += max(1, ceil(bytes_read / READ_BYTES)) * (1.0 if consistent else 0.5)
        self.own += time.process_time() - begun


def _written(operation: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    if operation == "PutItem":
        return [asked["Item"]]
    if operation == "BatchWriteItem":
        return [each["PutRequest"]["Item"] for requests in asked["RequestItems"].values() for each in requests]
    return []


def _read(operation: str, asked: dict[str, Any], answered: dict[str, Any]) -> list[tuple[int, bool]]:
    """Bytes of each read that is rounded on its own, and whether it was consistent; an item that is not there costs as the smallest."""
    if operation == "Query":
        return [(sum(size(item) for item in answered["Items"]), asked.get("ConsistentRead", False))]
    if operation == "GetItem":
        return [(size(answered.get("Item", {})), asked.get("ConsistentRead", False))]
    if operation == "BatchGetItem":
        wanted = next(iter(asked["RequestItems"].values()))
        found = [size(item) for items in answered["Responses"].values() for item in items]
        return [(each, wanted.get("ConsistentRead", False)) for each in found + [0] * (len(wanted["Keys"]) - len(found))]
    return []


def size(item: dict[str, Any]) -> int:
    """Bytes of an item as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "B":
        return len(content if isinstance(content, bytes) else base64.b64decode(content))
    return 1


@contextmanager
def metered() -> Iterator[Meter]:
    """Everything that goes to DynamoDB meanwhile."""
    meter = Meter()
    with overheard({"before-call": meter.asked, "after-call": meter.answered}):
        yield meter
