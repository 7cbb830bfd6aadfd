"""`orrery user`: the members of the Organization, how they come and go, and what they may do."""

import click

from orrery_cli import grants, lookup
from orrery_cli.commands import invitation
from orrery_cli.failures import Failure
from orrery_cli.session import current
from orrery_cli.shared import group

TEAM_COLUMNS = ("id", "name", "organizationRole", "description", "createdAt")
COLUMNS = ("id", "username", "fullName", "status", "organizationRole", "createdAt")


@group("user")
def user() -> None:
    """See the members of the Organization, invite and remove them, and give and take their roles.

    \b
    Examples:
      orrery user list
      orrery user invite eve@example.com
      orrery user roles eve@example.com --workspace-role Data=WORKSPACE_AUTHOR
      orrery user why eve@example.com deployment.deploys.create --deployment etl
    """


for each in (invitation.invite, invitation.invites, invitation.link, invitation.uninvite, invitation.accept, invitation.remove):
    user.add_command(each)


@user.command("list")
def list_users() -> None:
    """The members of the Organization; --workspace narrows the list."""
    session = current()
    query = {"workspaceId": lookup.workspace(session)["id"] if session.workspace_option else None}
    session.show({"users": session.api.items(f"{session.root}/users", "users", query)}, COLUMNS)


@user.command("get")
@click.argument("name", metavar="EMAIL|ID")
def get(name: str) -> None:
    """One member, with the roles of their own."""
    session = current()
    session.show(lookup.user(session, name))


@user.command("teams")
@click.argument("name", metavar="EMAIL|ID")
def teams(name: str) -> None:
    """The teams that a member is in."""
    session = current()
    path = f"{session.root}/users/{lookup.user(session, name)['id']}/teams"
    session.show({"teams": session.api.items(path, "teams")}, TEAM_COLUMNS)


@user.command("roles")
@click.argument("name", metavar="EMAIL|ID")
@grants.options
def roles(name: str, asked: grants.Asked) -> None:
    """Say what a member may do; what is not named stays as it is.

    \b
    Examples:
      orrery user roles eve@example.com --workspace-role Data=WORKSPACE_AUTHOR
      orrery user roles eve@example.com --workspace-role Data=none
      orrery user roles eve@example.com --dag etl:weather_etl=DAG_AUTHOR --dag-tag etl:finance=DAG_VIEWER
    """
    session = current()
    found = lookup.user(session, name)
    body = grants.changed(session, found, asked)
    session.show(session.api.post(f"{session.root}/users/{found['id']}/roles", body))


@user.command("why")
@click.argument("name", metavar="EMAIL|ID")
@click.argument("permission")
@click.option("--deployment", metavar="NAME|ID", help="On this Deployment; on the Workspace or the Organization when left out.")
@click.option("--dag", metavar="DAG", help="On this DAG of the Deployment.")
@click.option("--dag-tag", "tags", multiple=True, metavar="TAG", help="A tag that the DAG has; repeat it for more.")
def why(name: str, permission: str, deployment: str | None, dag: str | None, tags: tuple[str, ...]) -> None:
    """Say why a member can or cannot do something.

    \b
    Examples:
      orrery user why eve@example.com workspace.update --workspace Data
      orrery user why eve@example.com deployment.deploys.create --deployment etl
      orrery user why eve@example.com dag.airflow.dagRun.create --deployment etl --dag weather_etl --dag-tag finance
    """
    if (dag and not deployment) or (tags and not dag):
        raise Failure("a DAG is one of a Deployment, and tags are a DAG's; say --deployment and --dag, too", kind="usage")
    session = current()
    place = session.organization_id
    if deployment:
        place = lookup.deployment(session, deployment)["id"] + (f"/dag/{dag}" if dag else "")
    elif session.workspace_option:
        place = lookup.workspace(session)["id"]
    query = {"subject": lookup.user(session, name)["id"], "permission": permission, "resource": place, "dagTags": list(tags) or None}
    session.show(session.api.get(f"{session.root}/authorization/explain", query))
