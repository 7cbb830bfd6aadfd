"""Who signed in and out, from where and with what, in the audit log of their Organization; as with requests, at best effort."""

from datetime import UTC, datetime

from orrery.api import auditing
from orrery.api.sign_in.requests import Asked
from orrery.model.audit import Record
from orrery.model.sign_in import Person
from orrery.model.span import floor
from orrery.model.subject import SubjectType


def record(asked: Asked, person: Person, operation: str) -> None:
    """Writes it down; never raises, because it has happened."""
    auditing.keep(
        lambda: Record(
            request_id=asked.id,
            timestamp=floor(datetime.now(UTC)),
            organization_id=person.organization_id,
            subject_id=person.user_id,
            subject_type=SubjectType.USER,
            source_ip=asked.source_ip,
            user_agent=asked.user_agent,
            method=asked.method,
            path=f"/sign-in/v1{asked.path}",
            operation_id=operation,
            request_body=None,
            response_status=200,
        )
    )
