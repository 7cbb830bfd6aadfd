"""The audit log: one record for each request that changed something, was refused, or was shown a secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orrery.model.subject import SubjectType

RETENTION = timedelta(days=90)


@dataclass(frozen=True)
class Record:
    """Who asked for what, from where, and how it was answered; nothing in it is secret."""

    request_id: str
    timestamp: datetime
    """When the answer was made, in UTC, to the millisecond."""
    organization_id: str
    """The caller's own; what somebody tries elsewhere is on record at their home."""
    subject_id: str
    subject_type: SubjectType
    source_ip: str
    user_agent: str
    method: str
    path: str
    operation_id: str
    """Empty when there is no such operation."""
    request_body: dict[str, Any] | None
    """What may be shown of it (`model/redaction.py`); nothing if it was no JSON object."""
    response_status: int
