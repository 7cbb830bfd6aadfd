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
KINDS = {"DAG": "dagId", "DAG_TAG": "dagTag"}
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

    def __bool__(self) -> bool:
        return any((self.organization_role, self.workspaces, self.deployments, self.dags, self.tags))


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
        **({"dagRoles": _on_dags(session, holder, asked)} if asked.dags or asked.tags else {}),
    }


def _on_dags(session: Session, holder: Item, asked: Asked) -> list[Item]:
    held = {_place(each): each["role"] for each in holder["dagRoles"]}
    for kind, texts in zip(KINDS.values(), (asked.dags, asked.tags), strict=True):
        for inside, role in map(_pair, texts):
            deployment, name = _split(inside)
            _put(held, (lookup.deployment(session, deployment)["id"], kind, name), role)
    return [{"deploymentId": id, kind: name, "role": role} for (id, kind, name), role in held.items()]


def _place(role: Item) -> tuple[str, str, str]:
    kind = "dagId" if role.get("dagId") else "dagTag"
    return role["deploymentId"], kind, role[kind]


def _split(place: str) -> tuple[str, str]:
    """At the first colon: a tag may have more of them, and a Deployment whose name has one goes by its id."""
    deployment, _, name = place.partition(":")
    if not deployment or not name:
        raise Failure(f"`{place}` does not say a DAG or a tag of a Deployment; write it as in `etl:weather=DAG_VIEWER`", kind="usage")
    return deployment, name


def body(session: Session, noun: str, holder: Item, asked: Asked) -> Item:
    """The same for a user, a team or a token, which says its roles in another form."""
    if noun != "token":
        return changed(session, holder, asked)
    held = of_token(holder)
    return {"roles": for_token(session.organization_id, held | changed(session, held, asked))}


def of_token(token: Item) -> Item:
    """What a token holds, in the form in which users and teams tell it."""
    scopes = ("ORGANIZATION", "WORKSPACE", "DEPLOYMENT", *KINDS)
    on = {scope: [each for each in token["roles"] if each["entityType"] == scope] for scope in scopes}
    return {
        "organizationRole": next((each["role"] for each in on["ORGANIZATION"]), None),
        "workspaceRoles": [{"workspaceId": each["entityId"], "role": each["role"]} for each in on["WORKSPACE"]],
        "deploymentRoles": [{"deploymentId": each["entityId"], "role": each["role"]} for each in on["DEPLOYMENT"]],
        "dagRoles": [
            {"deploymentId": each["deploymentId"], "role": each["role"], kind: each["entityId"]}
            for scope, kind in KINDS.items()
            for each in on[scope]
        ],
    }


def for_token(organization_id: str, wanted: Item) -> list[Item]:
    """The same as one list, as the body of a change of a token's roles."""
    on_organization = [(organization_id, wanted["organizationRole"])] if wanted["organizationRole"] else []
    places = {
        "ORGANIZATION": on_organization,
        "WORKSPACE": [(each["workspaceId"], each["role"]) for each in wanted["workspaceRoles"]],
        "DEPLOYMENT": [(each["deploymentId"], each["role"]) for each in wanted["deploymentRoles"]],
    }
    listed = [{"entityType": type, "entityId": id, "role": role} for type, held in places.items() for id, role in held]
    return listed + [_of_dag_role(each) for each in wanted["dagRoles"]]


def _of_dag_role(held: Item) -> Item:
    deployment, kind, name = _place(held)
    type = next(each for each, called in KINDS.items() if called == kind)
    return {"entityType": type, "entityId": name, "deploymentId": deployment, "role": held["role"]}


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
