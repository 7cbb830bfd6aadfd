"""The table of a test, and the client through which the store speaks to DynamoDB, for whoever listens in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from orrery.store.tables import table

from local.aws.engine import Engine
from tests.support.aws import session


@contextmanager
def own_table(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The table of the settings until the end of the block: an engine slows down with every table that is left in it."""
    monkeypatch.setattr("pynamodb.connection.base.get_session", lambda: session(engine))
    bound = table()
    bound.create_table(wait=True, billing_mode="PAY_PER_REQUEST")
    yield
    bound.delete_table()


def client() -> Any:
    return table()._get_connection().connection.client


@contextmanager
def overheard(handlers: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Whatever is said meanwhile is told to these handlers, each under botocore's name of the moment, such as `before-call`."""
    events = client().meta.events
    for moment, handler in handlers.items():
        events.register(f"{moment}.dynamodb", handler)
    try:
        yield
    finally:
        for moment, handler in handlers.items():
            events.unregister(f"{moment}.dynamodb", handler)
