"""`orrery token`: API tokens of the Organization, a Workspace or a Deployment; the secret is shown once."""

from typing import Any

import click

from orrery_cli import grants, lookup
from orrery_cli.output import note
from orrery_cli.session import Session, current
from orrery_cli.shared import group
from orrery_cli.specification import given

COLUMNS = ("id", "name", "scope", "shortToken", "createdAt", "endAt", "lastUsedAt")
SCOPES = ("ORGANIZATION", "WORKSPACE", "DEPLOYMENT")
DEFAULT_ROLES = {"ORGANIZATION": "ORGANIZATION_MEMBER", "WORKSPACE": "WORKSPACE_MEMBER", "DEPLOYMENT": "DEPLOYMENT_ADMIN"}


@group("token")
def token() -> None:
    """Make, rotate and remove API tokens.

    \b
    Examples:
      orrery token create ci --scope DEPLOYMENT --deployment etl --role DEPLOYMENT_ADMIN
      orrery token list
      orrery token roles ci --workspace-role Data=WORKSPACE_AUTHOR
      orrery token rotate ci --yes
    """


@token.command("list")
@click.option("--deployment", metavar="NAME|ID", help="Only the tokens that reach this Deployment.")
def list_tokens(deployment: str | None) -> None:
    """The tokens of the Organization; --workspace or --deployment narrow the list."""
    session = current()
    query = {
        "workspaceId": lookup.workspace(session)["id"] if session.workspace_option else None,
        "deploymentId": lookup.deployment(session, deployment)["id"] if deployment else None,
    }
    session.show({"tokens": session.api.items(f"{session.root}/tokens", "tokens", query)}, COLUMNS)


@token.command("create")
@click.argument("name")
@click.option("--scope", type=click.Choice(SCOPES, case_sensitive=False), default="ORGANIZATION", show_default=True, help="What it is for.")
@click.option("--role", help="What it may do; the least role of the scope, or DEPLOYMENT_ADMIN, when left out.")
@click.option("--deployment", metavar="NAME|ID", help="The Deployment of a token of that scope.")
@click.option("--description", default="", help="What uses it.")
@click.option("--expires-in-days", type=click.IntRange(1, 3650), help="When it ends; never when left out.")
def create(name: str, scope: str, role: str | None, deployment: str | None, **rest: Any) -> None:
    """Make the token NAME and print its secret, this once.

    \b
    Examples:
      orrery token create reporting --scope ORGANIZATION --role ORGANIZATION_MEMBER --expires-in-days 90
      orrery token create ci --scope WORKSPACE --workspace Data --role WORKSPACE_AUTHOR
      orrery token create ci --scope DEPLOYMENT --deployment etl -o json | jq -r .token
    """
    session = current()
    scope = scope.upper()
    body: dict[str, Any] = {"name": name, "scope": scope, "role": role or DEFAULT_ROLES[scope], "description": rest["description"]}
    if rest["expires_in_days"]:
        body["tokenExpiryPeriodInDays"] = rest["expires_in_days"]
    if entity := _entity(session, scope, deployment):
        body["entityId"] = entity
    show_once(session, session.api.post(f"{session.root}/tokens", body))


@token.command("get")
@click.argument("name", metavar="NAME|ID")
def get(name: str) -> None:
    """One token, without its secret."""
    session = current()
    session.show(lookup.token(session, name))


@token.command("update")
@click.argument("target", metavar="NAME|ID")
@click.option("--name", help="The new name.")
@click.option("--description", help="What uses it.")
def update(target: str, name: str | None, description: str | None) -> None:
    """Give a token another name or description; its secret stays.

    \b
    Examples:
      orrery token update ci --name ci-nightly --description "the nightly build"
    """
    session = current()
    found = lookup.token(session, target)
    body = {"name": name or found["name"], **given(description=description)}
    session.show(session.api.post(f"{session.root}/tokens/{found['id']}", body), COLUMNS)


@token.command("delete")
@click.argument("name", metavar="NAME|ID")
def delete(name: str) -> None:
    """Remove a token; what uses it is refused from the next request on."""
    session = current()
    found = lookup.token(session, name)
    session.confirm(f"delete the token `{found['name']}`")
    session.api.delete(f"{session.root}/tokens/{found['id']}")
    session.show({"id": found["id"], "name": found["name"], "deleted": True})


@token.command("rotate")
@click.argument("name", metavar="NAME|ID")
def rotate(name: str) -> None:
    """Give a token a new secret and end the old one at once."""
    session = current()
    found = lookup.token(session, name)
    session.confirm(f"rotate the token `{found['name']}`: its old secret stops working")
    show_once(session, session.api.post(f"{session.root}/tokens/{found['id']}/rotate", None))


@token.command("roles")
@click.argument("name", metavar="NAME|ID")
@grants.options
def roles(name: str, asked: grants.Asked) -> None:
    """Show what a token may do, or say it; what is not named stays as it is, and so does its secret.

    A token of the Organization can be added to Workspaces and Deployments, one of a Workspace to its Deployments, and
    each to DAGs and tags in those. It always keeps a role where it is at home.

    \b
    Examples:
      orrery token roles ci
      orrery token roles ci --workspace-role Data=WORKSPACE_AUTHOR --deployment-role etl=DEPLOYMENT_ADMIN
      orrery token roles ci --workspace-role Data=none
      orrery token roles ci --dag etl:weather_etl=DAG_AUTHOR --dag-tag etl:finance=DAG_VIEWER
    """
    session = current()
    found = lookup.token(session, name)
    held = grants.of_token(found)
    if asked:
        held = session.api.post(f"{session.root}/tokens/{found['id']}/roles", grants.body(session, "token", found, asked))
    session.show(held)


def _entity(session: Session, scope: str, deployment: str | None) -> str | None:
    if scope == "WORKSPACE":
        return str(lookup.workspace(session)["id"])
    if scope == "DEPLOYMENT":
        return str(lookup.deployment(session, deployment)["id"])
    return None


def show_once(session: Session, made: dict[str, Any]) -> None:
    """A token with its secret, which nobody is told again."""
    session.show(made, ("id", "name", "scope", "token"))
    if session.output == "table":
        note("The token is shown this once; keep it safe.")
