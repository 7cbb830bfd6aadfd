"""A worker queue: how many workers of which machine may run its tasks, and how many tasks each takes at once."""

from dataclasses import dataclass
from enum import StrEnum

DEFAULT = "default"


@dataclass(frozen=True)
class Size:
    """What one machine offers: vCPU, memory in GiB, and the tasks at once it starts with and may go up to (the wire's worker types)."""

    cpu: int
    memory: int
    concurrency: int
    concurrency_ceiling: int


class Machine(StrEnum):
    A5 = "A5"
    A10 = "A10"
    A20 = "A20"
    A40 = "A40"
    A60 = "A60"
    A120 = "A120"
    A160 = "A160"

    @property
    def size(self) -> Size:
        cpu = {"A5": 1, "A10": 2, "A20": 4, "A40": 8, "A60": 12, "A120": 24, "A160": 32}[self.value]
        return Size(cpu=cpu, memory=cpu * 2, concurrency=cpu * 5, concurrency_ceiling=cpu * 15)


@dataclass(frozen=True)
class Queue:
    id: str
    name: str
    machine: Machine
    min_workers: int
    max_workers: int
    concurrency: int
    ephemeral_storage: str = "10Gi"

    @property
    def is_default(self) -> bool:
        return self.name == DEFAULT
