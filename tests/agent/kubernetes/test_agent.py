"""The whole agent on a cluster: what its databases say becomes workers, and they go when nothing is left for them to do."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from orrery.dataplane.port import QueueSpec

from agent.clock import SystemClock
from agent.demand import Counts
from agent.foresight import Ahead
from agent.journal import Journal
from agent.report import PlaneTrouble
from agent.run import Agent
from tests.agent.kubernetes.conftest import KubernetesStreet, eventually
from tests.orrery.dataplane.kubernetes.plans import AGENT, CLUSTER

ROOT = Path(__file__).parents[3]


@dataclass
class Airflows:
    """What the databases of the Deployments would say; nothing is foretold."""

    queued: dict[str, int] = field(default_factory=dict)
    running: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def read(self, urls: Mapping[str, str]) -> dict[str, Counts | None]:
        return {id: Counts(self.queued, self.running) for id in urls}

    async def foresee(
        self, urls: Mapping[str, str], counts: Mapping[str, Counts | None], leaving: Mapping[str, Collection[str]]
    ) -> dict[str, Ahead | None]:
        return dict.fromkeys(urls)


def away(_: dict[str, Any]) -> dict[str, Any]:
    raise PlaneTrouble("the control plane does not answer: refused")


@dataclass
class Clockwork(SystemClock):
    """The agent's patience passes a hundred times as fast."""

    def wall(self) -> datetime:
        return datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds())

    def seconds(self) -> float:
        return time.monotonic() * 100


def rounds(deployment: KubernetesStreet, airflows: Airflows, folder: Path, until: Callable[[], bool]) -> None:
    async def run() -> None:
        agent = Agent(deployment.home, airflows, airflows, away, Journal(folder), Clockwork())
        end = time.monotonic() + 200
        while not until():
            assert time.monotonic() < end, f"not in time: {deployment.home.workers(deployment.id)}"
            await agent.round()
            await asyncio.sleep(0.1)

    asyncio.run(run())


def test_with_the_plane_away_tasks_bring_workers_which_go_when_they_are_idle(deployment: KubernetesStreet, tmp_path: Path) -> None:
    airflows = Airflows({"default": 5})

    def states() -> list[str]:
        return sorted(each["state"] for each in deployment.home.workers(deployment.id))

    rounds(deployment, airflows, tmp_path, lambda: states() == ["RUNNING"] * 3)
    busy, *_ = [each["id"] for each in deployment.home.workers(deployment.id)]
    airflows.queued, airflows.running = {}, Counter({("default", f"{busy}.localhost"): 2})
    deployment.crowd.tasks[busy] = 2
    rounds(deployment, airflows, tmp_path, lambda: [*deployment.pods()] == [busy])
    assert sum(deployment.counts().values()) == 1
    airflows.running.clear()
    deployment.crowd.tasks.clear()
    rounds(deployment, airflows, tmp_path, lambda: not deployment.pods())
    assert sum(deployment.counts().values()) == 0


def test_a_new_configuration_replaces_one_worker_at_a_time_and_never_a_busy_one(deployment: KubernetesStreet, tmp_path: Path) -> None:
    airflows = Airflows({"default": 4})
    rounds(deployment, airflows, tmp_path, lambda: len(deployment.pods()) == 2 and _all_run(deployment))
    busy, idle = deployment.pods()
    airflows.queued = {"default": 2}
    airflows.running = Counter({("default", f"{busy}.localhost"): 2})
    deployment.crowd.tasks[busy] = 2
    deployment.change(environment={"COLOUR": "blue"})

    def states() -> dict[str, str]:
        return {each["id"]: each["state"] for each in deployment.home.workers(deployment.id)}

    rounds(deployment, airflows, tmp_path, lambda: idle not in states() and sorted(states().values()) == ["CORDONED", "RUNNING"])
    assert states()[busy] == "CORDONED", "it finishes what it has"
    looks = iter(range(20))
    rounds(deployment, airflows, tmp_path, lambda: next(looks, None) is None)
    assert busy in deployment.pods()
    airflows.running.clear()
    deployment.crowd.tasks.clear()
    rounds(deployment, airflows, tmp_path, lambda: busy not in deployment.pods())


@pytest.fixture
def process(deployment: KubernetesStreet, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """`python -m agent` with the environment that its manifest gives it, where nothing but the API server answers."""
    (tmp_path / "token").write_text("an-agent-token")
    (tmp_path / "token").chmod(0o600)
    account = tmp_path / "account"
    account.mkdir()
    (account / "ca.crt").write_bytes(deployment.access.certificates.read_bytes())
    (account / "token").write_bytes(deployment.access.token.read_bytes())
    given = {
        "ORRERY_HOME": "kubernetes",
        "ORRERY_CLUSTER_ID": AGENT.cluster_id,
        "ORRERY_API_URL": "http://127.0.0.1:9",
        "ORRERY_AGENT_TOKEN_FILE": str(tmp_path / "token"),
        "ORRERY_AGENT_STATE": str(tmp_path / "state"),
        "ORRERY_DOMAIN": CLUSTER.domain,
        "ORRERY_KUBERNETES_URL": deployment.access.url,
        "ORRERY_SERVICE_ACCOUNT": str(account),
        "ORRERY_DOOR_PORT": "0",
    }
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        running.append(subprocess.Popen([sys.executable, "-m", "agent"], cwd=ROOT, env=os.environ | given))

    yield start
    for each in running:
        each.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            each.wait(20)
        each.kill()
        assert each.wait() == 0, "it ends when it is told to"


def test_as_a_process_it_keeps_the_floor_of_a_queue_with_nobody_else_there(
    deployment: KubernetesStreet, process: Callable[[], None]
) -> None:
    deployment.change(queues=(QueueSpec("default", 2, 4, 2, "A5", 1, 2),))
    process()
    eventually(lambda: len(deployment.pods()) == 2, lambda: str(deployment.counts()))
    assert sorted(deployment.counts().values())[-1] == 2


def _all_run(deployment: KubernetesStreet) -> bool:
    return {each["state"] for each in deployment.home.workers(deployment.id)} == {"RUNNING"}
