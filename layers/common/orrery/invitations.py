"""The secret of an invitation and the two ways in which it travels: mailed to the invited address, or handed over by whoever invited."""

import logging
from datetime import UTC, datetime

from orrery import mail, names
from orrery.errors import Error, NotFound
from orrery.model.invite import Invite, Letter
from orrery.settings import settings
from orrery.store import invites, organizations, outbox, writes

log = logging.getLogger(__name__)


def link(invite: Invite, *, is_mailed: bool = False) -> str:
    """A new link that accepts the invitation, once; the only place where its secret is ever written."""
    token = names.new_secret()
    invites.remember(token, invite, is_mailed=is_mailed)
    return names.invitation_link(settings().api_url, token)


def send_now(letter: Letter) -> None:
    """The first attempt, right after the invitation was made; whatever goes wrong is the sweeper's to mend."""
    if not mail.is_on():
        return
    try:
        send(letter)
    except Error as problem:
        log.warning("invitation %s could not be mailed yet: %s", letter.invite_id, problem.message)


def send_again(letter: Letter, now: datetime) -> str:
    """A later attempt, claimed first: a letter that two sweeps meet is sent by one of them."""
    return send(outbox.take(letter, now))


def send(letter: Letter) -> str:
    """Mails the invitation and forgets the letter; how it ended. Cut short in between, it is mailed once more, with another link."""
    try:
        invite = invites.load(letter.organization_id, letter.invite_id)
    except NotFound:
        writes.commit(outbox.forget(letter.invite_id))
        return "withdrawn"
    mail.send(_written(invite))
    writes.commit(outbox.forget(letter.invite_id))
    return "mailed"


def _written(invite: Invite) -> mail.Mail:
    home, inviter = _line(organizations.load(invite.organization_id).name), invite.inviter
    days = max((invite.expires_at - datetime.now(UTC)).days, 1)
    text = f"""{_line(inviter.name)} ({inviter.username or "an API token"}) invites you to the Organization {home} on Orrery.

Accept here, within {days} days and once:

{link(invite, is_mailed=True)}

or give the link to `orrery user accept`. Then sign in with this address. Whoever has the link can accept in your place, but nobody else can
sign in: do not pass it on all the same. If you expected no invitation, do nothing; it ends by itself.
"""
    return mail.Mail(invite.email, f"You are invited to {home}", text)


def _line(text: str) -> str:
    """Somebody's own words on one line, so that they cannot pass for a paragraph of ours."""
    return " ".join(text.split())
