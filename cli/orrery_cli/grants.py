"""Roles on the command line: `PLACE=ROLE` sets one, `PLACE=none` takes it away, and what is not named stays."""

from typing import Any

import click

from orrery_cli import lookup
from orrery_cli.failures import Failure
from orrery_cli.session import Session

Item = dict[str, Any]
OPTIONS = (
    click.option("--organization-role", metavar="ROLE", help="The role in the Organization, as in ORGANIZATION_MEMBER."),
    click.option(
        "--workspace-role", "workspaces", multiple=True, metavar="WORKSPACE=ROLE", help="A role on a Workspace; `none` takes it away."
    ),
    click.option("--deployment-role", "deployments", multiple=True, metavar="DEPLOYMENT=ROLE", help="A role on a Deployment, or `none`."),
)


def options(command: Any) -> Any:
    """Gives a command the options that name roles."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def changed(
    session: Session, holder: Item, organization_role: str | None, workspaces: tuple[str, ...], deployments: tuple[str, ...]
) -> Item:
    """The body of a change of roles: what the user or the team holds, with what was asked for."""
    on_workspaces = {each["workspaceId"]: each["role"] for each in holder["workspaceRoles"]}
    on_deployments = {each["deploymentId"]: each["role"] for each in holder["deploymentRoles"]}
    for name, role in map(_pair, workspaces):
        _put(on_workspaces, lookup.workspace(session, name)["id"], role)
    for name, role in map(_pair, deployments):
        _put(on_deployments, lookup.deployment(session, name)["id"], role)
    return {
        "organizationRole": organization_role or holder["organizationRole"],
        "workspaceRoles": [{"workspaceId": id, "role": role} for id, role in on_workspaces.items()],
        "deploymentRoles": [{"deploymentId": id, "role": role} for id, role in on_deployments.items()],
    }


def of_token(token: Item) -> Item:
    """What a token holds, in the form in which users and teams tell it."""
    on = {scope: [each for each in token["roles"] if each["entityType"] == scope] for scope in ("ORGANIZATION", "WORKSPACE", "DEPLOYMENT")}
    return {
        "organizationRole": next((each["role"] for each in on["ORGANIZATION"]), None),
        "workspaceRoles": [{"workspaceId": each["entityId"], "role": each["role"]} for each in on["WORKSPACE"]],
        "deploymentRoles": [{"deploymentId": each["entityId"], "role": each["role"]} for each in on["DEPLOYMENT"]],
    }


def for_token(organization_id: str, wanted: Item) -> list[Item]:
    """The same as one list, as the body of a change of a token's roles."""
    on_organization = [(organization_id, wanted["organizationRole"])] if wanted["organizationRole"] else []
    places = {
        "ORGANIZATION": on_organization,
        "WORKSPACE": [(each["workspaceId"], each["role"]) for each in wanted["workspaceRoles"]],
        "DEPLOYMENT": [(each["deploymentId"], each["role"]) for each in wanted["deploymentRoles"]],
    }
    return [{"entityType": type, "entityId": id, "role": role} for type, held in places.items() for id, role in held]


def _pair(text: str) -> tuple[str, str]:
    place, _, role = text.rpartition("=")
    if not place or not role:
        raise Failure(f"`{text}` does not say a role; write it as in `etl=WORKSPACE_MEMBER`, or `etl=none` to take it away", kind="usage")
    return place, role


def _put(held: dict[str, str], id: str, role: str) -> None:
    if role.lower() == "none":
        held.pop(id, None)
    else:
        held[id] = role
