"""The client through which the store speaks to DynamoDB, for whoever listens in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from orrery.store.tables import table


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
