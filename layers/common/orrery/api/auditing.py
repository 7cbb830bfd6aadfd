"""Recording: what a request did is written down after its answer is made, and never changes that answer.

The change has happened by then, so a record that cannot be kept is no reason to fail: it goes whole, as redacted as ever, to the function's
log instead, as an ERROR that says `audit record not kept`, and can be told from there.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orrery.api import bodies
from orrery.api.caller_address import address_of
from orrery.authz.principal import Kind, Principal
from orrery.errors import Error
from orrery.model.audit import Record
from orrery.model.redaction import redacted, redacted_path
from orrery.model.span import floor
from orrery.store import audit
from orrery.store.documents import freeze

log = logging.getLogger("orrery")

NEEDED = 16_000
"""Milliseconds that DynamoDB may take before it is given up; with fewer left the function could end before its answer is out."""


@dataclass(frozen=True)
class Operation:
    """What of the API a request asks for: the path's template, and the id, which is empty when there is no such operation."""

    path: str
    id: str = ""


def record(event: dict[str, Any], caller: Principal, find: Callable[[], Operation], *, status: int, context: Any) -> None:
    """Writes down a request that changed something, was refused, or was shown a secret; agents' reports are none of these.

    `find` tells which operation it asks for. Never raises.
    """

    def made() -> Record | None:
        operation = find()
        is_told = caller.kind is not Kind.AGENT and _matters(event, operation, status)
        return _record(event, caller, operation, status) if is_told else None

    keep(made, context)


def keep(make: Callable[[], Record | None], context: Any = None) -> None:
    """Writes down what `make` makes, if anything. Never raises."""
    made = None
    try:
        made = make()
        if made is None:
            return
        if context is not None and context.get_remaining_time_in_millis() < NEEDED:
            raise TimeoutError
        audit.append(made)
    except Exception as problem:
        # its kind and not its words: they may quote what was sent
        told = {"audit": freeze(made) if made else {}, "reason": type(problem).__name__}
        log.error("audit record not kept", extra=told)


def _matters(event: dict[str, Any], operation: Operation, status: int) -> bool:
    asked = event.get("queryStringParameters") or {}
    reveals = asked.get("showSecrets", "false") != "false" or operation.id == "GetOrganizationAuditLogs"
    return event["requestContext"]["http"]["method"] not in ("GET", "HEAD") or status in (403, 404) or reveals


def _record(event: dict[str, Any], caller: Principal, operation: Operation, status: int) -> Record:
    asked = event["requestContext"]["http"]
    body = _body(event)
    return Record(
        request_id=str(event["requestContext"]["requestId"]),
        timestamp=floor(datetime.now(UTC)),
        organization_id=caller.organization_id,
        subject_id=caller.id,
        subject_type=caller.subject.type,
        source_ip=address_of(event),
        user_agent=str(asked.get("userAgent", ""))[:256],
        method=asked["method"],
        path=redacted_path(event["rawPath"], operation.path),
        operation_id=operation.id,
        request_body=None if body is None else redacted(body),
        response_status=status,
    )


def _body(event: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return bodies.read(event)
    except Error:
        return None
