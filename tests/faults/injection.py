"""DynamoDB that fails as it does under load: faults are put between our client and the real engine, at a chosen call of a request.

A call is one of ours; botocore sends it again a few times when it thinks that this helps, and so may we. A fault meets the first sending,
or lasts and meets them all.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders

from tests.support.dynamodb import client, overheard

Json = dict[str, Any]
Send = Callable[[], AWSResponse]
CHANGING = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


@dataclass(frozen=True)
class Call:
    """One call of ours, as it would go out."""

    operation: str
    body: Json

    @property
    def changes(self) -> bool:
        return self.operation in CHANGING


@dataclass(frozen=True)
class Fault:
    """A way to fail: what comes back instead of the engine's answer, which `send` would get."""

    name: str
    answer: Callable[[Call, Send], AWSResponse]
    meets: Callable[[Call], bool] = lambda call: True
    lasting: bool = True
    refused: bool = False
    """Whether it says that a condition did not hold."""

    def __str__(self) -> str:
        return self.name


@dataclass
class Wire:
    """What goes over the wire while it is watched; at most one call meets a fault."""

    fault: Fault | None = None
    at: int = 0
    calls: list[Call] = field(default_factory=list)
    met: int = 0

    def called(self, model: Any, params: Json, **_: Any) -> None:
        self.calls.append(Call(model.name, json.loads(params["body"])))

    def sent(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        if self.fault is None or len(self.calls) <= self.at or not self._is_met(self.fault):
            return None
        self.met += 1
        return self.fault.answer(self.calls[-1], lambda: client()._endpoint.http_session.send(request))

    def _is_met(self, fault: Fault) -> bool:
        """A fault that lasts meets the same call again, however often we or botocore try."""
        return self.calls[-1].operation == self.calls[self.at].operation if fault.lasting else not self.met


@contextmanager
def watched(fault: Fault | None = None, at: int = 0) -> Iterator[Wire]:
    """Everything sent to DynamoDB meanwhile; the call number `at` meets the fault."""
    wire = Wire(fault, at)
    with overheard({"before-call": wire.called, "before-send": wire.sent}):
        yield wire


def _says(status: int, code: str, **more: Any) -> AWSResponse:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **more}
    return _raw(status, json.dumps(body).encode())


def _raw(status: int, body: bytes) -> AWSResponse:
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "fault"}
    response = AWSResponse("", status, HTTPHeaders.from_dict(headers), io.BytesIO())
    response._content = body  # type: ignore[attr-defined]  # read already
    return response


def _lost(call: Call, send: Send) -> AWSResponse:
    send()
    return _says(500, "InternalServerError")


def _refused(code: str, single: str, place: int) -> Callable[[Call, Send], AWSResponse]:
    """A write that somebody else came before: `place` is the item of a transaction that is in the way."""

    def answer(call: Call, send: Send) -> AWSResponse:
        if call.operation != "TransactWriteItems":
            return _says(400, single)
        reasons = [{"Code": code if at == place else "None"} for at in range(len(call.body["TransactItems"]))]
        return _says(400, "TransactionCanceledException", CancellationReasons=reasons)

    return answer


def _has_item(place: int) -> Callable[[Call], bool]:
    """Whether a write has a conditional item at a place."""

    def meets(call: Call) -> bool:
        items = [next(iter(each.values())) for each in call.body.get("TransactItems", [])] or [call.body]
        return call.operation in CHANGING - {"BatchWriteItem"} and place < len(items) and "ConditionExpression" in items[place]

    return meets


def _unprocessed(call: Call, send: Send) -> AWSResponse:
    left = "UnprocessedKeys" if call.operation == "BatchGetItem" else "UnprocessedItems"
    return _raw(200, json.dumps({"Responses": {}, left: call.body["RequestItems"]}).encode())


def _is_batch(call: Call) -> bool:
    return call.operation.startswith("Batch")


def _changes(call: Call) -> bool:
    return call.changes


_UNMET = "ConditionalCheckFailed", "ConditionalCheckFailedException"
FAULTS = [
    Fault("throttled", lambda call, send: _says(400, "ProvisionedThroughputExceededException")),
    Fault("over the request limit", lambda call, send: _says(400, "RequestLimitExceeded"), _changes),
    Fault("throttled once", lambda call, send: _says(400, "ThrottlingException"), lasting=False),
    Fault("broken", lambda call, send: _says(500, "InternalServerError")),
    Fault("answer lost", _lost, _changes),
    Fault("answer lost once", _lost, _changes, lasting=False),
    Fault("in conflict", _refused("TransactionConflict", "TransactionConflictException", 0), _changes),
    Fault("in conflict once", _refused("TransactionConflict", "TransactionConflictException", 0), _changes, lasting=False),
    *(Fault(f"overtaken at item {place}", _refused(*_UNMET, place), _has_item(place), lasting=False, refused=True) for place in range(6)),
    Fault("unprocessed", _unprocessed, _is_batch),
    Fault("unprocessed once", _unprocessed, _is_batch, lasting=False),
]  # fmt: skip
