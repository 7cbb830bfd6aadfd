"""`orrery login`, `logout` and `whoami`: the token, who it is, and where it is kept."""

import sys
from typing import Any

import click

from orrery_cli import settings
from orrery_cli.failures import Failure
from orrery_cli.http import Api
from orrery_cli.session import Session, current
from orrery_cli.shared import command


@command("login")
@click.option("--token", "by_token", is_flag=True, help="Sign in with an API token, typed at the prompt or given on stdin.")
def login(by_token: bool) -> None:
    """Remember an API token for the current context, after asking the API who it is.

    The token is read from the prompt or from stdin, never from the command line, where other users of the machine
    could see it. It is kept in a file that only you can read. ORRERY_API_TOKEN, where set, goes first.

    \b
    Examples:
      orrery login --token
      orrery login --token < token.txt
    """
    session = current()
    if not by_token:
        raise Failure("signing in takes an API token for now: pass `--token`", kind="usage")
    token = _read(session)
    subject = Api(session.api_url, token).get("/v1/users/self")
    settings.store_token(session.context.name, token)
    session.show(_document(session, subject))


@command("logout")
def logout() -> None:
    """Forget the token of the current context; the token itself goes on working until it is deleted."""
    session = current()
    changed = settings.store_token(session.context.name, None)
    session.show({"context": session.context.name, "loggedOut": changed})


@command("whoami")
def whoami() -> None:
    """Say who the token is, on which control plane, and where it works.

    \b
    Examples:
      orrery whoami
      orrery whoami -o json
    """
    session = current()
    session.show(_document(session, session.api.get("/v1/users/self")))


def _read(session: Session) -> str:
    if sys.stdin.isatty():
        if not session.interactive:
            raise Failure("an API token is needed: give it on stdin", kind="input_required")
        token = click.prompt("API token", hide_input=True, err=True)
    else:
        token = sys.stdin.read()
    token = token.strip().removeprefix("Bearer ").strip()
    if not token or any(each.isspace() for each in token):
        raise Failure("an API token is needed: one word on stdin", kind="input_required")
    return str(token)


def _document(session: Session, subject: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": subject.get("id"),
        "username": subject.get("username"),
        "fullName": subject.get("fullName"),
        "roles": subject.get("roles", []),
        "context": session.context.name,
        "apiUrl": session.api_url,
        "organization": session.organization or subject.get("organizationId"),
        "workspace": session.workspace,
        "tokenSource": session.token_source,
    }
