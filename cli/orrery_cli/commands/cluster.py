"""`orrery cluster`: what Deployments run on."""

import click

from orrery_cli import lookup
from orrery_cli.session import current
from orrery_cli.shared import group

COLUMNS = ("id", "name", "type", "status", "cloudProvider", "region")


@group("cluster")
def cluster() -> None:
    """See the clusters that Deployments run on.

    \b
    Examples:
      orrery cluster list
      orrery cluster get standard -o json
    """


@cluster.command("list")
def list_clusters() -> None:
    """The clusters of the Organization."""
    session = current()
    session.show({"clusters": session.api.items(f"{session.root}/clusters", "clusters")}, COLUMNS)


@cluster.command("get")
@click.argument("name", metavar="NAME|ID")
def get(name: str) -> None:
    """One cluster, with all its fields."""
    session = current()
    session.show(lookup.cluster(session, name))
