"""What Deployments and clusters can be made of, as the service offers it."""

import click

from orrery_cli import lookup
from orrery_cli.session import current
from orrery_cli.shared import command
from orrery_cli.specification import given

_TYPE = click.Choice(("STANDARD", "DEDICATED"), case_sensitive=False)
_EXECUTOR = click.Choice(("ASTRO", "CELERY", "KUBERNETES"), case_sensitive=False)


@command("options")
@click.option("--deployment", metavar="NAME|ID", help="What this Deployment could be changed to.")
@click.option("--type", "deploymentType", type=_TYPE, help="For a Deployment of this type.")
@click.option("--executor", type=_EXECUTOR, help="For this executor.")
def deployment_options(deployment: str | None, **asked: str | None) -> None:
    """What a Deployment can be made of: runtimes, executors, machines, sizes, and the bounds of queues.

    \b
    Examples:
      orrery deployment options
      orrery deployment options -o json | jq -r '.runtimeReleases[].version'
    """
    session = current()
    place = {"deploymentId": lookup.deployment(session, deployment)["id"]} if deployment else {}
    options = session.api.get(f"{session.root}/deployment-options", {**place, **given(**asked)})
    session.show(options if session.output != "table" else _words(options))


@command("options")
@click.option("--type", "kind", type=_TYPE, default="DEDICATED", show_default=True, help="For a cluster of this type.")
def cluster_options(kind: str) -> None:
    """What a cluster can be made of: regions, nodes and databases.

    \b
    Examples:
      orrery cluster options -o json | jq -r '.clusterOptions[].regions[].name'
    """
    session = current()
    options = session.api.get(f"{session.root}/cluster-options", {"type": kind.upper()})
    session.show({"clusterOptions": options}, ("provider", "defaultRegion.name", "nodeCountMin", "nodeCountMax", "nodeCountDefault"))


def _words(options: dict[str, object]) -> dict[str, object]:
    """A line for each thing to choose, with the names alone; the documents say all about each."""
    return {key: _names(value) for key, value in options.items() if value}


def _names(value: object) -> object:
    if not isinstance(value, list):
        return value
    return ", ".join(str(each.get("name") or each.get("version")) if isinstance(each, dict) else str(each) for each in value)
