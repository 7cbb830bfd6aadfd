"""What can be done with the environment objects of a type; a docstring here is the help of all the types' commands."""

from typing import Any

import click

from orrery_cli import environment, names
from orrery_cli.environment_fields import KEY, Actions, Kind
from orrery_cli.failures import Failure
from orrery_cli.session import current
from orrery_cli.specification import given

Item = dict[str, Any]

_DEPLOYMENT = click.option(
    "--deployment", metavar="NAME|ID", help="Of this Deployment; of the Workspace when left out.", shell_complete=names.deployments
)
_NEW_KEY = click.option("--key", required=True, help="Its name in Airflow.")
_OWN = click.option("--own", is_flag=True, help="Only what belongs to the Deployment, not what reaches it from its Workspace.")
_SHOW_SECRETS = click.option("--show-secrets", is_flag=True, help="Show secrets, where the Organization allows it.")
_COMMON = (
    click.option("--description", help="What it is for."),
    click.option("--auto-link/--no-auto-link", default=None, help="Whether all Deployments of the Workspace have it, those to come too."),
)


def actions(kind: Kind) -> Actions:
    """Every command by its verb, with its options."""
    fields = (*kind.fields, *kind.flags, *_COMMON)
    return {
        "list": (list_objects, (_DEPLOYMENT, _OWN, _SHOW_SECRETS)),
        "get": (get, (KEY, _DEPLOYMENT)),
        "create": (create, (_NEW_KEY, _DEPLOYMENT, *fields)),
        "update": (update, (KEY, _DEPLOYMENT, *fields)),
        "delete": (delete, (KEY, _DEPLOYMENT)),
    }


def list_objects(kind: Kind, deployment: str | None, own: bool, show_secrets: bool) -> None:
    """The {name}s of the Workspace; or those that a Deployment has, as they are there.

    \b
    Examples:
      orrery env {noun} list
      orrery env {noun} list --deployment etl -o json
    """
    session = current()
    if own and not deployment:
        raise Failure("`--own` is for a Deployment: name it with `--deployment`", kind="usage")
    found = environment.listed(session, kind, environment.place(session, deployment), own=own, secrets=show_secrets)
    session.show({environment.LIST: found}, _columns(kind))


def get(kind: Kind, key: str, deployment: str | None) -> None:
    """One {name}, its secrets masked; with --deployment as that Deployment has it.

    \b
    Examples:
      orrery env {noun} get --key {key} -o json
    """
    session = current()
    session.show(environment.find(session, kind, key, environment.place(session, deployment), own=False))


def create(kind: Kind, key: str, deployment: str | None, **asked: Any) -> None:
    """Make the {name} KEY of the Workspace, or of one Deployment.

    \b
    Examples:
      orrery env {noun} create --key {key} {create} --auto-link
      orrery env {noun} create --key {key} {create} --deployment etl
      orrery env {noun} create --key {key} {sealed} < secret.txt
    """
    session = current()
    body = {"objectKey": key, "objectType": kind.type, kind.property: {**kind.always, **kind.held(asked)}, **_common(asked)}
    where = environment.place(session, deployment)
    made = session.api.post(environment.path(session), body | {"scope": where.scope, "scopeEntityId": where.id})
    session.show(session.api.get(environment.path(session, made)), _columns(kind))


def update(kind: Kind, key: str, deployment: str | None, **asked: Any) -> None:
    """Change the {name} KEY; what is not named stays, secrets and links too.

    \b
    Examples:
      orrery env {noun} update --key {key} {change}
      orrery env {noun} update --key {key} {secret} < secret.txt
      orrery env {noun} update --key {key} --auto-link
    """
    session = current()
    held = kind.held(asked)
    change = _common(asked) | ({kind.property: held} if held else {})
    if not change:
        raise Failure("nothing to change: name what should be different", kind="usage")
    found = environment.find(session, kind, key, environment.place(session, deployment))
    session.show(session.api.post(environment.path(session, found), change), _columns(kind))


def delete(kind: Kind, key: str, deployment: str | None) -> None:
    """Remove the {name} KEY; the Deployments that had it lose it in a moment.

    \b
    Examples:
      orrery env {noun} delete --key {key} --yes
    """
    session = current()
    found = environment.find(session, kind, key, environment.place(session, deployment))
    session.confirm(f"delete the {kind.name} `{found['objectKey']}`")
    session.api.delete(environment.path(session, found))
    session.show({"id": found["id"], "objectKey": found["objectKey"], "deleted": True})


def _common(asked: Item) -> Item:
    return given(description=asked["description"], autoLinkDeployments=asked["auto_link"])


def _columns(kind: Kind) -> tuple[str, ...]:
    return ("id", "objectKey", *kind.columns, "sourceScope", "autoLinkDeployments", "updatedAt")
