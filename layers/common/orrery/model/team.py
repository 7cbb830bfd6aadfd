"""A team: users of one Organization who hold roles together."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from orrery.model.subject import Subject
from orrery.model.token import Grant


@dataclass(frozen=True)
class Team:
    id: str
    organization_id: str
    name: str
    grants: tuple[Grant, ...]
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    description: str = ""
    generation: int = 1

    def update(self, *, name: str, description: str | None, by: Subject, now: datetime) -> Self:
        """The same team under another name; a description that is not given stays."""
        kept = self.description if description is None else description
        return replace(self, name=name, description=kept, updated_at=now, updated_by=by, generation=self.generation + 1)

    def grant(self, grants: tuple[Grant, ...], *, by: Subject, now: datetime) -> Self:
        """The same team with other roles."""
        return replace(self, grants=grants, updated_at=now, updated_by=by, generation=self.generation + 1)


@dataclass(frozen=True)
class Membership:
    """One user in one team."""

    team_id: str
    user_id: str
    since: datetime
