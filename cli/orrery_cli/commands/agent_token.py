"""`orrery deployment agent-token`: what the remote agents of a Deployment show; the secret is shown once."""

from typing import Any

import click

from orrery_cli import lookup
from orrery_cli.commands.deployment import OF
from orrery_cli.commands.token import COLUMNS, show_once
from orrery_cli.session import Session, current
from orrery_cli.shared import group


@group("agent-token")
def agent_token() -> None:
    """Make and remove the tokens of a Deployment's remote agents; each sees that Deployment alone, and ends with it.

    \b
    Examples:
      orrery deployment agent-token create edge --deployment etl -o json | jq -r .token
      orrery deployment agent-token list --deployment etl
      orrery deployment agent-token delete edge --deployment etl --yes
    """


@agent_token.command("list")
@OF
def list_tokens(deployment: str | None) -> None:
    """The agent tokens of a Deployment."""
    session = current()
    session.show({"tokens": session.api.items(_path(session, deployment), "tokens")}, COLUMNS)


@agent_token.command("create")
@click.argument("name")
@OF
@click.option("--description", default="", help="Where the agent runs.")
@click.option("--expires-in-days", type=click.IntRange(1, 3650), help="When it ends; after ten years when left out.")
def create(name: str, deployment: str | None, description: str, expires_in_days: int | None) -> None:
    """Make the agent token NAME and print its secret, this once.

    \b
    Examples:
      orrery deployment agent-token create edge --deployment etl --expires-in-days 90
    """
    session = current()
    body: dict[str, Any] = {"name": name, "description": description}
    if expires_in_days:
        body["tokenExpiryPeriodInDays"] = expires_in_days
    show_once(session, session.api.post(_path(session, deployment), body))


@agent_token.command("get")
@click.argument("name", metavar="NAME|ID")
@OF
def get(name: str, deployment: str | None) -> None:
    """One agent token, without its secret."""
    session = current()
    session.show(lookup.agent_token(session, _path(session, deployment), name))


@agent_token.command("delete")
@click.argument("name", metavar="NAME|ID")
@OF
def delete(name: str, deployment: str | None) -> None:
    """Remove an agent token; the agent that shows it is refused from its next request on."""
    session = current()
    path = _path(session, deployment)
    found = lookup.agent_token(session, path, name)
    session.confirm(f"delete the agent token `{found['name']}`")
    session.api.delete(f"{path}/{found['id']}")
    session.show({"id": found["id"], "name": found["name"], "deleted": True})


def _path(session: Session, deployment: str | None) -> str:
    return f"{session.root}/deployments/{lookup.deployment(session, deployment)['id']}/agent-tokens"
