"""`orrery user invite` and its like: how somebody becomes a member, and how a member goes."""

import sys

import click

from orrery_cli import lookup
from orrery_cli.failures import Failure
from orrery_cli.http import Api
from orrery_cli.output import note
from orrery_cli.session import Session, current
from orrery_cli.shared import command

COLUMNS = ("inviteId", "invitee.username", "inviter.username", "expiresAt")


@command("invite")
@click.argument("email")
@click.option("--role", default="ORGANIZATION_MEMBER", show_default=True, help="Their role in the Organization.")
@click.option("--link", is_flag=True, help="Print a link to hand over as well, for where no mail is sent.")
def invite(email: str, role: str, link: bool) -> None:
    """Invite somebody into the Organization; they are mailed where the control plane sends mail.

    The link accepts the invitation once, within seven days, whoever has it: hand it to nobody else.

    \b
    Examples:
      orrery user invite eve@example.com
      orrery user invite eve@example.com --role ORGANIZATION_OWNER --link
    """
    session = current()
    made = session.api.post(f"{session.root}/invites", {"inviteeEmail": email, "role": role})
    if link:
        made |= session.api.post(f"{session.root}/invites/{made['inviteId']}/link", None)
    session.show(made, (*COLUMNS, "url") if link else COLUMNS)


@command("invites")
def invites() -> None:
    """The invitations that wait for an answer."""
    session = current()
    session.show({"invites": session.api.items(f"{session.root}/invites", "invites")}, COLUMNS)


@command("link")
@click.argument("name", metavar="EMAIL|ID")
def link(name: str) -> None:
    """A new link that accepts an invitation, once; earlier ones stay good until one of them is used.

    \b
    Examples:
      orrery user link eve@example.com -o json | jq -r .url
    """
    session = current()
    found = lookup.invite(session, name)
    session.show(session.api.post(f"{session.root}/invites/{found['inviteId']}/link", None))


@command("uninvite")
@click.argument("name", metavar="EMAIL|ID")
def uninvite(name: str) -> None:
    """Take an invitation back; its links open nothing any more.

    \b
    Examples:
      orrery user uninvite eve@example.com
    """
    session = current()
    found = lookup.invite(session, name)
    session.confirm(f"take back the invitation of `{found['invitee']['username']}`")
    session.api.delete(f"{session.root}/invites/{found['inviteId']}")
    session.show({"inviteId": found["inviteId"], "username": found["invitee"]["username"], "deleted": True})


@command("accept")
@click.option("--full-name", help="What you are called; the first part of your address when left out.")
def accept(full_name: str | None) -> None:
    """Accept an invitation, and become a member; then `orrery login`, with the address that was invited.

    The link is read from the prompt or from stdin, never from the command line, where other users of the machine could
    see it. It works once.

    \b
    Examples:
      orrery user accept && orrery login
      orrery user accept --full-name "Eve Adams" -o json < link.txt
    """
    session = current()
    body = {"token": _read(session)} | ({"fullName": full_name} if full_name else {})
    made = Api(session.api_url, None).post("/invitations/v1/accept", body)
    session.show(made, ("user.id", "user.username", "organizationName"))
    if session.output == "table":
        note(f"You are a member of {made['organizationName']}. Sign in as {made['user']['username']}: `orrery login`")


@command("remove")
@click.argument("name", metavar="EMAIL|ID")
def remove(name: str) -> None:
    """Remove a member from the Organization, or leave it yourself; what they could do ends at their next request.

    API tokens that they made belong to the Organization and stay; rotate those that they know.

    \b
    Examples:
      orrery user remove eve@example.com
    """
    session = current()
    found = lookup.user(session, name)
    session.confirm(f"remove `{found['username']}` from the Organization")
    session.api.delete(f"{session.root}/users/{found['id']}")
    session.show({"id": found["id"], "username": found["username"], "deleted": True})


def _read(session: Session) -> str:
    """The secret out of the link, or the secret itself."""
    if not sys.stdin.isatty():
        text = sys.stdin.read()
    elif session.interactive:
        text = click.prompt("Link", hide_input=True, err=True)
    else:
        text = ""
    token = str(text).strip().rpartition("#token=")[2]
    if not token or any(each.isspace() for each in token):
        raise Failure("the invitation's link is needed: one line on stdin", kind="input_required")
    return token
