"""`orrery deployment user`, `team` and `token`: who works on a Deployment, and as what; a docstring here is the help of three nouns."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from orrery_cli import grants, lookup
from orrery_cli.commands.deployment import OF
from orrery_cli.session import Session, current
from orrery_cli.shared import Group, command
from orrery_cli.waiting import Item


@dataclass(frozen=True)
class Kind:
    """One kind of member: its noun, the wire's name of it, what an example calls one, and the key of its name."""

    noun: str
    example: str
    key: str
    find: Callable[[Session, str], Item]

    @property
    def plural(self) -> str:
        return f"{self.noun}s"


_GROUP = """Say which {noun}s have a role on a Deployment; roles that come from its Workspace count besides.

\b
Examples:
  orrery deployment {noun} list --deployment etl
  orrery deployment {noun} add {example} --deployment etl --role DEPLOYMENT_ADMIN
  orrery deployment {noun} remove {example} --deployment etl --yes
"""


def list_members(kind: Kind, deployment: str | None) -> None:
    """The {noun}s that have something to say on a Deployment, with their role on it.

    \b
    Examples:
      orrery deployment {noun} list --deployment etl -o json
    """
    session = current()
    place = lookup.deployment(session, deployment)["id"]
    found = session.api.items(f"{session.root}/{kind.plural}", kind.plural, {"deploymentId": place})
    session.show({kind.plural: [each | {"deploymentRole": _role(kind, each, place)} for each in found]}, ("id", kind.key, "deploymentRole"))


def add(kind: Kind, name: str, deployment: str | None, role: str) -> None:
    """Give a {noun} a role on a Deployment, in place of the one it may have there.

    \b
    Examples:
      orrery deployment {noun} add {example} --deployment etl --role DEPLOYMENT_ADMIN
    """
    session = current()
    found, place = kind.find(session, name), lookup.deployment(session, deployment)["id"]
    _show(session, kind, found, place, _set(session, kind, found, f"{place}={role}"))


def remove(kind: Kind, name: str, deployment: str | None) -> None:
    """Take the role on a Deployment from a {noun}; it counts from the next request on.

    \b
    Examples:
      orrery deployment {noun} remove {example} --deployment etl --yes
    """
    session = current()
    found, there = kind.find(session, name), lookup.deployment(session, deployment)
    session.confirm(f"take the role on `{there['name']}` from the {kind.noun} `{found[kind.key]}`")
    _show(session, kind, found, there["id"], _set(session, kind, found, f"{there['id']}=none"))


def _set(session: Session, kind: Kind, found: Item, pair: str) -> Item:
    asked = grants.Asked(None, (), (pair,), (), ())
    body = grants.body(session, kind.noun, found, asked)
    return dict(session.api.post(f"{session.root}/{kind.plural}/{found['id']}/roles", body))


def _show(session: Session, kind: Kind, found: Item, place: str, answer: Item) -> None:
    session.show({"id": found["id"], kind.key: found[kind.key], "deploymentId": place, "deploymentRole": _held(answer, place)})


def _role(kind: Kind, found: Item, place: str) -> str | None:
    return _held(grants.of_token(found) if kind.noun == "token" else found, place)


def _held(holder: Item, place: str) -> str | None:
    return next((str(each["role"]) for each in holder["deploymentRoles"] if each["deploymentId"] == place), None)


_ROLE = click.option("--role", required=True, help="DEPLOYMENT_ADMIN, or a role of the Organization's own.")
_NAME = click.argument("name", metavar="NAME|ID")
_ACTIONS: dict[str, tuple[Callable[..., None], tuple[Any, ...]]] = {
    "list": (list_members, (OF,)),
    "add": (add, (_NAME, OF, _ROLE)),
    "remove": (remove, (_NAME, OF)),
}


def _noun(kind: Kind) -> Group:
    words = {"noun": kind.noun, "example": kind.example}
    made = Group(kind.noun, help=_GROUP.format(**words))
    for verb, (action, options) in _ACTIONS.items():
        bound: Any = functools.partial(action, kind)
        for option in reversed(options):
            bound = option(bound)
        made.add_command(command(verb, help=inspect.cleandoc(action.__doc__ or "").format(**words))(bound))
    return made


user = _noun(Kind("user", "eve@example.com", "username", lookup.user))
team = _noun(Kind("team", "platform", "name", lookup.team))
token = _noun(Kind("token", "ci", "name", lookup.token))
