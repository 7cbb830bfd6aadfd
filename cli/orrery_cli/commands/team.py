"""`orrery team`: users who hold roles together."""

from typing import Any

import click

from orrery_cli import grants, lookup
from orrery_cli.session import current
from orrery_cli.shared import group

COLUMNS = ("id", "name", "organizationRole", "rolesCount", "description", "createdAt")
MEMBER_COLUMNS = ("userId", "username", "fullName", "createdAt")


@group("team")
def team() -> None:
    """Make teams, fill them and say what they may do.

    \b
    Examples:
      orrery team create platform --member eve@example.com
      orrery team roles platform --workspace-role Data=WORKSPACE_OPERATOR
      orrery team remove-member platform eve@example.com
    """


@team.command("list")
def list_teams() -> None:
    """The teams of the Organization."""
    session = current()
    session.show({"teams": session.api.items(f"{session.root}/teams", "teams")}, COLUMNS)


@team.command("create")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@click.option("--organization-role", default="ORGANIZATION_MEMBER", show_default=True, help="Its role in the Organization.")
@click.option("--member", "members", multiple=True, metavar="EMAIL|ID", help="Somebody who is in it from the start; repeat it for more.")
def create(name: str, description: str, organization_role: str, members: tuple[str, ...]) -> None:
    """Make the team NAME.

    \b
    Examples:
      orrery team create platform --member eve@example.com --member dan@example.com
    """
    session = current()
    body: dict[str, Any] = {"name": name, "description": description, "organizationRole": organization_role}
    body["memberIds"] = [lookup.user(session, each)["id"] for each in members]
    session.show(session.api.post(f"{session.root}/teams", body), COLUMNS)


@team.command("get")
@click.argument("name", metavar="NAME|ID")
def get(name: str) -> None:
    """One team, with its roles."""
    session = current()
    session.show(lookup.team(session, name))


@team.command("update")
@click.argument("target", metavar="NAME|ID")
@click.option("--name", help="The new name.")
@click.option("--description", help="What it is for.")
def update(target: str, name: str | None, description: str | None) -> None:
    """Give a team another name or description."""
    session = current()
    found = lookup.team(session, target)
    body = {"name": name or found["name"], "description": found["description"] if description is None else description}
    session.show(session.api.post(f"{session.root}/teams/{found['id']}", body), COLUMNS)


@team.command("delete")
@click.argument("name", metavar="NAME|ID")
def delete(name: str) -> None:
    """Remove a team; what its members could do through it ends at once."""
    session = current()
    found = lookup.team(session, name)
    session.confirm(f"delete the team `{found['name']}`")
    session.api.delete(f"{session.root}/teams/{found['id']}")
    session.show({"id": found["id"], "name": found["name"], "deleted": True})


@team.command("members")
@click.argument("name", metavar="NAME|ID")
def members(name: str) -> None:
    """Who is in a team."""
    session = current()
    path = f"{session.root}/teams/{lookup.team(session, name)['id']}/members"
    session.show({"teamMembers": session.api.items(path, "teamMembers")}, MEMBER_COLUMNS)


@team.command("add-member")
@click.argument("name", metavar="NAME|ID")
@click.argument("users", nargs=-1, required=True, metavar="EMAIL|ID...")
def add_member(name: str, users: tuple[str, ...]) -> None:
    """Put users into a team, all of them or none."""
    session = current()
    found, joining = lookup.team(session, name), [lookup.user(session, each)["id"] for each in users]
    session.api.post(f"{session.root}/teams/{found['id']}/members", {"memberIds": joining})
    session.show({"id": found["id"], "name": found["name"], "added": joining})


@team.command("remove-member")
@click.argument("name", metavar="NAME|ID")
@click.argument("user", metavar="EMAIL|ID")
def remove_member(name: str, user: str) -> None:
    """Take a user out of a team; it counts from their next request on."""
    session = current()
    found, leaving = lookup.team(session, name), lookup.user(session, user)
    session.confirm(f"take `{leaving['username']}` out of the team `{found['name']}`")
    session.api.delete(f"{session.root}/teams/{found['id']}/members/{leaving['id']}")
    session.show({"id": found["id"], "name": found["name"], "removed": leaving["id"]})


@team.command("roles")
@click.argument("name", metavar="NAME|ID")
@grants.options
def roles(name: str, asked: grants.Asked) -> None:
    """Say what a team's members may do; what is not named stays as it is.

    \b
    Examples:
      orrery team roles platform --workspace-role Data=WORKSPACE_OPERATOR
      orrery team roles platform --workspace-role Data=none --deployment-role etl=DEPLOYMENT_ADMIN
      orrery team roles platform --dag-tag etl:finance=DAG_AUTHOR
    """
    session = current()
    found = lookup.team(session, name)
    body = grants.changed(session, found, asked)
    session.show(session.api.post(f"{session.root}/teams/{found['id']}/roles", body))
