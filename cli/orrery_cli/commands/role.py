"""`orrery role`: the Organization's own roles, and what they can be made of."""

from typing import Any

import click

from orrery_cli import lookup
from orrery_cli.failures import Failure
from orrery_cli.session import Session, current
from orrery_cli.shared import group

Texts = tuple[str, ...]
COLUMNS = ("id", "name", "scopeType", "description", "updatedAt")
SCOPES = ("DEPLOYMENT", "DAG")
ALL_SCOPES = (*SCOPES, "WORKSPACE", "ORGANIZATION")


@group("role")
def role() -> None:
    """Make roles of your own, for Deployments or for DAGs and tags.

    A custom role is granted by its name, wherever a default role of its scope can be.

    \b
    Examples:
      orrery role templates
      orrery role create runner --scope DAG --from-template "DAG Viewer" --permission dag.airflow.dagRun.create
      orrery role create releaser --permission deployment.get --permission deployment.deploys.create
      orrery team roles platform --deployment-role etl=releaser --dag-tag etl:finance=runner
    """


@role.command("list")
@click.option("--scope", type=click.Choice(ALL_SCOPES, case_sensitive=False), help="Only roles that are granted on these.")
@click.option("--default", "is_default", is_flag=True, help="The roles that every Organization has, not the custom ones.")
def list_roles(scope: str | None, is_default: bool) -> None:
    """The custom roles of the Organization, or the default ones.

    \b
    Examples:
      orrery role list
      orrery role list --default --scope DEPLOYMENT
    """
    session = current()
    path, query = f"{session.root}/roles", {"scopeTypes": scope}
    if is_default:
        found = session.api.get(path, query | {"includeDefaultRoles": "true", "offset": 0, "limit": 1})["defaultRoles"]
        session.show({"roles": found}, ("name", "scopeType", "description"))
    else:
        session.show({"roles": session.api.items(path, "roles", query)}, COLUMNS)


@role.command("get")
@click.argument("name", metavar="NAME|ID")
def get(name: str) -> None:
    """One custom role, with all that it may do."""
    session = current()
    session.show(lookup.role(session, name))


@role.command("create")
@click.argument("name")
@click.option("--permission", "permissions", multiple=True, help="Something it may do; repeat it for more.")
@click.option("--from-template", "template", metavar="NAME", help="Begin with what this template may do.")
@click.option("--without", multiple=True, metavar="PERMISSION", help="Something of the template that it may not do.")
@click.option("--scope", type=click.Choice(SCOPES, case_sensitive=False), help="What it is granted on; the template's, or DEPLOYMENT.")
@click.option("--only-in", "inside", multiple=True, metavar="WORKSPACE", help="It counts in this Workspace only; repeat it for more.")
@click.option("--description", default="", help="What it is for.")
def create(name: str, template: str | None, permissions: Texts, without: Texts, **rest: Any) -> None:
    """Make the role NAME out of permissions, a template, or both.

    You can put into it only what you may do yourself. Its scope never changes.

    \b
    Examples:
      orrery role create releaser --permission deployment.get --permission deployment.deploys.create
      orrery role create careful --from-template "Deployment Author" --without deployment.airflow.dag.delete
      orrery role create runner --from-template "DAG Viewer" --permission dag.airflow.dagRun.create --only-in Data
    """
    session = current()
    nothing: lookup.Item = {"permissions": [], "scopeType": SCOPES[0]}
    like = lookup.role_template(session, template) if template else nothing
    body = {
        "name": name,
        "description": rest["description"],
        "scopeType": rest["scope"] or like["scopeType"],
        "permissions": _permissions(like["permissions"], permissions, without),
        "restrictedWorkspaceIds": _workspaces(session, rest["inside"]),
    }
    session.show(session.api.post(f"{session.root}/roles", body))


@role.command("update")
@click.argument("target", metavar="NAME|ID")
@click.option("--name", help="The new name.")
@click.option("--permission", "permissions", multiple=True, help="Something more that it may do; repeat it for more.")
@click.option("--without", multiple=True, metavar="PERMISSION", help="Something that it may not do any more.")
@click.option("--only-in", "inside", multiple=True, metavar="WORKSPACE", help="It counts in this Workspace only, from now on.")
@click.option("--everywhere", is_flag=True, help="It counts in every Workspace.")
@click.option("--description", help="What it is for.")
def update(target: str, permissions: Texts, without: Texts, everywhere: bool, **rest: Any) -> None:
    """Change a role for everybody who holds it, from their next request on; what is not named stays as it is.

    \b
    Examples:
      orrery role update releaser --permission deployment.logs.get --without deployment.deploys.create
      orrery role update releaser --name shipper --only-in Data
    """
    if everywhere and rest["inside"]:
        raise Failure("`--everywhere` and `--only-in` both say where the role counts: give one of them", kind="usage")
    session = current()
    found = lookup.role(session, target)
    kept = [] if everywhere else found["restrictedWorkspaceIds"]
    body = {
        "name": rest["name"] or found["name"],
        "description": found["description"] if rest["description"] is None else rest["description"],
        "permissions": _permissions(found["permissions"], permissions, without),
        "restrictedWorkspaceIds": _workspaces(session, rest["inside"]) or kept,
    }
    session.show(session.api.post(f"{session.root}/roles/{found['id']}", body))


@role.command("delete")
@click.argument("name", metavar="NAME|ID")
def delete(name: str) -> None:
    """Remove a role; whoever holds it can do nothing with it from their next request on."""
    session = current()
    found = lookup.role(session, name)
    session.confirm(f"delete the role `{found['name']}`: whoever holds it loses it")
    session.api.delete(f"{session.root}/roles/{found['id']}")
    session.show({"id": found["id"], "name": found["name"], "deleted": True})


@role.command("permissions")
@click.option(
    "--scope", type=click.Choice(ALL_SCOPES, case_sensitive=False), default="DEPLOYMENT", show_default=True, help="What they are about."
)
def list_permissions(scope: str) -> None:
    """What can be allowed; a custom role holds permissions of the scope DEPLOYMENT or DAG.

    \b
    Examples:
      orrery role permissions
      orrery role permissions --scope DAG -o json | jq -r '.permissions[].name'
    """
    session = current()
    groups = session.api.get("/v1/authorization/permission-groups", {"scopeType": scope})
    named = [
        {"name": f"{each['scope']}.{entry['action']}", "description": entry["description"]}
        for each in groups
        for entry in each["permissions"]
    ]
    session.show({"permissions": named}, ("name", "description"))


@role.command("templates")
@click.option("--scope", type=click.Choice(SCOPES, case_sensitive=False), help="Only templates of roles on these.")
def templates(scope: str | None) -> None:
    """Roles that are ready to be copied with `orrery role create NAME --from-template TEMPLATE`."""
    session = current()
    found = session.api.get(f"{session.root}/role-templates", {"scopeTypes": scope})
    session.show({"roleTemplates": found}, ("name", "scopeType", "description"))


def _permissions(before: list[str], more: Texts, without: Texts) -> list[str]:
    """Each once, in the order in which they came."""
    if strangers := set(without) - {*before, *more}:
        raise Failure(f"the role would not have `{min(strangers)}` anyway: leave it out of `--without`", kind="usage")
    left = [each for each in dict.fromkeys([*before, *more]) if each not in without]
    if not left:
        raise Failure("the role may do nothing: name a `--permission`; see `orrery role permissions`", kind="usage")
    return left


def _workspaces(session: Session, names: Texts) -> list[str]:
    return [str(lookup.workspace(session, each)["id"]) for each in names]
