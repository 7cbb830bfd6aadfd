"""The home's nodes: what is wanted outlives it, and what is there is this one machine."""

from pathlib import Path

from orrery import names
from orrery.dataplane.port import NodePoolSpec

from local.home.nodes import Nodes
from local.home.records import Record, Records, Worker, new_keys
from tests.dataplane_contract import a_spec

POOLS = [NodePoolSpec("small", "m6i.2xlarge", 3, 0, 9), NodePoolSpec("large", "m6i.4xlarge", 1, 1, 4)]


def home(folder: Path) -> Nodes:
    return Nodes(folder, Records(folder / "deployments"))


def test_what_is_wanted_is_still_known_after_a_restart(tmp_path: Path) -> None:
    mine, other = names.new_id(), names.new_id()
    home(tmp_path).want(mine, POOLS)
    home(tmp_path).want(other, POOLS[:1])
    assert home(tmp_path).wanted(mine) == sorted(POOLS, key=lambda pool: pool.name)
    assert home(tmp_path).wanted(names.new_id()) == []


def test_this_machine_is_the_one_node_whatever_is_wanted(tmp_path: Path) -> None:
    spec = a_spec()
    records = Records(tmp_path / "deployments")
    (tmp_path / "deployments" / spec.id).mkdir(parents=True)
    records.save(Record(spec, 1, 1, new_keys(), workers={"w1": Worker("w1", "default", 2, 1, "")}))
    nodes = Nodes(tmp_path, records)
    nodes.want(spec.cluster_id, POOLS)
    (node,) = nodes.observe(spec.cluster_id)
    assert (node.is_fixed, node.workers) == (True, ((spec.id, "w1"),))
    assert node.cpu >= 1
    assert node.memory > 0
    assert nodes.observe(names.new_id())[0].workers == ()
