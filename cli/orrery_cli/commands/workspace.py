"""`orrery workspace`: where a team keeps its Deployments."""

import click

from orrery_cli import lookup
from orrery_cli.session import current
from orrery_cli.shared import group

COLUMNS = ("id", "name", "description", "createdAt")


@group("workspace")
def workspace() -> None:
    """Make, change and remove Workspaces.

    \b
    Examples:
      orrery workspace create Data --description "The data team"
      orrery workspace list -o json
      orrery workspace delete Data --yes
    """


@workspace.command("list")
def list_workspaces() -> None:
    """The Workspaces of the Organization that the token can see."""
    session = current()
    session.show({"workspaces": session.api.items(f"{session.root}/workspaces", "workspaces")}, COLUMNS)


@workspace.command("create")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@click.option("--cicd-enforced/--no-cicd-enforced", default=False, help="New Deployments take deploys from API tokens only.")
def create(name: str, description: str, cicd_enforced: bool) -> None:
    """Make the Workspace NAME.

    \b
    Examples:
      orrery workspace create Data
    """
    session = current()
    body = {"name": name, "description": description, "cicdEnforcedDefault": cicd_enforced}
    session.show(session.api.post(f"{session.root}/workspaces", body))


@workspace.command("get")
@click.argument("name", metavar="[NAME|ID]", required=False)
def get(name: str | None) -> None:
    """One Workspace: the named one, the current one, or the only one."""
    session = current()
    session.show(lookup.workspace(session, name))


@workspace.command("update")
@click.argument("target", metavar="[NAME|ID]", required=False)
@click.option("--name", help="The new name.")
@click.option("--description", help="What it is for.")
@click.option("--cicd-enforced/--no-cicd-enforced", default=None, help="New Deployments take deploys from API tokens only.")
def update(target: str | None, name: str | None, description: str | None, cicd_enforced: bool | None) -> None:
    """Change a Workspace; what is not named stays.

    \b
    Examples:
      orrery workspace update Data --name "Data platform"
    """
    session = current()
    before = lookup.workspace(session, target)
    body = {
        "name": name or before["name"],
        "description": before.get("description", "") if description is None else description,
        "cicdEnforcedDefault": before["cicdEnforcedDefault"] if cicd_enforced is None else cicd_enforced,
    }
    session.show(session.api.post(f"{session.root}/workspaces/{before['id']}", body))


@workspace.command("delete")
@click.argument("name", metavar="NAME|ID")
def delete(name: str) -> None:
    """Remove a Workspace; it must hold no Deployments."""
    session = current()
    found = lookup.workspace(session, name)
    session.confirm(f"delete the Workspace `{found['name']}`")
    session.api.delete(f"{session.root}/workspaces/{found['id']}")
    session.show({"id": found["id"], "name": found["name"], "deleted": True})
