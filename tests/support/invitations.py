"""Invitations in tests: made, handed over, accepted; and the mails that this installation sent."""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from orrery import mail
from orrery.settings import settings

from local.aws.engine import Engine
from tests.support.http import Answer, Caller
from tests.support.installation import Installation

Json = dict[str, Any]
ADDRESS = "eve@example.com"


def invite(installation: Installation, address: str = ADDRESS, role: str = "ORGANIZATION_MEMBER") -> Json:
    """An invitation that the owner made."""
    made = installation.owner.post(f"{installation.path}/invites", {"inviteeEmail": address, "role": role})
    assert made.status == 200, made.body
    return dict(made.body)


def token_for(installation: Installation, invite: Json) -> str:
    """The secret out of a link that the owner hands over."""
    made = installation.owner.post(f"{installation.path}/invites/{invite['inviteId']}/link")
    assert made.status == 200, made.body
    return token_in(made.body["url"])


def token_in(text: str) -> str:
    """The secret out of a link, wherever that is."""
    return text.partition("#token=")[2].split()[0]


def accept(token: str, **said: Any) -> Answer:
    """As whoever has the link does: without any other token."""
    return Caller().post("/invitations/v1/accept", {"token": token, **said})


@dataclass(frozen=True)
class Mailbox:
    """The mails that were sent since the test began."""

    folder: Path
    before: frozenset[Path]

    @property
    def mails(self) -> list[EmailMessage]:
        fresh = sorted(set(self.folder.glob("*.eml")) - self.before)
        return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in fresh]


@pytest.fixture
def mailbox(installation: Installation, aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """An installation that sends mail, and where it ends up."""
    monkeypatch.setenv("MAIL_FROM", "orrery@example.com")
    settings.cache_clear()
    mail._client.cache_clear()
    folder = aws_engine.state / "mail"
    yield Mailbox(folder, frozenset(folder.glob("*.eml")))
    mail._client.cache_clear()
