"""A user: a person, known by an e-mail address, with a role in each Organization they belong to."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from orrery.model.subject import Subject, SubjectType
from orrery.model.token import Grant, TokenScope


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
    team_ids: tuple[str, ...] = ()
    """The teams they are in; one that is no longer there gives nothing."""

    def grant(self, grants: tuple[Grant, ...], *, now: datetime) -> Self:
        """The same user with other roles."""
        return replace(self, grants=grants, updated_at=now, generation=self.generation + 1)

    def owns(self, organization_id: str) -> bool:
        """Whether they are an owner who can act as one."""
        role = Grant(TokenScope.ORGANIZATION, organization_id, "ORGANIZATION_OWNER")
        return role in self.grants and self.status == "ACTIVE"

    def join(self, team_id: str) -> Self:
        """A member of one more team."""
        return replace(self, team_ids=(*self.team_ids, team_id), generation=self.generation + 1)

    def leave(self, team_id: str) -> Self:
        """A member of one team less."""
        return replace(self, team_ids=tuple(id for id in self.team_ids if id != team_id), generation=self.generation + 1)

    @property
    def subject(self) -> Subject:
        return Subject(self.id, SubjectType.USER, self.full_name, self.username)
