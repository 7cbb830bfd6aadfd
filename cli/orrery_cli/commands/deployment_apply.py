"""`orrery deployment apply`: a Deployment made or changed to what a file says, with the plan shown first."""

from typing import Any

import click

from orrery_cli import lookup, output, template, waiting
from orrery_cli import plan as plans
from orrery_cli import specification as spec
from orrery_cli.commands.deployment import TIMEOUT, WAIT
from orrery_cli.plan import Plan
from orrery_cli.session import Session, current
from orrery_cli.shared import command
from orrery_cli.waiting import Item

_DONE = {"CREATE": "create", "UPDATE": "change"}


@command("apply")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", "--plan", "dry_run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--secret-env-file", type=click.Path(exists=True, dir_okay=False), help="KEY=VALUE lines: secrets that the file must not hold."
)
@WAIT
@TIMEOUT
def apply(file: Any, dry_run: bool, secret_env_file: str | None, **waits: Any) -> None:
    """Make or change a Deployment until it is what FILE says, `-` for stdin; the plan is shown first.

    `orrery deployment inspect NAME --template` writes such a file. The Deployment is the one of the file's `name` in its
    `workspace`, or in the chosen one. What the file leaves out stays; a list in it is the whole list. A secret variable
    without a value keeps its own. A file that changes nothing sends nothing.

    \b
    Examples:
      orrery deployment inspect etl --template > etl.yaml
      orrery deployment apply etl.yaml --dry-run
      orrery deployment apply etl.yaml --secret-env-file secrets.env --yes --wait
      orrery deployment apply etl.yaml --dry-run -o json | jq -r .action
    """
    session = current()
    wanted = template.read(file)
    workspace = lookup.workspace(session, session.workspace_option or wanted.get("workspace"))
    wanted["workspace"] = workspace["name"]
    found = lookup.deployment_of(session, workspace, wanted["name"])
    secrets = spec.environment_file(secret_env_file, secret=True)
    plan = plans.make(wanted, found, secrets=secrets, choices=lambda: _choices(session, wanted, found))
    if dry_run or plan.action == "NONE":
        return _show_plan(session, plan)
    if session.output == "table":
        output.note(_words(plan))
    session.confirm(f"{_DONE[plan.action]} the Deployment `{plan.after['name']}` in the Workspace `{workspace['name']}`")
    deployment = _sent(session, plan, workspace)
    if waits["wait"]:
        deployment = waiting.until(session, deployment, done=waiting.settled, timeout=waits["timeout"])
    return session.show(_document(plan, deployment), ("name", "workspace", "action", "deployment.id", "deployment.status"))


def _sent(session: Session, plan: Plan, workspace: Item) -> Item:
    path, body = f"{session.root}/deployments", plan.body()
    if plan.deployment:
        return dict(session.api.post(f"{path}/{plan.deployment['id']}", body))
    if cluster := plan.after.get("cluster"):
        body["clusterId"] = lookup.cluster(session, cluster)["id"]
    if "region" in body:
        body["cloudProvider"] = "AWS"
    return dict(session.api.post(path, body | {"workspaceId": workspace["id"]}))


def _choices(session: Session, wanted: Item, found: Item | None) -> Item:
    said = {"type": "STANDARD", **(found or {}), **wanted}
    query = {"deploymentType": said["type"], "executor": said.get("executor"), "cloudProvider": "AWS"}
    return dict(session.api.get(f"{session.root}/deployment-options", query))


def _show_plan(session: Session, plan: Plan) -> None:
    if session.output == "table":
        click.echo(_words(plan))
    else:
        session.show(_document(plan, None))


def _document(plan: Plan, deployment: Item | None) -> Item:
    """What a script reads: the plan, whether it was carried out, and the Deployment as it is then."""
    return {**plan.document(), "applied": deployment is not None, "deployment": deployment or plan.deployment}


def _words(plan: Plan) -> str:
    name, workspace = plan.after["name"], plan.after["workspace"]
    if plan.action == "NONE":
        return f"Deployment `{name}` in the Workspace `{workspace}` is as the file says: nothing changes"
    heading = {"CREATE": "would be made", "UPDATE": "would change"}[plan.action]
    return f"Deployment `{name}` in the Workspace `{workspace}` {heading}:\n{output.rows(plan.changes, plans.COLUMNS)}".rstrip()
