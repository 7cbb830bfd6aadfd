"""`orrery context`: which control plane, Organization and Workspace the other commands mean."""

from dataclasses import replace
from urllib.parse import urlsplit

import click

from orrery_cli import names, settings
from orrery_cli.failures import Failure
from orrery_cli.session import current
from orrery_cli.settings import Context, Settings
from orrery_cli.shared import group

COLUMNS = ("name", "current", "apiUrl", "organization", "workspace")


@group("context")
def context() -> None:
    """Choose the control plane and where to work in it.

    \b
    Examples:
      orrery context set prod --api-url https://api.example.com --organization Acme --use
      orrery context list
      orrery context use local
    """


@context.command("list")
def list_contexts() -> None:
    """All contexts, and which one is current."""
    session = current()
    known = session.settings
    contexts = known.contexts or {known.current: known.context(known.current)}
    session.show({"contexts": [_document(each, known) for each in contexts.values()]}, COLUMNS)


@context.command("show")
@click.option("--reveal", is_flag=True, help="Show the token too; whoever sees it can act as you.")
def show_context(reveal: bool) -> None:
    """The context that commands use now.

    \b
    Examples:
      orrery context show
      orrery context show --reveal -o json
    """
    session = current()
    revealed = {"token": session.token} if reveal else {}
    session.show({**_document(session.context, session.settings), **revealed})


@context.command("use")
@click.argument("name", shell_complete=names.contexts)
def use(name: str) -> None:
    """Make NAME the current context."""
    session = current()
    chosen = session.settings.context(name)
    changed = replace(session.settings.with_context(chosen), current=name)
    settings.save(changed)
    session.show(_document(chosen, changed))


@context.command("set")
@click.argument("name")
@click.option("--api-url", help="Where the API listens, without /v1.")
@click.option("--use", "make_current", is_flag=True, help="Make it the current context too.")
def set_context(name: str, api_url: str | None, make_current: bool) -> None:
    """Make the context NAME, or change it; what is not named stays.

    The Organization and Workspace come from --organization and --workspace; an empty value forgets them.

    \b
    Examples:
      orrery context set local --api-url http://localhost:8888 --organization Acme --workspace Data
      orrery context set local --workspace ''
    """
    session = current()
    known = session.settings
    changed = _changed(known.contexts.get(name, Context(name)), api_url)
    updated = known.with_context(changed)
    if make_current or not known.contexts:
        updated = replace(updated, current=name)
    settings.save(updated)
    session.show(_document(changed, updated))


def _changed(before: Context, api_url: str | None) -> Context:
    session = current()
    after = before
    if api_url is not None:
        after = replace(after, api_url=_address(api_url))
    if session.organization_option is not None:
        after = replace(after, organization=session.organization_option or None)
    if session.workspace_option is not None:
        after = replace(after, workspace=session.workspace_option or None)
    return after


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Failure(f"`{url}` is not an http or https address", kind="usage")
    return url.rstrip("/").removesuffix("/v1")


def _document(each: Context, known: Settings) -> dict[str, object]:
    return {**each.document(), "current": each.name == known.current}
