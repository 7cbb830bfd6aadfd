"""What is said to Celery workers over their broker: whether they are there, to take nothing new, to take tasks again, what they have.

Every call ends in seconds, also at a broker that takes connections and never answers: it is its Deployment's own.
"""

from collections.abc import Collection
from typing import Any

from celery import Celery  # type: ignore[import-untyped]
from kombu.exceptions import OperationalError

_ANSWER_SECONDS = 0.7
_DEAF_SECONDS = 2.0


class Deaf(Exception):
    """The broker does not answer."""


def broadcast(broker_url: str, verb: str, workers: Collection[str], **arguments: str) -> dict[str, Any]:
    """The answers of those of the workers (by their node names) that gave one in time; `Deaf` without a broker."""
    with Celery(broker=broker_url, set_as_current=False) as app:
        app.conf.broker_connection_timeout = _ANSWER_SECONDS
        app.conf.broker_transport_options = {"socket_timeout": _DEAF_SECONDS, "socket_connect_timeout": _DEAF_SECONDS}
        try:
            answers = app.control.broadcast(
                verb, destination=list(workers), arguments=arguments, reply=True, timeout=_ANSWER_SECONDS, limit=len(workers)
            )
        except (*app.connection().connection_errors, OperationalError, OSError) as problem:
            raise Deaf("the broker does not answer") from problem
    return {name: told for answer in answers for name, told in answer.items() if name in set(workers)}
