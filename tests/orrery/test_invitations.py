"""Invitations by mail: sent once, tried again until it works, and the secret is in the mail alone."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery import mail
from orrery.model import invite as model
from orrery.provisioning.sweep import sweep
from orrery.settings import settings
from orrery.store import outbox, tables

from tests.support.installation import Installation, another
from tests.support.invitations import ADDRESS, Mailbox, accept, invite, mailbox, token_for, token_in
from tests.support.people import signed_in

__all__ = ["mailbox"]


def soon() -> datetime:
    """When the sweeper has its turn: the first attempt was the caller's."""
    return datetime.now(UTC) + model.FIRST_PAUSE + timedelta(seconds=1)


class Outage:
    """SES away, until it is `over`; counts what was asked of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, after: bool = False) -> None:
        self.asked, self._after, self._rightly, self._monkeypatch = 0, after, mail._client, monkeypatch
        monkeypatch.setattr(mail, "_client", lambda: self)

    def send_email(self, **asked: Any) -> None:
        from botocore.exceptions import ClientError

        self.asked += 1
        if self._after:
            self._rightly().send_email(**asked)
        raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": f"no mail for {ADDRESS}"}}, "SendEmail")

    def over(self) -> None:
        self._monkeypatch.setattr(mail, "_client", self._rightly)


def test_an_invitation_is_mailed_at_once_and_only_once(installation: Installation, mailbox: Mailbox) -> None:
    made = invite(installation)

    assert sweep(soon()) == {}
    (sent,) = mailbox.mails
    assert (sent["From"], sent["To"], sent["Subject"]) == ("orrery@example.com", ADDRESS, "You are invited to Analytics")
    text = sent.get_content()
    assert "first owner" in text
    assert "http://127.0.0.1:8888/invitations/v1/accept#token=" in text
    assert accept(token_in(text)).body["user"]["id"] == made["userId"]


def test_a_mail_that_was_not_taken_is_tried_again_until_it_is(
    installation: Installation, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    outage = Outage(monkeypatch)
    invite(installation)
    assert mailbox.mails == []
    assert sweep(datetime.now(UTC)) == {}, "the first attempt is the caller's own"
    assert sweep(soon()) == {"broken": 1}
    assert sweep(soon()) == {}, "the next one waits longer"

    outage.over()

    assert sweep(soon() + timedelta(hours=1)) == {"mailed": 1}
    assert sweep(soon() + timedelta(hours=9)) == {}
    assert len(mailbox.mails) == 1
    assert outage.asked == 2
    assert ADDRESS not in caplog.text
    assert accept(token_in(mailbox.mails[0].get_content())).status == 200


def test_a_mail_that_was_sent_unheard_is_sent_once_more_and_either_link_is_good(
    installation: Installation, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, after=True)
    invite(installation)
    outage.over()

    assert sweep(soon()) == {"mailed": 1}

    first, second = (token_in(sent.get_content()) for sent in mailbox.mails)
    assert first != second
    assert accept(first).status == 200
    assert accept(second).status == 404


def test_of_two_sweeps_one_sends(installation: Installation, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    outage = Outage(monkeypatch)
    invite(installation)
    outage.over()
    found = outbox.due(soon())
    monkeypatch.setattr(outbox, "due", lambda now: found)

    assert sweep(soon()) == {"mailed": 1}
    assert sweep(soon()) == {"settled meanwhile": 1}
    assert len(mailbox.mails) == 1


def test_what_was_taken_back_or_accepted_meanwhile_is_not_mailed(
    installation: Installation, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch)
    back, taken, lost = (invite(installation, f"{name}@example.com") for name in ("back", "taken", "lost"))
    outage.over()
    installation.owner.delete(f"{installation.path}/invites/{back['inviteId']}")
    accept(token_for(installation, taken))
    gone = tables.table().get(f"ORG#{installation.organization_id}", f"INVITE#{lost['inviteId']}")
    gone.delete()

    assert sweep(soon()) == {"withdrawn": 1}
    assert mailbox.mails == []
    assert outbox.due(soon()) == []


def test_one_bad_letter_keeps_no_other_back(installation: Installation, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    outage = Outage(monkeypatch)
    for name in ("a", "b"):
        invite(installation, f"{name}@example.com")
    outage.over()
    rightly = mail.send
    monkeypatch.setattr(mail, "send", lambda sent: rightly(sent) if sent.to.startswith("b") else 1 / 0)

    assert sweep(soon()) == {"broken": 1, "mailed": 1}


def test_without_a_senders_address_nothing_is_mailed_and_later_it_is(
    installation: Installation, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_FROM", "")
    settings.cache_clear()
    invite(installation)
    assert sweep(soon()) == {}
    assert mailbox.mails == []

    monkeypatch.setenv("MAIL_FROM", "orrery@example.com")
    settings.cache_clear()
    assert sweep(soon()) == {"mailed": 1}


def test_a_letter_is_not_kept_longer_than_its_invitation(installation: Installation) -> None:
    invite(installation)

    assert len(outbox.due(soon())) == 1
    assert outbox.due(datetime.now(UTC) + model.LIFE) == []


def test_whoever_came_by_mail_is_told_what_others_send_to_the_address(installation: Installation, mailbox: Mailbox) -> None:
    other = another(installation)
    invite(installation)
    eve = signed_in(installation, accept(token_in(mailbox.mails[0].get_content())).body["user"]["id"], "eve")

    made = invite(other)

    assert [each["inviteId"] for each in eve.get("/v1/users/self").body["invites"]] == [made["inviteId"]]


def test_names_cannot_pass_for_words_of_ours(installation: Installation, mailbox: Mailbox) -> None:
    installation.owner.post(installation.path, {"name": "Bank\n\nPay here", "billingEmail": "ada@example.com", "isScimEnabled": False})

    invite(installation)

    (sent,) = mailbox.mails
    assert "\nPay here" not in sent.get_content()
    assert sent["Subject"] == "You are invited to Bank Pay here"


def test_the_secret_of_a_mail_is_in_no_log_and_no_row(
    installation: Installation, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    invite(installation)
    token = token_in(mailbox.mails[0].get_content())

    assert token not in caplog.text
    assert not [row for row in tables.table().scan() if token in f"{row.pk} {row.sk} {row.body}"]
