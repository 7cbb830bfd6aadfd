"""A user: a member of one Organization, known there by an e-mail address. A person in two Organizations is two users."""

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
    """`PENDING` until they accept their invitation: seen, given roles, and unable to do anything."""
    generation: int = 1
    team_ids: tuple[str, ...] = ()
    """The teams they are in; one that is no longer there gives nothing."""
    invite_id: str = ""
    """The invitation that somebody PENDING has not accepted yet."""
    expires_at: datetime | None = None
    """When somebody PENDING is no longer there."""
    is_address_proven: bool = True
    """Whether they read the mail of their address; whoever came by a link that was handed over may not."""

    def grant(self, grants: tuple[Grant, ...], *, now: datetime) -> Self:
        """The same user with other roles."""
        return replace(self, grants=grants, updated_at=now, generation=self.generation + 1)

    def owns(self, organization_id: str) -> bool:
        """Whether they are an owner who can act as one."""
        role = Grant(TokenScope.ORGANIZATION, organization_id, "ORGANIZATION_OWNER")
        return role in self.grants and self.status == "ACTIVE"

    def accept(self, *, full_name: str, is_address_proven: bool, now: datetime) -> Self:
        """A member from now on."""
        return replace(
            self, status="ACTIVE", full_name=full_name or self.full_name, is_address_proven=is_address_proven, invite_id="",
            expires_at=None, updated_at=now, generation=self.generation + 1,
        )  # fmt: skip

    def is_there(self, now: datetime) -> bool:
        """Whether they are a member or still invited."""
        return self.expires_at is None or now < self.expires_at

    def join(self, team_id: str) -> Self:
        """A member of one more team."""
        return replace(self, team_ids=(*self.team_ids, team_id), generation=self.generation + 1)

    def leave(self, team_id: str) -> Self:
        """A member of one team less."""
        return replace(self, team_ids=tuple(id for id in self.team_ids if id != team_id), generation=self.generation + 1)

    @property
    def subject(self) -> Subject:
        return Subject(self.id, SubjectType.USER, self.full_name, self.username)


def folded(address: str) -> str:
    """An e-mail address as it is compared: two that differ in case alone are one."""
    return address.casefold()
