"""Looks at the world: the home's inventory and workers, each Airflow's demand, and what only memory can tell (since when, how often)."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from orrery.model.incident import MOST

from agent.airflow_troubles import AirflowTroubles
from agent.clock import Clock
from agent.demand import Counts
from agent.foresight import Ahead, seconds
from agent.home import Home
from agent.startups import Startups
from agent.world import RUNNING, STARTING, DeploymentView, Member, QueueView, World


class Reads(Protocol):
    async def read(self, urls: Mapping[str, str]) -> dict[str, Counts | None]: ...


class Foresees(Protocol):
    async def foresee(
        self, urls: Mapping[str, str], counts: Mapping[str, Counts | None], leaving: Mapping[str, Collection[str]]
    ) -> dict[str, Ahead | None]: ...


READING = timedelta(minutes=10)
"""For how long an Airflow without DAGs may still be reading its code: it is not called idle, or it would sleep past what is due in it."""


@dataclass
class _Memory:
    """Of one worker."""

    first_seen: float
    state: str = ""
    idle_since: datetime | None = None
    quiet: int = 0


class Observer:
    def __init__(self, home: Home, demand: Reads, foresight: Foresees, clock: Clock) -> None:
        self._home, self._demand, self._foresight, self._clock = home, demand, foresight, clock
        self._startups, self._troubles = Startups(), AirflowTroubles()
        self._last: dict[str, DeploymentView] = {}
        self._memories: dict[tuple[str, str], _Memory] = {}
        self._counts: dict[str, Counts] = {}
        self._ahead: dict[str, Ahead | None] = {}
        self._idle_since: dict[str, datetime | None] = {}
        self._met: dict[str, datetime] = {}

    async def observe(self) -> World:
        """The world now; `HomeTrouble` when the home cannot be asked. What it does not say of one Deployment delays no other."""
        inventory = await asyncio.to_thread(self._home.deployments)
        workers = await self._workers([entry["id"] for entry in inventory])
        asked = {entry["id"]: entry["databaseUrl"] for entry in inventory if workers.get(entry["id"]) or _may_run(entry)}
        fresh = await self._demand.read(asked)
        self._counts = {id: counts or self._counts.get(id, Counts({}, {})) for id, counts in fresh.items()}
        self._ahead = await self._foresight.foresee(asked, fresh, {id: _leaving(workers.get(id, [])) for id in asked})
        self._met = {id: self._met.get(id, self._clock.wall()) for id in self._ahead}
        self._idle_since = {id: self._idle(id, ahead) for id, ahead in self._ahead.items()}
        views = (
            self._deployment(entry, workers[entry["id"]], fresh) if entry["id"] in workers else self._unseen(entry["id"])
            for entry in inventory
        )
        world = World(self._clock.wall(), tuple(view for view in views if view))
        self._last = {view.id: view for view in world.deployments}
        self._forget(workers)
        return world

    async def _workers(self, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        answers = await asyncio.gather(*(asyncio.to_thread(self._home.workers, id) for id in ids), return_exceptions=True)
        told = zip(ids, answers, strict=True)
        return {id: answer for id, answer in told if not isinstance(answer, BaseException)}

    def _unseen(self, deployment_id: str) -> DeploymentView | None:
        """As it was last seen, for the plane; nothing is done to it until it is seen again."""
        last = self._last.get(deployment_id)
        return replace(last, is_seen=False) if last else None

    def _deployment(self, entry: dict[str, Any], workers: list[dict[str, Any]], fresh: Mapping[str, Counts | None]) -> DeploymentView:
        is_seen = fresh.get(entry["id"]) is not None
        counts, ahead = self._counts.get(entry["id"], Counts({}, {})), self._ahead.get(entry["id"])
        queues = tuple(
            self._queue(entry, queue, [worker for worker in workers if worker["queue"] == queue["name"]], counts, is_seen=is_seen)
            for queue in entry["queues"]
        )  # fmt: skip
        incidents = [*entry.get("incidents", []), *self._troubles.incidents(entry["id"], queues, counts, self._clock.wall())]
        return DeploymentView(
            id=entry["id"],
            organization_id=entry["organizationId"],
            generation=entry["generation"],
            observed_generation=entry.get("observedGeneration", 0),
            healthy=entry.get("healthy", False),
            reason=entry.get("reason", ""),
            address=entry.get("address", ""),
            components=tuple({name: each.get(name, "") for name in ("name", "state", "reason")} for each in entry.get("components", [])),
            incidents=tuple(incidents[:MOST]),
            queues=queues,
            style=entry.get("style", ""),
            shadow_style=entry.get("shadowStyle", ""),
            high_availability=entry.get("highAvailability", False),
            next_run_at=_moment(ahead.next_run_at) if ahead else None,
            idle_since=self._idle_since.get(entry["id"]),
        )

    def _queue(
        self, entry: dict[str, Any], queue: dict[str, Any], workers: list[dict[str, Any]], counts: Counts, *, is_seen: bool
    ) -> QueueView:  # fmt: skip
        """Running tasks whose worker nobody knows could be on any of them: then none is called idle."""
        name, ahead = queue["name"], self._ahead.get(entry["id"])
        running = {host: count for (of, host), count in counts.running.items() if of == name}
        busy = {worker["id"]: sum(n for host, n in running.items() if _is(worker, host)) for worker in workers}
        told = is_seen and sum(busy.values()) == sum(running.values())
        members = tuple(
            replace(member, frees_in=self._frees_in(ahead, worker, member) if told else None)
            for worker in workers
            for member in [self._member(entry, worker, busy[worker["id"]], is_told=told)]
        )
        return QueueView(
            name=name,
            queued=counts.queued.get(name, 0),
            running=sum(running.values()),
            floor=min(queue["min"], queue["max"]),
            ceiling=queue["max"],
            concurrency=max(1, queue["concurrency"]),
            members=members,
            cpu=queue.get("cpu", 0),
            memory=queue.get("memory", 0),
            ahead=ahead.curve(name, self._clock.seconds()) if ahead else None,
            start=self._startups.seconds(entry["id"], name),
            span=ahead.spans.get(name, 0.0) if ahead else 0.0,
            next=ahead.next.get(name) if ahead else None,
        )

    def _frees_in(self, ahead: Ahead | None, worker: Mapping[str, Any], member: Member) -> float | None:
        if member.idle_since:
            return 0.0
        frees = next((frees for host, frees in ahead.frees.items() if _is(worker, host)), None) if ahead else None
        left = seconds(frees, member.busy) if frees else None
        return None if left is None or ahead is None else max(0.0, left - (self._clock.seconds() - ahead.seconds))

    def _idle(self, deployment_id: str, ahead: Ahead | None) -> datetime | None:
        """What the agent did not see begin it takes from the Airflow's database, as a span."""
        if ahead is None or ahead.is_active:
            return None
        if not ahead.is_read and self._clock.wall() - self._met[deployment_id] < READING:
            return None
        return self._idle_since.get(deployment_id) or self._clock.wall() - timedelta(seconds=ahead.quiet or 0.0)

    def _member(self, entry: dict[str, Any], worker: dict[str, Any], busy: int, *, is_told: bool) -> Member:
        memory = self._memories.setdefault((entry["id"], worker["id"]), _Memory(self._clock.seconds()))
        is_idle = is_told and not busy and worker["state"] != STARTING
        if memory.state == STARTING and worker["state"] == RUNNING:
            self._startups.took(entry["id"], worker["queue"], self._clock.seconds() - memory.first_seen)
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
        unheard = self._last.keys() - workers.keys()
        self._startups.forget({*workers, *unheard})
        self._troubles.forget({*workers, *unheard})
        self._memories = {key: memory for key, memory in self._memories.items() if key in there or key[0] in unheard}


def _may_run(entry: Mapping[str, Any]) -> bool:
    return any(queue["max"] > 0 for queue in entry["queues"])


def _leaving(workers: list[dict[str, Any]]) -> set[str]:
    """Hosts whose workers take nothing new."""
    return {
        host for worker in workers if worker["state"] not in (STARTING, RUNNING) for host in (worker.get("hostname"), worker["id"]) if host
    }


def _moment(at: float | None) -> datetime | None:
    return datetime.fromtimestamp(at, UTC) if at is not None else None


def _is(worker: Mapping[str, Any], host: str) -> bool:
    """Whether a task that reports `host` runs on this worker."""
    return host in (worker.get("hostname"), worker["id"])
