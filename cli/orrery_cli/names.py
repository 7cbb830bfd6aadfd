"""Names that a shell may offer while somebody types: few, quick, and none that a shell could take for more than a word."""

import re
from collections.abc import Callable
from typing import Any, Final

import click

from orrery_cli.failures import Failure
from orrery_cli.session import Session

PATIENCE: Final = 3.0
"""Seconds that somebody waits after a key; then nothing is offered."""
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]*")
"""Tenants choose names, and shells put what is offered on the command line as it is."""

Item = dict[str, Any]


def deployments(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The Deployments of the chosen Workspace, or of the Organization."""
    from orrery_cli import lookup  # only a shell asks, and only for some words

    return _offered(ctx, incomplete, lookup.deployments)


def workspaces(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The Workspaces of the Organization."""
    return _offered(ctx, incomplete, lambda session: session.api.items(f"{session.root}/workspaces", "workspaces"))


def contexts(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The contexts that were set."""
    return _offered(ctx, incomplete, lambda session: [{"name": each} for each in session.settings.contexts])


def _offered(ctx: click.Context, incomplete: str, listed: Callable[[Session], list[Item]]) -> list[str]:
    session = ctx.find_root().ensure_object(Session)
    session.patience = PATIENCE
    try:
        found = [str(each["name"]) for each in listed(session)]
    except Failure:
        return []
    return [each for each in found if each.startswith(incomplete) and _WORD.fullmatch(each)]
