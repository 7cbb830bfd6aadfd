"""The audit log on the wire: one JSON object a line."""

from typing import Any

from orrery.api.wire.base import Response, Timestamp
from orrery.model import audit
from orrery.model.subject import SubjectType


class AuditRecord(Response):
    """One line of the export."""

    timestamp: Timestamp
    organization_id: str
    subject_id: str
    subject_type: SubjectType
    source_ip: str
    user_agent: str
    method: str
    path: str
    operation_id: str
    request_id: str
    request_body: dict[str, Any] | None
    response_status: int

    @classmethod
    def of(cls, record: audit.Record) -> "AuditRecord":
        return cls(**vars(record))
