"""`orrery deployment create` and `update`: the two commands that say what a Deployment should be."""

from pathlib import Path
from typing import Any

import click

from orrery_cli import lookup, names, waiting
from orrery_cli import specification as spec
from orrery_cli.commands.deployment import COLUMNS, TIMEOUT, WAIT
from orrery_cli.failures import Failure
from orrery_cli.session import Session, current
from orrery_cli.shared import command
from orrery_cli.waiting import Item

SIZES = ("SMALL", "MEDIUM", "LARGE", "EXTRA_LARGE")
STYLES = ("BALANCED", "ECONOMY")
SHOWN = (*COLUMNS, "webServerAirflowApiUrl")

_OPTIONS = (
    click.option("--description", help="What it is for."),
    click.option("--queue", "queues", multiple=True, metavar="NAME:min=0,max=4", help="A worker queue: min, max, concurrency, machine."),
    click.option("--env", "variables", multiple=True, metavar="KEY=VALUE", help="An environment variable that is no secret."),
    click.option("--env-file", type=click.Path(exists=True, dir_okay=False), help="A file of KEY=VALUE lines."),
    click.option("--secret-env-file", type=click.Path(exists=True, dir_okay=False), help="The same for secrets, never shown again."),
    click.option("--scheduler-size", type=click.Choice(SIZES, case_sensitive=False), help="How much the scheduler gets."),
    click.option("--development-mode/--no-development-mode", default=None, help="Small and cheap, for trying things."),
    click.option("--high-availability/--no-high-availability", default=None, help="More than one of each component."),
    click.option("--scaling-style", type=click.Choice(STYLES, case_sensitive=False), help="How its workers are scaled."),
    click.option(
        "--shadow-style",
        type=click.Choice((*STYLES, "NONE"), case_sensitive=False),
        help="A style whose decisions are told for comparison and never carried out.",
    ),
    click.option("--cicd-enforced/--no-cicd-enforced", default=None, help="Take deploys from API tokens only."),
    click.option("--input", "source", type=click.File(), help="Start from a request body in JSON or YAML; `-` reads stdin."),
    WAIT,
    TIMEOUT,
)


def _options(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@command("create")
@click.argument("name")
@click.option("--cluster", metavar="NAME|ID", help="The cluster to run on.")
@click.option("--region", help="The region to run in, where no cluster is named.")
@click.option("--type", "kind", type=click.Choice(("STANDARD", "DEDICATED"), case_sensitive=False), help="STANDARD when left out.")
@click.option("--executor", type=click.Choice(("ASTRO", "CELERY", "KUBERNETES"), case_sensitive=False), help="How tasks are run.")
@click.option("--runtime-version", help="The Airflow runtime; the newest when left out.")
@_options
def create(name: str, **asked: Any) -> None:
    """Make the Deployment NAME in the chosen Workspace.

    What is not named gets the service's defaults: the place, the runtime, the size, a queue's fields; a `default` queue
    is always made.

    \b
    Examples:
      orrery deployment create etl --wait
      orrery deployment create etl --workspace Data --queue default:min=1,max=3 --queue heavy:min=0,max=4,concurrency=2
      orrery deployment create etl --env STAGE=dev --secret-env-file secrets.env --development-mode
    """
    session = current()
    body = _body(asked["source"])
    if session.workspace_option or "workspaceId" not in body:
        body["workspaceId"] = lookup.workspace(session)["id"]
    body |= {"name": name, "type": (asked["kind"] or body.get("type") or "STANDARD").upper()} | _common(asked)
    body |= spec.given(executor=asked["executor"], astroRuntimeVersion=asked["runtime_version"])
    body |= _place(session, cluster=asked["cluster"], region=asked["region"])
    if asked["queues"]:
        body["workerQueues"] = spec.new_queues(asked["queues"], _choices(session, body))
    if variables := _variables(asked):
        body["environmentVariables"] = spec.changed_environment(body.get("environmentVariables", []), variables, ())
    made = session.api.post(f"{session.root}/deployments", body)
    _show(session, made, wait=asked["wait"], timeout=asked["timeout"])


@command("update")
@click.argument("target", metavar="NAME|ID", shell_complete=names.deployments)
@click.option("--name", help="The new name.")
@click.option("--remove-queue", "removed_queues", multiple=True, metavar="NAME", help="A worker queue to remove.")
@click.option("--unset-env", "removed_variables", multiple=True, metavar="KEY", help="An environment variable to remove.")
@_options
def update(target: str, name: str | None, **asked: Any) -> None:
    """Change a Deployment; what is not named stays as it is.

    \b
    Examples:
      orrery deployment update etl --queue heavy:max=8 --wait
      orrery deployment update etl --env STAGE=prod --unset-env DEBUG
      orrery deployment update etl --scaling-style economy
      orrery deployment update etl --name etl-nightly --remove-queue heavy
    """
    session = current()
    before = lookup.deployment(session, target)
    body = {**spec.unchanged(before), **_common(asked), **spec.given(name=name)}
    body["environmentVariables"] = spec.changed_environment(body["environmentVariables"], _variables(asked), asked["removed_variables"])
    if asked["queues"] or asked["removed_queues"]:
        choices = _choices(session, body) if asked["queues"] else {}
        body["workerQueues"] = spec.changed_queues(
            before["workerQueues"], map(spec.queue, asked["queues"]), asked["removed_queues"], choices
        )
    body |= _body(asked["source"])
    changed = session.api.post(f"{session.root}/deployments/{before['id']}", body)
    _show(session, changed, wait=asked["wait"], timeout=asked["timeout"])


def _common(asked: dict[str, Any]) -> Item:
    return spec.given(
        description=asked["description"],
        schedulerSize=asked["scheduler_size"],
        isDevelopmentMode=asked["development_mode"],
        isHighAvailability=asked["high_availability"],
        isCicdEnforced=asked["cicd_enforced"],
        scalingSpec=spec.given(style=asked["scaling_style"], shadowStyle=asked["shadow_style"]) or None,
    )


def _variables(asked: dict[str, Any]) -> list[Item]:
    plain = spec.environment_file(asked["env_file"], secret=False)
    secret = spec.environment_file(asked["secret_env_file"], secret=True)
    return [*plain, *secret, *spec.environment(asked["variables"])]


def _place(session: Session, *, cluster: str | None, region: str | None) -> Item:
    """Where it runs; where nothing is named the service knows the Workspace's own place."""
    place = {"clusterId": lookup.cluster(session, cluster)["id"]} if cluster else {}
    return place | ({"cloudProvider": "AWS", "region": region} if region else {})


def _choices(session: Session, body: Item) -> Item:
    query = {"deploymentType": body["type"], "executor": body.get("executor"), "cloudProvider": "AWS"}
    return dict(session.api.get(f"{session.root}/deployment-options", query))


def _body(source: Any) -> Item:
    if source is None:
        return {}
    import yaml

    try:
        body = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise Failure(f"`{Path(source.name).name}` is neither JSON nor YAML: {error}", kind="usage") from error
    if not isinstance(body, dict):
        raise Failure(f"`{Path(source.name).name}` does not hold one object", kind="usage")
    return body


def _show(session: Session, deployment: Item, *, wait: bool, timeout: int) -> None:
    if wait:
        deployment = waiting.until(session, deployment, done=waiting.settled, timeout=timeout)
    session.show(deployment, SHOWN)
