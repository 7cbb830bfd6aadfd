"""At the door of a sleeping Deployment: what people and programs are told, what wakes it, and whose the port is."""

import asyncio
import http.client
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from orrery_cli.local import ports

from agent import visitors
from agent.activator import Activator
from agent.home import HomeTrouble
from agent.report import PlaneTrouble
from agent.visitors import LARGEST_HEAD, parse
from tests.support.home import FakeClock

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass
class Street:
    """A home with one Deployment, a plane that remembers visits, and the activator between them."""

    port: int = field(default_factory=ports.choose)
    hibernating: bool = True
    components: list[str] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=lambda: {"state": "WAKING", "reason": "it wakes up"})
    is_plane_away: bool = False
    is_home_away: bool = False
    visits: list[tuple[str, str]] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.activator = Activator(self.deployments, self.visit, self.clock)

    @property
    def host(self) -> str:
        return f"calm-orbit-1234.localhost:{self.port}"

    def deployments(self) -> list[dict[str, Any]]:
        if self.is_home_away:
            raise HomeTrouble("the process home does not answer")
        return [{"id": "d1", "organizationId": "o1", "address": f"http://{self.host}", "hibernating": self.hibernating,
                 "components": self.components}]  # fmt: skip

    def visit(self, organization: str, deployment: str) -> dict[str, Any]:
        self.visits.append((organization, deployment))
        if self.is_plane_away:
            raise PlaneTrouble("the control plane does not answer: refused")
        return self.answer

    async def ask(self, method: str = "GET", path: str = "/dags?x=1", **headers: str) -> tuple[http.client.HTTPResponse, str]:
        return await asyncio.to_thread(self._ask, method, path, {"Host": self.host, **headers})

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    async def say(self, sent: bytes) -> bytes:
        """Bytes on the wire and what comes back until the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with suppress(OSError):
            writer.write(sent)
            await writer.drain()
        answer = await reader.read(100_000)
        writer.close()
        return answer


@pytest.fixture
def street() -> Street:
    return Street()


def at_the_door(street: Street, story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await street.activator.look()
        try:
            await story()
        finally:
            for door in street.activator.doors.values():
                door.close()

    asyncio.run(told())


def test_a_browser_gets_a_page_that_asks_again_and_the_plane_is_told(street: Street) -> None:
    async def story() -> None:
        response, page = await street.ask(**BROWSER)
        assert (response.status, response.headers["Retry-After"], response.headers["Cache-Control"]) == (503, "3", "no-store")
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Airflow is waking up" in page
        assert "script-src 'sha256-" in response.headers["Content-Security-Policy"]
        assert "x=1" not in page, "nothing of the request comes back"
        assert street.visits == [("o1", "d1")]

    at_the_door(street, story)


def test_a_program_gets_json(street: Street) -> None:
    async def story() -> None:
        response, text = await street.ask("POST", "/api/v2/dags/etl/dagRuns")
        assert (response.status, response.headers["Content-Type"]) == (503, "application/json")
        assert text == '{"state": "WAKING", "detail": "airflow is waking up: it wakes up"}'
        assert street.visits == [("o1", "d1")]

    at_the_door(street, story)


def test_many_visitors_are_one_visit_until_ten_seconds_have_gone(street: Street) -> None:
    async def story() -> None:
        answers = await asyncio.gather(*(street.ask() for _ in range(20)))
        assert [response.status for response, _ in answers] == [503] * 20
        assert len(street.visits) == 1
        street.clock.now += 10
        await street.ask()
        assert len(street.visits) == 2

    at_the_door(street, story)


@pytest.mark.parametrize(
    ("method", "path"), [("HEAD", "/"), ("OPTIONS", "/api/v2/dags"), ("GET", "/api/v2/monitor/health"), ("GET", "/favicon.ico")]
)
def test_a_probe_is_answered_and_wakes_nobody(street: Street, method: str, path: str) -> None:
    async def story() -> None:
        response, _ = await street.ask(method, path)
        assert (response.status, response.headers["X-Orrery-Asleep"], street.visits) == (503, "true", [])

    at_the_door(street, story)


def test_what_a_page_of_another_site_reads_wakes_nobody(street: Street) -> None:
    """The web console goes on asking an Airflow that has just fallen asleep."""

    async def story() -> None:
        for origin in ("https://console.example.com", "null", "http://localhost:5000"):
            response, _ = await street.ask("GET", "/api/v2/dags", Origin=origin)
            assert (response.status, "Access-Control-Allow-Origin" in response.headers, street.visits) == (503, False, [])
        await street.ask("POST", "/auth/handover", Origin=f"http://{street.host}")
        assert street.visits == [("o1", "d1")]

    at_the_door(street, story)


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example", "calm-orbit-1234.localhost"])
def test_another_host_name_is_not_served_and_wakes_nobody(street: Street, host: str) -> None:
    async def story() -> None:
        response, _ = await street.ask(Host=host)
        assert (response.status, street.visits) == (421, [])

    at_the_door(street, story)


def test_one_that_stays_asleep_says_why_and_when_to_come_back(street: Street) -> None:
    street.answer = {"state": "ASLEEP", "reason": "somebody put it to sleep until <b>tomorrow</b>"}

    async def story() -> None:
        response, page = await street.ask(**BROWSER)
        assert (response.status, response.headers["Retry-After"]) == (503, "60")
        assert "somebody put it to sleep until &lt;b&gt;tomorrow&lt;/b&gt;" in page

    at_the_door(street, story)


def test_a_plane_that_is_away_is_asked_again_by_the_next_visitor(street: Street) -> None:
    street.is_plane_away = True

    async def story() -> None:
        _, text = await street.ask()
        assert "the control plane does not answer" in text
        street.is_plane_away = False
        _, text = await street.ask()
        assert "waking up" in text
        assert len(street.visits) == 2

    at_the_door(street, story)


def test_what_is_no_request_is_refused_and_what_is_too_long_is_not_read(street: Street) -> None:
    async def story() -> None:
        for sent in (b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"):
            assert (await street.say(sent)).startswith(b"HTTP/1.1 400 ")
        with suppress(ConnectionResetError):
            assert (await street.say(b"GET / HTTP/1.1\r\nX: " + b"x" * 4 * LARGEST_HEAD)).startswith(b"HTTP/1.1 400 ")
        assert street.visits == []

    at_the_door(street, story)


def test_a_client_that_says_nothing_is_not_waited_for(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "PATIENCE", 0.05)

    async def story() -> None:
        assert await street.say(b"GET / HT") == b""

    at_the_door(street, story)


def test_the_port_is_let_go_when_it_wakes_and_taken_when_it_sleeps(street: Street) -> None:
    async def story() -> None:
        assert not ports.free(street.port)
        street.hibernating = False
        await street.activator.look()
        assert (ports.free(street.port), street.activator.doors) == (True, {})
        street.hibernating, street.components = True, ["api-server"]
        await street.activator.look()
        assert street.activator.doors == {}, "its workers still end their tasks, and need it"
        street.components = []
        await street.activator.look()
        assert [*street.activator.doors] == ["d1"]

    at_the_door(street, story)


def test_a_port_that_somebody_still_has_is_tried_again(street: Street) -> None:
    async def story() -> None:
        assert street.activator.doors == {}
        taken.close()
        await street.activator.look()
        assert (await street.ask())[0].status == 503

    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", street.port))
        taken.listen()
        at_the_door(street, story)


def test_with_the_home_away_the_door_stays(street: Street) -> None:
    async def story() -> None:
        street.is_home_away = True
        await street.activator.look()
        assert (await street.ask())[0].status == 503

    at_the_door(street, story)


@pytest.mark.parametrize("head", [b"", b"GET /", b"GET / HTTP/2\r\nHost: a", b"GET http://a/ HTTP/1.1\r\nHost: a", b"\xff\xfe"])
def test_a_head_that_makes_no_sense_is_a_value_error(head: bytes) -> None:
    with pytest.raises(ValueError):  # whatever the words, it is answered with 400
        parse(head)
