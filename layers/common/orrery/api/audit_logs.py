"""The audit log's export: every record of a span of time, oldest first, as gzip'd lines of JSON; whole or refused."""

import base64
import gzip
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from orrery.api.entrance import Caller, routes
from orrery.api.wire.audit_logs import AuditRecord
from orrery.authz.permissions import Permission
from orrery.authz.principal import require
from orrery.errors import Invalid
from orrery.model.audit import RETENTION, Record
from orrery.model.span import MILLISECOND, Span, said
from orrery.store import audit

router = routes()

USUAL = timedelta(days=7)
MOST = 20_000
"""Records in one answer: what a function can read and write in a third of its time."""
LARGEST = 4_000_000
"""Compressed bytes of one answer; Lambda's 6 MB count after base64."""


class Asked(BaseModel):
    """Which span of time; both ends are within."""

    startDate: str | None = Field(None, description="A day, or a time with its zone; seven days before the end when left out.")
    endDate: str | None = Field(None, description="A day, which counts whole, or a time with its zone; now when left out.")


@router.get(
    "/organizations/<organizationId>/audit-logs",
    operation_id="GetOrganizationAuditLogs",
    summary="Export the audit log",
    tags=["Organization"],
    responses={200: {"description": "", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_audit_logs(organizationId: str, caller: Caller, asked: Annotated[Asked, Query()]) -> Response[str]:
    """The records of a span within the last ninety days, as gzip'd NDJSON; a span with too many for one answer is refused."""
    require(caller, Permission.ORGANIZATION_AUDIT_LOGS_GET, organization=organizationId)
    now = datetime.now(UTC)
    span = Span.asked(asked.startDate, asked.endDate, usual=USUAL, now=now).within(now - RETENTION, now)
    return _binary(_packed(audit.between(organizationId, span)))


def _packed(records: Iterable[Record]) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as lines:
        for number, record in enumerate(records):
            if number >= MOST or packed.tell() > LARGEST:
                raise _too_many(record)
            lines.write(f"{AuditRecord.of(record).model_dump_json()}\n".encode())
    return packed.getvalue()


def _binary(body: bytes) -> Response[str]:
    """Written in base64 here, because the resolver's check of answers takes bytes for text."""
    text = base64.b64encode(body).decode()
    answer = Response(status_code=200, content_type="application/octet-stream", body=text, headers={"Content-Encoding": "gzip"})
    answer.base64_encoded = True
    return answer


def _too_many(first_left_out: Record) -> Invalid:
    last, following = said(first_left_out.timestamp - MILLISECOND), said(first_left_out.timestamp)
    return Invalid.clause(
        "endDate",
        f"must be `{last}` at the latest: one answer holds no more records than those until then; go on with `startDate={following}`",
        code="TOO_MANY",
    )
