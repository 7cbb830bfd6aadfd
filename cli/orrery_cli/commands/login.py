"""`orrery login`, `logout` and `whoami`: signing in and out, and who one is."""

import os
import sys
from typing import Any

import click

from orrery_cli import settings, sign_in
from orrery_cli.failures import Failure
from orrery_cli.http import Api
from orrery_cli.session import Session, current
from orrery_cli.shared import command


@command("login")
@click.option("--token", "by_token", is_flag=True, help="With an API token, typed at the prompt or given on stdin.")
@click.option("--device", "by_device", is_flag=True, help="With a code to type in a browser on any machine.")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening it.")
@click.option("--timeout", default=300, show_default=True, type=click.IntRange(1, 3600), help="Seconds to wait for the browser.")
def login(by_token: bool, by_device: bool, no_browser: bool, timeout: int) -> None:
    """Sign in with a browser, and act as yourself in the current context from then on.

    What is kept lies in a file that only you can read, and renews itself. A token is read from the prompt or from stdin,
    never from the command line, where other users of the machine could see it. ORRERY_API_TOKEN, where set, goes first.

    \b
    Examples:
      orrery login
      orrery login --device                      # over ssh, in a container
      orrery login --token < token.txt           # a script
    """
    session = current()
    if by_token + by_device + no_browser > 1:
        raise Failure("`--token`, `--device` and `--no-browser` are three ways: choose one", kind="usage")
    if by_token:
        _with_token(session)
        return
    if not by_device and not no_browser and not sys.stderr.isatty():
        raise Failure("nobody is there to use a browser: pass `--device`, or `--token` and an API token on stdin", kind="input_required")
    at = sign_in.server(session.api_url)
    organization = session.organization_option or os.environ.get("ORRERY_ORGANIZATION") or ""
    if by_device:
        kept = sign_in.by_device(at)
    else:
        kept = sign_in.by_browser(at, organization=organization, open_page=None if no_browser else _open, timeout=timeout)
    subject = Api(session.api_url, kept.access_token).get("/v1/users/self")
    sign_in.store(session.context.name, kept)
    session.show(_document(session, subject))


@command("logout")
@click.option("--everywhere", is_flag=True, help="End all your sign-ins, on every machine and in every program.")
def logout(everywhere: bool) -> None:
    """Sign out of the current context; an API token is forgotten, and goes on working until it is deleted.

    \b
    Examples:
      orrery logout
      orrery logout --everywhere
    """
    session = current()
    kept = sign_in.stored(session.context.name)
    if everywhere:
        if kept is None:
            raise Failure("`--everywhere` takes a sign-in, and this context has none: run `orrery login` first", kind="unauthenticated")
        sign_in.token(session.context.name)
        kept = sign_in.stored(session.context.name)
    changed = settings.store_token(session.context.name, None)
    if kept:
        sign_in.end(kept, everywhere=everywhere)
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


def _open(address: str) -> bool:
    import webbrowser  # for this one command

    return webbrowser.open(address)


def _with_token(session: Session) -> None:
    token = _read(session)
    subject = Api(session.api_url, token).get("/v1/users/self")
    settings.store_token(session.context.name, token)
    session.show(_document(session, subject))


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
