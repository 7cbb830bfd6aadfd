"""How many nodes of which kind a cluster should have, and which of them could be emptied: pure, from the plan of its workers.

A worker goes to the smallest kind of node that it fits on, and the workers of a pool are packed first-fit decreasing: for workers of one
shape never more than 11/9 of the fewest nodes that could do, and one. What is foreseen within the time that a node takes to come is packed
with them. For workers of highly available Deployments as many nodes are kept as the loss of one of three zones takes from them. Every pool
is in the plan exactly once, with a reason. Nothing here ends a node: one that could go is proposed, and goes when its last task has ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from orrery.hypervisor.words import are, counted

ZONES = 3
NODE_START = 120.0
"""Seconds that a node takes from being asked for to running workers; what is foreseen within them needs its room now."""
DAY = 24.0


@dataclass(frozen=True, order=True)
class Size:
    """vCPU and GiB: of a worker, or what a node has left for workers beside the system's own."""

    cpu: float
    memory: float

    def fits(self, room: "Size") -> bool:
        return self.cpu <= room.cpu + 1e-9 and self.memory <= room.memory + 1e-9

    def __sub__(self, other: "Size") -> "Size":
        return Size(self.cpu - other.cpu, self.memory - other.memory)

    def __add__(self, other: "Size") -> "Size":
        return Size(self.cpu + other.cpu, self.memory + other.memory)


@dataclass(frozen=True)
class Pool:
    """A kind of node: `room` is what each has for workers, `low` and `high` bound their number."""

    name: str
    instance_type: str
    room: Size
    low: int = 0
    high: int = 100


@dataclass(frozen=True)
class Demand:
    """So many workers of one size: `now` is what the plan wants to run, `soon` what the forecast adds while a node would start."""

    size: Size
    now: int
    soon: int = 0
    is_highly_available: bool = False


@dataclass(frozen=True)
class Placed:
    """A worker on a node; `is_idle` when it runs nothing and is not needed."""

    deployment: str
    worker: str
    size: Size
    busy: int
    is_idle: bool = False


@dataclass(frozen=True)
class Node:
    """A node that is there, and the workers on it."""

    name: str
    pool: str
    workers: tuple[Placed, ...] = ()


class NodeAction(StrEnum):
    GROW = "GROW"
    SHRINK = "SHRINK"
    HOLD = "HOLD"


@dataclass(frozen=True)
class PoolDecision:
    """What one pool should do: from `current` nodes to `target`; `packed` are the nodes that the workers themselves need."""

    pool: str
    instance_type: str
    action: NodeAction
    current: int
    target: int
    packed: int
    reason: str


@dataclass(frozen=True)
class Proposal:
    """A node that could be emptied: cordon it, wait until its last task has ended, give it back.

    `hours` are the node-hours that a day without it saves.
    """

    node: str
    pool: str
    hours: float
    reason: str


@dataclass(frozen=True)
class NodePlan:
    kinds: tuple[Pool, ...]
    """What was planned for: one kind for each decision."""
    pools: tuple[PoolDecision, ...]
    proposals: tuple[Proposal, ...]
    unplaced: tuple[str, ...] = ()
    """Workers that no pool can take, in words."""


@dataclass(frozen=True)
class Planned:
    """A plan, when it was made, and why the data plane was not told; empty when it was."""

    plan: NodePlan
    decided_at: datetime
    untold: str = ""


def plan(pools: Iterable[Pool], demands: Iterable[Demand], nodes: Iterable[Node]) -> NodePlan:
    """One decision for every pool, by name, and the nodes that could be emptied; the order of what is given never matters."""
    every, there = sorted(pools, key=lambda pool: pool.name), sorted(nodes, key=lambda node: node.name)
    shares, unplaced = assign(every, demands)
    decisions = tuple(_decide(pool, shares[pool.name], [node for node in there if node.pool == pool.name]) for pool in every)
    rooms = {pool.name: pool for pool in every}
    spare = {decision.pool: decision.current - decision.target for decision in decisions}
    proposals = [each for name in rooms for each in _proposals(rooms[name], [n for n in there if n.pool == name], spare[name])]
    return NodePlan(tuple(every), decisions, tuple(proposals), unplaced)


def assign(pools: Sequence[Pool], demands: Iterable[Demand]) -> tuple[dict[str, list[Demand]], tuple[str, ...]]:
    """Each demand to the pool with the smallest nodes that it fits on; what fits nowhere is told in words."""
    shares: dict[str, list[Demand]] = {pool.name: [] for pool in pools}
    unplaced = []
    for demand in demands:
        able = [pool for pool in pools if pool.high and demand.size.fits(pool.room)]
        if able:
            shares[min(able, key=lambda pool: (pool.room, pool.name)).name].append(demand)
        elif demand.now + demand.soon:
            unplaced.append(f"{counted(demand.now + demand.soon, 'worker')} of {_size(demand.size)} fit on no kind of node")
    return shares, tuple(sorted(unplaced))


def pack(room: Size, sizes: Iterable[Size]) -> int:
    """How many nodes with so much room take workers of these sizes: first-fit decreasing. Each must fit on an empty one."""
    free: list[Size] = []
    for size in sorted(sizes, key=lambda size: (_share(size, room), size), reverse=True):
        for index, left in enumerate(free):
            if size.fits(left):
                free[index] = left - size
                break
        else:
            free.append(room - size)
    return len(free)


def _share(size: Size, room: Size) -> float:
    return max(size.cpu / room.cpu, size.memory / room.memory)


def _decide(pool: Pool, demands: list[Demand], nodes: list[Node]) -> PoolDecision:
    now = pack(pool.room, [demand.size for demand in demands for _ in range(demand.now)])
    packed = pack(pool.room, [demand.size for demand in demands for _ in range(demand.now + demand.soon)])
    kept = ceil(pack(pool.room, [demand.size for demand in demands if demand.is_highly_available for _ in range(demand.now)]) / (ZONES - 1))
    wanted = packed + kept
    target, current = min(max(wanted, pool.low), pool.high), len(nodes)
    action = NodeAction.HOLD if target == current else NodeAction.GROW if target > current else NodeAction.SHRINK
    return PoolDecision(pool.name, pool.instance_type, action, current, target, packed, _why(pool, demands, now, packed, kept, current))


def _why(pool: Pool, demands: list[Demand], now: int, packed: int, kept: int, current: int) -> str:
    """`3 workers need 2 nodes of m6i.xlarge, 1 more for 4 workers foreseen, 2 kept for the loss of a zone; 1 is there`."""
    workers, soon = sum(demand.now for demand in demands), sum(demand.soon for demand in demands)
    words = [
        f"{counted(workers, 'worker')} need{'s' if workers == 1 else ''} {counted(now, 'node')} of {pool.instance_type}"
        if workers
        else "no worker is wanted"
    ]
    if soon:
        words.append(f"{packed - now or 'none'} more for {counted(soon, 'worker')} foreseen within {NODE_START:.0f} s")
    if kept:
        words.append(f"{kept} kept for the loss of one of {ZONES} zones")
    if packed + kept < pool.low:
        words.append(f"at least {pool.low} must be there")
    if packed + kept > pool.high:
        words.append(f"at most {pool.high} may be")
    return f"{', '.join(words)}; {are(current)} there"


def _proposals(pool: Pool, nodes: list[Node], spare: int) -> list[Proposal]:
    """The emptiest first, no more than are too many: empty ones, those whose workers all idle, and those whose workers fit elsewhere."""
    before = {node.name: pool.room - _sum(worker.size for worker in node.workers if not worker.is_idle) for node in nodes}
    free, found = dict(before), list[Proposal]()
    for node in sorted(nodes, key=lambda node: (_tasks(node), len(node.workers), node.name)):
        elsewhere = {name: room for name, room in free.items() if name != node.name}
        moved = _fit([worker.size for worker in node.workers if not worker.is_idle], elsewhere)
        if len(found) < spare and moved is not None and free[node.name] == before[node.name]:  # nobody is to move twice
            free = moved
            found.append(Proposal(node.name, pool.name, DAY, _movable(node, len(elsewhere))))
    return found


def _fit(sizes: Iterable[Size], free: Mapping[str, Size]) -> dict[str, Size] | None:
    """What is free on each node once these workers have moved there; None when they do not fit."""
    left = dict(free)
    for size in sorted(sizes, reverse=True):
        name = next((name for name, room in left.items() if size.fits(room)), None)
        if name is None:
            return None
        left[name] -= size
    return left


def _movable(node: Node, others: int) -> str:
    """Why a node could be emptied, and how without cutting a task short."""
    needed, tasks = [worker for worker in node.workers if not worker.is_idle], _tasks(node)
    if not node.workers:
        return "no worker is on it"
    if not needed:
        return f"{counted(len(node.workers), 'worker')} on it, idle and not needed: cordon it; it is empty once they have ended"
    wait = f"wait until {tasks} running task{' has' if tasks == 1 else 's have'} ended" if tasks else "let its workers end"
    elsewhere = f"would fit on the other {counted(others, 'node')}"
    return f"{counted(len(needed), 'worker')} on it {elsewhere}: cordon it and {wait}; no task is cut short"


def _sum(sizes: Iterable[Size]) -> Size:
    return sum(sizes, Size(0, 0))


def _tasks(node: Node) -> int:
    return sum(worker.busy for worker in node.workers)


def _size(size: Size) -> str:
    return f"{size.cpu:g} vCPU and {size.memory:g} GiB"
