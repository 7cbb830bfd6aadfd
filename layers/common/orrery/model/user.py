"""A user: a person, known by an e-mail address, with a role in each Organization they belong to."""

from dataclasses import dataclass
from datetime import datetime

from orrery.model.subject import Subject, SubjectType
from orrery.model.token import Grant


@dataclass(frozen=True)
class User:
    id: str
    organization_id: str
    username: str
    full_name: str
    grants: tuple[Grant, ...]
    created_at: datetime
    updated_at: datetime
    status: str = "ACTIVE"
    generation: int = 1

    @property
    def subject(self) -> Subject:
        return Subject(self.id, SubjectType.USER, self.full_name, self.username)
