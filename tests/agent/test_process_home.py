"""The process home's wire keeps the contract of the agent's port, before the simulated home of the other tests."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.process_home import ProcessHome
from tests.agent.home_contract import HomeContract, Street, Workers
from tests.support.home import FakeClock, FakeHome, serve


@dataclass
class Simulated:
    home: ProcessHome
    fake: FakeHome
    id: str = field(default="d1")

    def close_queues(self) -> None:
        self.fake.deployments[self.id].bounds["default"] = (0, 0, 2)

    def until(self, holds: Callable[[Workers], bool]) -> Workers:
        for _ in range(60):
            self.fake.advance(1)
            if holds(workers := self.home.workers(self.id)):
                return workers
        raise AssertionError(f"still {workers}")


class TestProcessHome(HomeContract):
    @pytest.fixture
    def street(self) -> Iterator[Street]:
        with tempfile.TemporaryDirectory() as folder:  # a socket's path is short
            fake, door = FakeHome(FakeClock()), Path(folder) / "home.sock"
            fake.add(default=(0, 4, 2))
            server = serve(fake, door)
            yield Simulated(ProcessHome(door), fake)
            server.shutdown()
            server.server_close()
