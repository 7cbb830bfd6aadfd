"""Roles on the command line: `PLACE=ROLE` sets one, `PLACE=none` takes it away, and what is not named stays."""

import functools
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from orrery_cli import lookup
from orrery_cli.failures import Failure
from orrery_cli.session import Session

Item = dict[str, Any]
Texts = tuple[str, ...]
Place = TypeVar("Place")
OPTIONS = (
    click.option("--organization-role", metavar="ROLE", help="The role in the Organization, as in ORGANIZATION_MEMBER."),
    click.option(
        "--workspace-role", "workspaces", multiple=True, metavar="WORKSPACE=ROLE", help="A role on a Workspace; `none` takes it away."
    ),
    click.option("--deployment-role", "deployments", multiple=True, metavar="DEPLOYMENT=ROLE", help="A role on a Deployment, or `none`."),
    click.option("--dag", "dags", multiple=True, metavar="DEPLOYMENT:DAG=ROLE", help="A role on one DAG, as in DAG_VIEWER, or `none`."),
    click.option(
        "--dag-tag",
        "tags",
        multiple=True,
        metavar="DEPLOYMENT:TAG=ROLE",
        help="A role on the DAGs of one tag, as in DAG_AUTHOR, or `none`.",
    ),
)


@dataclass(frozen=True)
class Asked:
    """What was said of roles; each text is a place and a role."""

    organization_role: str | None
    workspaces: Texts
    deployments: Texts
    dags: Texts
    tags: Texts


def options(command: Any) -> Any:
    """Gives a command the options that name roles; it gets them as `asked`."""

    @functools.wraps(command)
    def collecting(*arguments: Any, **given: Any) -> Any:
        asked = Asked(**{name: given.pop(name) for name in Asked.__dataclass_fields__})
        return command(*arguments, asked=asked, **given)

    return functools.reduce(lambda made, option: option(made), reversed(OPTIONS), collecting)


def changed(session: Session, holder: Item, asked: Asked) -> Item:
    """The body of a change of roles: what the user or the team holds, with what was asked for."""
    on_workspaces = {each["workspaceId"]: each["role"] for each in holder["workspaceRoles"]}
    on_deployments = {each["deploymentId"]: each["role"] for each in holder["deploymentRoles"]}
    for name, role in map(_pair, asked.workspaces):
        _put(on_workspaces, lookup.workspace(session, name)["id"], role)
    for name, role in map(_pair, asked.deployments):
        _put(on_deployments, lookup.deployment(session, name)["id"], role)
    return {
        "organizationRole": asked.organization_role or holder["organizationRole"],
        "workspaceRoles": [{"workspaceId": id, "role": role} for id, role in on_workspaces.items()],
        "deploymentRoles": [{"deploymentId": id, "role": role} for id, role in on_deployments.items()],
        **(_on_dags(session, holder, asked) if asked.dags or asked.tags else {}),
    }


def _on_dags(session: Session, holder: Item, asked: Asked) -> Item:
    held = {_place(each): each["role"] for each in holder["dagRoles"]}
    for kind, texts in (("dagId", asked.dags), ("dagTag", asked.tags)):
        for inside, role in map(_pair, texts):
            deployment, name = _split(inside)
            _put(held, (lookup.deployment(session, deployment)["id"], kind, name), role)
    return {"dagRoles": [{"deploymentId": id, kind: name, "role": role} for (id, kind, name), role in held.items()]}


def _place(role: Item) -> tuple[str, str, str]:
    kind = "dagId" if role.get("dagId") else "dagTag"
    return role["deploymentId"], kind, role[kind]


def _split(place: str) -> tuple[str, str]:
    """At the first colon: a tag may have more of them, and a Deployment whose name has one goes by its id."""
    deployment, _, name = place.partition(":")
    if not deployment or not name:
        raise Failure(f"`{place}` does not say a DAG or a tag of a Deployment; write it as in `etl:weather=DAG_VIEWER`", kind="usage")
    return deployment, name


def _pair(text: str) -> tuple[str, str]:
    place, _, role = text.rpartition("=")
    if not place or not role:
        raise Failure(f"`{text}` does not say a role; write it as in `etl=WORKSPACE_MEMBER`, or `etl=none` to take it away", kind="usage")
    return place, role


def _put(held: dict[Place, str], place: Place, role: str) -> None:
    if role.lower() == "none":
        held.pop(place, None)
    else:
        held[place] = role
