"""Looks at the world: the home's inventory and workers, each Airflow's demand, and what only memory can tell (since when, how often)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from agent.clock import Clock
from agent.demand import Counts
from agent.home import Home
from agent.world import STARTING, DeploymentView, Member, QueueView, World

INVENTORY_SECONDS = 5.0
"""How often the home is asked what there is; it answers with a look at each Airflow's health, which is not free."""


class Reads(Protocol):
    async def read(self, urls: Mapping[str, str]) -> dict[str, Counts | None]: ...


@dataclass
class _Memory:
    """Of one worker."""

    first_seen: float
    state: str = ""
    idle_since: datetime | None = None
    quiet: int = 0


class Observer:
    def __init__(self, home: Home, demand: Reads, clock: Clock) -> None:
        self._home, self._demand, self._clock = home, demand, clock
        self._inventory: list[dict[str, Any]] = []
        self._stale_at = float("-inf")
        self._memories: dict[tuple[str, str], _Memory] = {}
        self._counts: dict[str, Counts] = {}

    async def observe(self) -> World:
        """The world now; `HomeTrouble` when the home cannot be asked."""
        if self._clock.seconds() >= self._stale_at:
            self._inventory = await asyncio.to_thread(self._home.deployments)
            self._stale_at = self._clock.seconds() + INVENTORY_SECONDS
        workers = {entry["id"]: await asyncio.to_thread(self._home.workers, entry["id"]) for entry in self._inventory}
        awake = {entry["id"]: entry["databaseUrl"] for entry in self._inventory if workers[entry["id"]] or _may_run(entry)}
        fresh = await self._demand.read(awake)
        self._counts = {id: counts or self._counts.get(id, Counts({}, {})) for id, counts in fresh.items()}
        world = World(self._clock.wall(), tuple(self._deployment(entry, workers[entry["id"]], fresh) for entry in self._inventory))
        self._forget(workers)
        return world

    def refresh(self) -> None:
        """Ask for the inventory at the next look, whatever its age."""
        self._stale_at = float("-inf")

    def _deployment(self, entry: dict[str, Any], workers: list[dict[str, Any]], fresh: Mapping[str, Counts | None]) -> DeploymentView:
        is_seen = fresh.get(entry["id"]) is not None
        counts = self._counts.get(entry["id"], Counts({}, {}))
        queues = tuple(
            self._queue(entry, queue, [worker for worker in workers if worker["queue"] == queue["name"]], counts, is_seen=is_seen)
            for queue in entry["queues"]
        )  # fmt: skip
        return DeploymentView(
            id=entry["id"],
            organization_id=entry["organizationId"],
            generation=entry["generation"],
            observed_generation=entry.get("observedGeneration", 0),
            healthy=entry.get("healthy", False),
            reason=entry.get("reason", ""),
            address=entry.get("address", ""),
            components=tuple({name: each.get(name, "") for name in ("name", "state", "reason")} for each in entry.get("components", [])),
            queues=queues,
        )

    def _queue(
        self, entry: dict[str, Any], queue: dict[str, Any], workers: list[dict[str, Any]], counts: Counts, *, is_seen: bool
    ) -> QueueView:  # fmt: skip
        """Running tasks whose worker nobody knows could be on any of them: then none is called idle."""
        name = queue["name"]
        running = {host: count for (of, host), count in counts.running.items() if of == name}
        busy = {worker["id"]: sum(n for host, n in running.items() if _is(worker, host)) for worker in workers}
        told = is_seen and sum(busy.values()) == sum(running.values())
        members = tuple(self._member(entry, worker, busy[worker["id"]], is_told=told) for worker in workers)
        return QueueView(
            name=name,
            queued=counts.queued.get(name, 0),
            running=sum(running.values()),
            floor=min(queue["min"], queue["max"]),
            ceiling=queue["max"],
            concurrency=max(1, queue["concurrency"]),
            members=members,
        )

    def _member(self, entry: dict[str, Any], worker: dict[str, Any], busy: int, *, is_told: bool) -> Member:
        memory = self._memories.setdefault((entry["id"], worker["id"]), _Memory(self._clock.seconds()))
        is_idle = is_told and not busy and worker["state"] != STARTING
        if memory.state != worker["state"]:
            memory.state, memory.quiet = worker["state"], 0
        memory.quiet = memory.quiet + 1 if is_idle else 0
        memory.idle_since = (memory.idle_since or self._clock.wall()) if is_idle else None
        return Member(
            id=worker["id"],
            state=worker["state"],
            is_current=worker.get("generation", entry["generation"]) >= entry["generation"],
            busy=busy,
            idle_since=memory.idle_since,
            quiet=memory.quiet,
            age=self._clock.seconds() - memory.first_seen,
        )

    def _forget(self, workers: Mapping[str, list[dict[str, Any]]]) -> None:
        there = {(id, worker["id"]) for id, each in workers.items() for worker in each}
        self._memories = {key: memory for key, memory in self._memories.items() if key in there}


def _may_run(entry: Mapping[str, Any]) -> bool:
    return any(queue["max"] > 0 for queue in entry["queues"])


def _is(worker: Mapping[str, Any], host: str) -> bool:
    """Whether a task that reports `host` runs on this worker."""
    return host in (worker.get("hostname"), worker["id"])
