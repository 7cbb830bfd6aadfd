"""Node pools: the kinds of node that a cluster is made of, and what each has for workers."""

from dataclasses import dataclass

from orrery.model.queue import Machine

SYSTEM_CPU, SYSTEM_MEMORY = 0.5, 2.0
"""vCPU and GiB of a node that the kubelet, the network and the agents on it keep for themselves."""

INSTANCES = {
    "m6i.xlarge": (4, 16),
    "m6i.2xlarge": (8, 32),
    "m6i.4xlarge": (16, 64),
    "m6i.8xlarge": (32, 128),
    "m6i.12xlarge": (48, 192),
}
"""vCPU and GiB of each instance type, as AWS lists them."""


@dataclass(frozen=True)
class NodePool:
    name: str
    instance_type: str
    min_nodes: int
    max_nodes: int
    is_default: bool = False

    @property
    def cpu(self) -> float:
        """vCPU that a node has for workers."""
        return INSTANCES[self.instance_type][0] - SYSTEM_CPU

    @property
    def memory(self) -> float:
        """GiB that a node has for workers."""
        return INSTANCES[self.instance_type][1] - SYSTEM_MEMORY

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The machines whose workers fit on a node."""
        return tuple(machine for machine in Machine if machine.size.cpu <= self.cpu and machine.size.memory <= self.memory)


STANDARD = (
    NodePool("general", "m6i.2xlarge", min_nodes=0, max_nodes=100, is_default=True),
    NodePool("large", "m6i.4xlarge", min_nodes=0, max_nodes=50),
    NodePool("largest", "m6i.12xlarge", min_nodes=0, max_nodes=20),
)
"""What every cluster is made of."""
