"""An agent in a simulated home, with a plane that a test can take away; time moves only when a test says so."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from orrery.api.wire.agents import Answer, Snapshot
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.check import check
from orrery.hypervisor.lease import Lease, Target, renew
from orrery.hypervisor.plan import plan

from agent.journal import Journal
from agent.process_home import ProcessHome
from agent.report import PlaneTrouble
from agent.run import Agent
from tests.support.home import FakeClock, FakeHome, serve


@dataclass
class FakePlane:
    """The real wire models, planner and lease; a tick every ten seconds. Its wall clock is its own."""

    clock: FakeClock
    is_away: bool = False
    is_planning: bool = True
    lease: Lease | None = None
    snapshots: list[dict[str, Any]] = field(default_factory=list)
    ticked: float = 0.0

    def now(self) -> datetime:
        return datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=self.clock.now)

    def exchange(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        if self.is_away:
            raise PlaneTrouble("the control plane does not answer: connection refused")
        self.snapshots.append(Snapshot.model_validate_json(json.dumps(snapshot)).document())
        answer: dict[str, Any] = json.loads(Answer.of(self.lease, self.now()).model_dump_json(by_alias=True))
        return answer

    def orders(self, deployment: str, queue: str, *, workers: int, generation: int = 1) -> None:
        """A lease with one target, whatever anybody saw."""
        target = Target(deployment, queue, workers, generation, "IDLE")
        self.lease = Lease((self.lease.generation if self.lease else 0) + 1, self.now(), self.now() + timedelta(seconds=90), (target,))

    def tick(self) -> None:
        if self.is_away or not self.is_planning or not self.snapshots or self.clock.now - self.ticked < 10:
            return
        self.ticked = self.clock.now
        fleet = fleets.read("c1", self.snapshots[-1])
        self.lease = renew(self.lease, check(fleet, plan(fleet)), self.now()) or self.lease


@dataclass
class Scene:
    clock: FakeClock
    home: FakeHome
    plane: FakePlane
    journal: Path
    agent: Agent

    def run(self, seconds: int) -> None:
        """So many seconds go by, with a round of the agent every two."""
        asyncio.run(self._run(seconds))

    async def _run(self, seconds: int) -> None:
        for _ in range(seconds // 2):
            self.home.advance(2)
            self.plane.tick()
            await self.agent.round()
            await self.agent.reporter.finish()

    def decisions(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.journal.read_text().splitlines()] if self.journal.exists() else []

    def states(self, deployment_id: str = "d1") -> list[str]:
        return sorted(worker.state for worker in self.home.deployments[deployment_id].workers.values())

    def restart_agent(self) -> None:
        """A new agent that remembers nothing, where the old one was."""
        self.agent = _agent(self.home, self.plane, self.journal.parent, self.clock)


def _agent(home: FakeHome, plane: FakePlane, folder: Path, clock: FakeClock) -> Agent:
    return Agent(ProcessHome(folder / "home.sock"), home, home, plane.exchange, Journal(folder), clock)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with tempfile.TemporaryDirectory() as folder:  # a socket's path is short
        clock = FakeClock()
        home, plane = FakeHome(clock), FakePlane(clock)
        server = serve(home, Path(folder) / "home.sock")
        yield Scene(clock, home, plane, Path(folder) / "decisions.jsonl", _agent(home, plane, Path(folder), clock))
        server.shutdown()
        server.server_close()
