"""A small process home for the agent's tests: the same wire on a real socket, simulated workers and tasks, and a clock that tests move.

Its workers are Celery's in the ways that matter: they take time to start, take as many tasks as they have places for, show a task only a
while after they took it, take nothing once cordoned, and end by themselves after a drain when their last task has.
"""

import json
import socketserver
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from agent.demand import Counts
from agent.foresight import Ahead
from local.home import logs

START = 12
"""Seconds until a launched worker takes tasks."""
HIDDEN = 3
"""Seconds from a task's delivery to a worker until its Airflow calls it running."""


class FakeClock:
    """Seconds that a test moves; the wall may be skewed."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.skew = timedelta()

    def wall(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.now) + self.skew

    def seconds(self) -> float:
        return self.now


@dataclass
class Task:
    seconds: int
    taken_at: float | None = None

    def is_hidden(self, now: float) -> bool:
        return self.taken_at is None or now - self.taken_at < HIDDEN

    def is_over(self, now: float) -> bool:
        return self.taken_at is not None and now - self.taken_at >= HIDDEN + self.seconds


@dataclass
class FakeWorker:
    id: str
    queue: str
    concurrency: int
    generation: int
    ready_at: float
    state: str = "STARTING"
    tasks: list[Task] = field(default_factory=list)


@dataclass
class FakeDeployment:
    id: str
    organization: str = "o1"
    generation: int = 1
    bounds: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """Queue name to floor, ceiling, concurrency."""
    waiting: dict[str, list[Task]] = field(default_factory=dict)
    workers: dict[str, FakeWorker] = field(default_factory=dict)
    finished: int = 0
    is_blind: bool = False
    """Its database does not answer."""
    incidents: list[dict[str, str]] = field(default_factory=list)
    silence: float | None = None
    """Seconds since its scheduler last noted that it lives."""
    ahead: Ahead | None = None
    """What its schedules and history foretell; None: they cannot be read."""

    def add(self, queue: str, count: int, *, seconds: int) -> None:
        self.waiting.setdefault(queue, []).extend(Task(seconds) for _ in range(count))


class FakeHome:
    """Also the agent's eyes on the databases: `read` tells what `Demand` would, `foresee` what `Foresight` would."""

    def __init__(self, clock: FakeClock, logs: Path | None = None) -> None:
        self.clock, self.logs = clock, logs
        self.deployments: dict[str, FakeDeployment] = {}
        self.calls: list[tuple[str, str, str]] = []
        """Verb, queue, worker: everything that was done to workers."""
        self.drained_busy: list[str] = []
        self.is_away = False
        self.refuses_launches = False
        self.mute: set[str] = set()
        """Deployments of whose workers it says nothing."""
        self._born = 0
        self._lock = threading.Lock()

    def add(self, id: str = "d1", **bounds: tuple[int, int, int]) -> FakeDeployment:
        deployment = self.deployments[id] = FakeDeployment(id, bounds=bounds or {"default": (0, 4, 5)})
        return deployment

    def advance(self, seconds: int) -> None:
        with self._lock:
            for _ in range(seconds):
                self.clock.now += 1
                for deployment in self.deployments.values():
                    self._second(deployment)

    async def read(self, urls: Mapping[str, str]) -> dict[str, Counts | None]:
        return {id: self._counts(self.deployments[id]) if id in self.deployments else None for id in urls}

    async def foresee(
        self, urls: Mapping[str, str], counts: Mapping[str, Counts | None], leaving: Mapping[str, Collection[str]]
    ) -> dict[str, Ahead | None]:
        return {id: self.deployments[id].ahead if id in self.deployments else None for id in urls}

    def _second(self, deployment: FakeDeployment) -> None:
        now = self.clock.now
        for worker in list(deployment.workers.values()):
            over = [task for task in worker.tasks if task.is_over(now)]
            worker.tasks = [task for task in worker.tasks if not task.is_over(now)]
            deployment.finished += len(over)
            if worker.state == "STARTING" and now >= worker.ready_at:
                worker.state = "RUNNING"
            if worker.state == "DRAINING" and not worker.tasks:
                del deployment.workers[worker.id]
            waiting = deployment.waiting.get(worker.queue, [])
            while worker.state == "RUNNING" and waiting and len(worker.tasks) < worker.concurrency:
                task = waiting.pop(0)
                task.taken_at = now
                worker.tasks.append(task)

    def _counts(self, deployment: FakeDeployment) -> Counts | None:
        if deployment.is_blind:
            return None
        queued = Counter({queue: len(tasks) for queue, tasks in deployment.waiting.items()})
        running: Counter[tuple[str, str]] = Counter()
        for worker in deployment.workers.values():
            hidden = sum(task.is_hidden(self.clock.now) for task in worker.tasks)
            queued[worker.queue] += hidden
            running[worker.queue, f"{worker.id}.localhost"] += len(worker.tasks) - hidden
        return Counts(queued, +running, deployment.silence)

    # the wire

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        with self._lock:
            if self.is_away:
                return 503, {"error": "Unavailable", "message": "the process home is starting"}
            match (method, path.strip("/").split("/")):
                case ("GET", ["deployments"]):
                    return 200, {"deployments": [self._entry(each) for each in self.deployments.values()]}
                case ("GET", ["deployments", id, "workers"]) if id not in self.mute:
                    known = self.deployments.get(id)
                    return 200, {"workers": [_worker(each) for each in known.workers.values()] if known else []}
                case ("POST", ["deployments", id, "logs"]) if self.logs:
                    return 200, logs.read(self.logs / id, body["after"], most=body["bytes"])
                case ("POST", ["deployments", id, "workers"]) if self._can_launch(id, body["queue"]):
                    return 200, self._launch(self.deployments[id], body["queue"])
                case ("POST", ["deployments", id, "workers", worker_id, verb]) if id in self.deployments:
                    return self._tell(self.deployments[id], worker_id, verb)
        return 404, {"error": "NotFound", "message": f"the process home has no `{method} {path}`"}

    def _entry(self, deployment: FakeDeployment) -> dict[str, Any]:
        queues = [
            {"name": name, "min": floor, "max": ceiling, "concurrency": places}
            for name, (floor, ceiling, places) in deployment.bounds.items()
        ]
        return {
            "id": deployment.id,
            "namespace": "calm-orbit-1234",
            "organizationId": deployment.organization,
            "generation": deployment.generation,
            "observedGeneration": deployment.generation,
            "address": "http://calm-orbit-1234.localhost:18080",
            "healthy": True,
            "reason": "",
            "components": [{"name": "scheduler", "state": "RUNNING", "reason": "", "pid": 7}],
            "incidents": deployment.incidents,
            "queues": queues,
            "databaseUrl": f"postgresql://reader@/{deployment.id}",
        }

    def _can_launch(self, id: str, queue: str) -> bool:
        return id in self.deployments and self.deployments[id].bounds.get(queue, (0, 0, 0))[1] > 0 and not self.refuses_launches

    def _launch(self, deployment: FakeDeployment, queue: str) -> dict[str, Any]:
        self._born += 1
        _, _, places = deployment.bounds[queue]
        worker = FakeWorker(f"w{self._born}", queue, places, deployment.generation, self.clock.now + START)
        deployment.workers[worker.id] = worker
        self.calls.append(("launch", queue, worker.id))
        return _worker(worker)

    def _tell(self, deployment: FakeDeployment, worker_id: str, verb: str) -> tuple[int, Any]:
        worker = deployment.workers.get(worker_id)
        states = {"cordon": "CORDONED", "uncordon": "RUNNING", "drain": "DRAINING"}
        if worker is None or verb not in states:
            return 404, {"error": "NotFound", "message": f"there is no worker `{worker_id}` to {verb}"}
        if verb != "drain" and worker.state in ("STARTING", "DRAINING"):
            return 409, {"error": "Conflict", "message": f"worker `{worker_id}` is {worker.state.lower()}"}
        if verb == "drain" and worker.tasks:
            self.drained_busy.append(worker_id)
        self.calls.append((verb, worker.queue, worker_id))
        worker.state = states[verb]
        return 200, _worker(worker)


def _worker(worker: FakeWorker) -> dict[str, Any]:
    return {
        "id": worker.id,
        "queue": worker.queue,
        "hostname": f"{worker.id}.localhost",
        "pid": 1,
        "state": worker.state,
        "startedAt": 0.0,
        "generation": worker.generation,
    }


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    home: FakeHome


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def address_string(self) -> str:
        return "agent"

    def _answer(self, method: str) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        status, told = self.server.home.answer(method, self.path, body)
        encoded = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)


def serve(home: FakeHome, path: Path) -> _Server:
    """Answer on a unix socket until `shutdown`."""
    server = _Server(str(path), _Handler)
    server.home = home
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server
