"""Conditional writes: every write says what must still be true and what to tell the customer when it is not.

One write is a conditional put, update or delete; several are one transaction, and each keeps its own complaint, so that a name that is
taken can be told from a generation that is stale. DynamoDB's throttling and absence become `Unavailable`.
"""

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from orrery.errors import Error, Invalid, StaleGeneration, Unavailable
from orrery.store.tables import Item, table

_COLLISION = "TransactionConflict"
_TRIES = 6
"""A collision of two transactions says nothing about either's condition: after this many the caller is asked to come back."""


class Kind(IntEnum):
    """In the order in which pynamodb lines them up in a transaction, so that DynamoDB's reasons can be matched to writes."""

    CHECK = 1
    DELETE = 2
    PUT = 3
    UPDATE = 4


@dataclass(frozen=True, eq=False)
class Write:
    """One row's change, the condition it depends on, and the error to raise when that does not hold."""

    kind: Kind
    item: Item
    condition: Condition | None
    otherwise: Error = field(default_factory=lambda: Unavailable("the write was refused; try again"))
    actions: tuple[Action, ...] = field(default=())


def changed(what: str) -> StaleGeneration:
    """The complaint of whoever read an older generation; `what` is such as "workspace `etl`"."""
    return StaleGeneration(f"{what} has changed since it was read; read it again")


def put_new(item: Item, otherwise: Error) -> Write:
    """A row that must not exist yet."""
    return Write(Kind.PUT, item, type(item).pk.does_not_exist(), otherwise)


def claim_name(item: Item, what: str) -> Write:
    """The claim on a name, whose row must not exist yet; `what` is such as "team named `platform`"."""
    return put_new(item, Invalid.field("name", f"there is already a {what}; choose another name", code="TAKEN"))


def put_next(item: Item, otherwise: Error) -> Write:
    """A row that replaces the generation before its own."""
    return Write(Kind.PUT, item, type(item).generation == item.generation - 1, otherwise)


def put_free(item: Item, now: datetime, otherwise: Error) -> Write:
    """A row that must not exist yet, or whose time must be over: DynamoDB takes up to days to remove what expired."""
    cls = type(item)
    return Write(Kind.PUT, item, cls.pk.does_not_exist() | (cls.expires < now), otherwise)


def put_if(item: Item, condition: Condition, otherwise: Error) -> Write:
    """A row that replaces another, if the condition holds of that."""
    return Write(Kind.PUT, item, condition, otherwise)


def put(item: Item) -> Write:
    """A row that replaces whatever is there: observed state only."""
    return Write(Kind.PUT, item, None)


def update(item: Item, *actions: Action, condition: Condition, otherwise: Error) -> Write:
    """A change of some attributes of a row."""
    return Write(Kind.UPDATE, item, condition, otherwise, actions)


def delete(item: Item, condition: Condition, otherwise: Error) -> Write:
    """A row that goes, if the condition holds."""
    return Write(Kind.DELETE, item, condition, otherwise)


def delete_anyway(item: Item) -> Write:
    """A row that goes; absent is fine."""
    return Write(Kind.DELETE, item, None)


def check(item: Item, condition: Condition, otherwise: Error) -> Write:
    """A row that is only looked at, in the same breath as the others change."""
    return Write(Kind.CHECK, item, condition, otherwise)


def commit(*writes: Write) -> None:
    """All of them or none; the first condition that does not hold, in the order given, raises its own error."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
        try:
            with speaking():
                return _one(writes[0]) if len(writes) == 1 else _transact(writes)
        except _Collision:
            continue
    raise Unavailable("many changes are being made to the same thing; try again")


class _Collision(Exception):
    """Two transactions met on one row: neither condition was judged."""


def _one(write: Write) -> None:
    try:
        if write.kind is Kind.PUT:
            write.item.save(condition=write.condition)
        elif write.kind is Kind.UPDATE:
            write.item.update(actions=list(write.actions), condition=write.condition)
        else:
            write.item.delete(condition=write.condition)
    except PynamoDBException as problem:
        if problem.cause_response_code == "ConditionalCheckFailedException":
            raise write.otherwise from problem
        if problem.cause_response_code == "TransactionConflictException":
            raise _Collision from problem
        raise


def _transact(writes: tuple[Write, ...]) -> None:
    lined_up = sorted(writes, key=lambda write: write.kind)
    try:
        with TransactWrite(connection=_connection()) as transaction:
            for write in lined_up:
                _enlist(transaction, write)
    except TransactWriteError as problem:
        reasons = [reason.code if reason else "" for reason in problem.cancellation_reasons]
        failed = [write for write, reason in zip(lined_up, reasons, strict=False) if reason == "ConditionalCheckFailed"]
        if failed:
            raise min(failed, key=writes.index).otherwise from problem
        if _COLLISION in reasons or problem.cause_response_code == "TransactionInProgressException":
            raise _Collision from problem
        raise


def _enlist(transaction: TransactWrite, write: Write) -> None:
    if write.kind is Kind.PUT:
        transaction.save(write.item, condition=write.condition)
    elif write.kind is Kind.UPDATE:
        transaction.update(write.item, actions=list(write.actions), condition=write.condition)
    elif write.kind is Kind.DELETE:
        transaction.delete(write.item, condition=write.condition)
    else:
        transaction.condition_check(type(write.item), write.item.pk, write.item.sk, condition=write.condition)


def _connection() -> Connection:
    connection: Any = table()._get_connection().connection  # the table's own, so that its timeouts and its client are shared
    return connection  # type: ignore[no-any-return]


_OUR_FAULT = {
    "AccessDeniedException",
    "ItemCollectionSizeLimitExceededException",
    "ResourceNotFoundException",
    "SerializationException",
    "ValidationException",
}
"""Trying again helps with none of these: they are bugs or a stack that is set up wrongly, and are told as such."""


@contextlib.contextmanager
def speaking() -> Iterator[None]:
    """Whatever DynamoDB has to say is said as one of ours; what we did wrong ourselves goes on as it is."""
    try:
        yield
    except PynamoDBException as problem:
        if problem.cause_response_code in _OUR_FAULT:
            raise
        raise Unavailable("the control plane's memory is not answering; try again in a moment") from problem
