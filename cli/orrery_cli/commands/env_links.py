"""Which Deployments have a Workspace's environment object, and what is different there; a docstring here is help of four commands."""

from typing import Any

import click

from orrery_cli import environment, lookup, names
from orrery_cli.environment_fields import KEY, Actions, Kind
from orrery_cli.output import note
from orrery_cli.session import Session, current

Item = dict[str, Any]

_LINKED = click.argument("deployment", metavar="DEPLOYMENT", shell_complete=names.deployments)


def actions(kind: Kind) -> Actions:
    """Every command by its verb, with its options."""
    unset = click.option(
        "--unset", multiple=True, type=click.Choice(kind.names), help="A field that is no longer different there; repeat it for more."
    )
    return {
        "link": (link, (_LINKED, KEY, *kind.fields, unset)),
        "unlink": (unlink, (_LINKED, KEY)),
        "exclude": (exclude, (_LINKED, KEY)),
    }


def link(kind: Kind, deployment: str, key: str, unset: tuple[str, ...], **asked: Any) -> None:
    """Give a Deployment the Workspace's {name} KEY; fields that are named are different there.

    \b
    Examples:
      orrery env {noun} link etl --key {key}
      orrery env {noun} link etl --key {key} {change}
      orrery env {noun} link etl --key {key} --unset {field}     # as the Workspace says, once more
    """
    session = current()
    held = kind.held(asked)
    overrides = ({kind.property: held} if held else {}) | ({"unsetFields": list(unset)} if unset else {})
    found, there = _both(session, kind, key, deployment)
    change = environment.with_link(found, there["id"], overrides)
    session.show(session.api.post(environment.path(session, found), change), _links(kind))


def unlink(kind: Kind, deployment: str, key: str) -> None:
    """Take the Workspace's {name} KEY from a Deployment that was linked by hand, with what was different there.

    \b
    Examples:
      orrery env {noun} unlink etl --key {key}
    """
    session = current()
    found, there = _both(session, kind, key, deployment)
    changed = session.api.post(environment.path(session, found), environment.without_link(found, there))
    session.show(changed, _links(kind))
    if changed["autoLinkDeployments"]:
        note(f"`{there['name']}` still has it, because it links by itself; leave it out with `orrery env {kind.noun} exclude`")


def exclude(kind: Kind, deployment: str, key: str) -> None:
    """Keep the Workspace's {name} KEY from a Deployment, though it links by itself; `link` ends that.

    \b
    Examples:
      orrery env {noun} exclude etl --key {key}
    """
    session = current()
    found, there = _both(session, kind, key, deployment)
    one = environment.path(session, found)
    session.api.post(f"{one}/exclude-linking", {"scope": "DEPLOYMENT", "scopeEntityId": there["id"]})
    session.show(session.api.get(one), _links(kind))


def _both(session: Session, kind: Kind, key: str, deployment: str) -> tuple[Item, Item]:
    """A Workspace's object and one of its Deployments; without a Workspace named it is the Deployment's."""
    there = lookup.deployment(session, deployment)
    return environment.find(session, kind, key, environment.Place("WORKSPACE", there["workspaceId"])), there


def _links(kind: Kind) -> tuple[str, ...]:
    return ("id", "objectKey", *kind.columns, "autoLinkDeployments", "links", "excludeLinks")
