"""`orrery cluster`: what Deployments run on."""

import click

from orrery_cli import lookup
from orrery_cli.output import note
from orrery_cli.session import current
from orrery_cli.shared import group

NODE_POOLS = ("name", "nodeInstanceType", "action", "currentNodeCount", "targetNodeCount", "reason")
PROPOSALS = ("node", "nodePool", "savedNodeHoursPerDay", "reason")
COLUMNS = ("id", "name", "type", "status", "cloudProvider", "region")


@group("cluster", names={"options": "options:cluster_options | What a cluster can be made of: regions and machines."})
def cluster() -> None:
    """See the clusters that Deployments run on.

    \b
    Examples:
      orrery cluster list
      orrery cluster get standard -o json
      orrery cluster nodes standard
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


@cluster.command("nodes")
@click.argument("name", metavar="NAME|ID")
@click.option("--proposals", is_flag=True, help="The nodes that could be emptied, with what that would save, instead of the pools.")
def nodes(name: str, proposals: bool) -> None:
    """How many nodes a cluster should have of each kind, and why.

    \b
    Examples:
      orrery cluster nodes standard
      orrery cluster nodes standard --proposals
    """
    session = current()
    found = lookup.cluster(session, name)
    plan = session.api.get(f"{session.root}/clusters/{found['id']}/node-plan")
    if plan["problem"]:
        note(f"the nodes are not set: {plan['problem']}")
    for words in plan["unplaced"]:
        note(words)
    if proposals:
        session.show({"proposals": plan["proposals"]}, PROPOSALS)
    else:
        session.show({"nodePools": plan["nodePools"]}, NODE_POOLS)
