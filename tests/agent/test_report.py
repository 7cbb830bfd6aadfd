"""The way to the plane over real HTTP: what is sent, whose answers are believed, and how trouble is told."""

import asyncio
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent.report import Plane, PlaneTrouble, Reporter
from agent.settings import Settings
from tests.support.home import FakeClock

SNAPSHOT = {"takenAt": "2026-03-01T12:00:00+00:00", "agent": {"version": "1"}, "deployments": []}
ANSWER = {
    "now": "2030-01-01T00:00:00.000Z",
    "lease": {
        "generation": 7,
        "issuedAt": "2030-01-01T00:00:00.000Z",
        "expiresAt": "2030-01-01T00:01:30.000Z",
        "targets": [{"deploymentId": "d1", "queue": "default", "workers": 2, "deploymentGeneration": 3, "reason": "because"}],
    },
}


@dataclass
class FakeGateway:
    """Answers whatever it is told to; keeps what it was asked."""

    status: int = 200
    answer: str = json.dumps(ANSWER)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    """Path, Authorization header, body."""
    url: str = ""


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append((self.path, self.headers["Authorization"], body))
            self.send_response(fake.status)
            self.end_headers()
            self.wfile.write(fake.answer.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    yield fake
    server.shutdown()
    server.server_close()


def plane(folder: Path, url: str, *, mode: int = 0o600) -> Plane:
    token = folder / "token"
    token.write_text("a-secret\n")
    token.chmod(mode)
    return Plane(Settings("c1", url, token, folder / "home.sock", folder))


def reporter(plane: Plane, clock: FakeClock) -> Reporter:
    return Reporter(plane.exchange, clock)


def offer(reporter: Reporter, **snapshot: Any) -> None:
    async def once() -> None:
        reporter.offer({**SNAPSHOT, **snapshot}, is_waiting=False)
        await reporter.finish()

    asyncio.run(once())


def test_a_report_carries_the_snapshot_and_the_token_and_brings_the_lease(gateway: FakeGateway, tmp_path: Path) -> None:
    clock = FakeClock()
    told = reporter(plane(tmp_path, gateway.url), clock)
    offer(told)
    assert gateway.asked == [("/agent/v1/clusters/c1/snapshots", "Bearer a-secret", SNAPSHOT)]
    assert (told.targets.generation, told.targets.by_queue["d1", "default"].workers) == (7, 2)
    assert told.targets.ends == clock.seconds() + 90
    assert told.away_since is None


def test_a_lease_from_before_this_agents_life_is_no_lease(gateway: FakeGateway, tmp_path: Path) -> None:
    told = reporter(plane(tmp_path, gateway.url), FakeClock())
    old = {**ANSWER["lease"], "issuedAt": "2029-12-31T23:59:59.000Z"}  # type: ignore[dict-item]
    gateway.answer = json.dumps({**ANSWER, "lease": old})
    offer(told)
    assert told.targets.generation == 0
    gateway.answer = json.dumps(
        {"now": "2030-01-01T00:00:10.000Z", "lease": {**old, "generation": 8, "issuedAt": "2030-01-01T00:00:09.000Z"}}
    )
    offer(told, deployments=[{"id": "something new"}])
    assert told.targets.generation == 8


def test_a_new_token_in_the_file_is_used_at_the_next_report(gateway: FakeGateway, tmp_path: Path) -> None:
    told = reporter(plane(tmp_path, gateway.url), FakeClock())
    offer(told)
    (tmp_path / "token").write_text("another")
    offer(told, deployments=[{"id": "d1"}])
    assert [header for _, header, _ in gateway.asked] == ["Bearer a-secret", "Bearer another"]


def test_a_token_that_others_can_read_is_not_sent(gateway: FakeGateway, tmp_path: Path) -> None:
    told = reporter(plane(tmp_path, gateway.url, mode=0o644), FakeClock())
    offer(told)
    assert gateway.asked == []
    assert told.trouble == "the token file `token` can be read by others; make its mode 0600"


@pytest.mark.parametrize(
    ("status", "answer", "trouble"),
    [
        (401, '{"message": "this token is not known here"}', "the control plane answered 401: this token is not known here"),
        (503, "[]", "the control plane answered 503: "),
        (200, "no json", "the control plane does not answer: Expecting value: line 1 column 1 (char 0)"),
        (200, '{"lease": {}}', "the control plane's answer cannot be read"),
        (200, '{"lease": 7, "now": "yesterday"}', "the control plane's answer cannot be read"),
    ],
)
def test_trouble_is_told_and_the_last_lease_is_kept(
    gateway: FakeGateway, tmp_path: Path, status: int, answer: str, trouble: str
) -> None:  # fmt: skip
    clock = FakeClock()
    told = reporter(plane(tmp_path, gateway.url), clock)
    offer(told)
    gateway.status, gateway.answer = status, answer
    clock.now += 10
    offer(told)
    assert told.trouble == trouble
    assert told.away_since == clock.wall()
    assert told.targets.generation == 7


def test_a_plane_that_is_away_is_asked_less_and_less_often(tmp_path: Path) -> None:
    clock = FakeClock()
    asked: list[float] = []

    def away(snapshot: dict[str, Any]) -> dict[str, Any]:
        asked.append(clock.now)
        raise PlaneTrouble("away")

    told = Reporter(away, clock)
    for _ in range(600):
        clock.now += 1
        offer(told)
    gaps = [after - before for before, after in itertools.pairwise(asked)]
    assert max(gaps) <= 31
    assert 20 < len(asked) < 60
    assert gaps[0] <= 3 < min(gaps[5:])


def test_a_slow_plane_holds_only_one_report(tmp_path: Path) -> None:
    asked: list[int] = []
    release = threading.Event()

    def slow(snapshot: dict[str, Any]) -> dict[str, Any]:
        asked.append(1)
        release.wait(10)
        return ANSWER

    async def many() -> None:
        told = Reporter(slow, FakeClock())
        for number in range(50):
            told.offer({**SNAPSHOT, "deployments": [{"id": number}]}, is_waiting=True)
            await asyncio.sleep(0)
        release.set()
        await told.finish()

    asyncio.run(many())
    assert asked == [1]
