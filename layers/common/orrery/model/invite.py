"""An invitation into an Organization: a person, by their address, who becomes a member when they accept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from orrery.model.subject import Subject
from orrery.model.user import User

LIFE = timedelta(days=7)
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class Invite:
    """It never changes; what the invited person may do, once they accept, is in the user who waits for them."""

    id: str
    organization_id: str
    user_id: str
    email: str
    inviter: Subject
    created_at: datetime
    expires_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be accepted: DynamoDB takes its time to remove what expired."""
        return now < self.expires_at


@dataclass(frozen=True)
class Key:
    """What one accept token opens; the token itself is known by its hash alone."""

    organization_id: str
    invite_id: str
    is_mailed: bool
    """Whether the token went to the invited address and nowhere else, so that whoever has it reads that address's mail."""


@dataclass(frozen=True)
class Letter:
    """An invitation that is to be mailed. It names the invitation alone: the secret is made when it is sent, and kept nowhere."""

    invite_id: str
    organization_id: str
    due_at: datetime
    expires_at: datetime
    attempt: int = 1
    generation: int = 1

    @classmethod
    def of(cls, invite: Invite) -> "Letter":
        """Its first attempt belongs to whoever makes the invitation; the sweeper has the next one."""
        return cls(invite.id, invite.organization_id, invite.created_at + FIRST_PAUSE, invite.expires_at)

    def again(self, now: datetime) -> Self:
        """One attempt more; the next one waits twice as long, and never more than six hours."""
        pause = min(FIRST_PAUSE * (1 << min(self.attempt, 10)), LONGEST_PAUSE)
        return replace(self, attempt=self.attempt + 1, due_at=now + pause, generation=self.generation + 1)


def invited(invite: Invite, user: User) -> User:
    """The user who waits for the invited person: they are seen with the members, and gone when the invitation is."""
    return replace(user, status="PENDING", invite_id=invite.id, expires_at=invite.expires_at)
