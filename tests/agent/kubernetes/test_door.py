"""At the one door of all Deployments that sleep: who is meant is known by the host that the visitor asked for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from orrery_cli.local import ports

from agent.home import HomeTrouble
from agent.kubernetes.door import ClusterDoor
from agent.report import PlaneTrouble
from tests.support.home import FakeClock


@dataclass
class House:
    port: int = field(default_factory=ports.choose)
    hosts: list[str] = field(default_factory=lambda: ["calm-orbit-1234.example.com", "cold-moon-5678.example.com", ""])
    is_away: bool = False
    is_plane_away: bool = False
    visits: list[tuple[str, str]] = field(default_factory=list)

    def deployments(self) -> list[dict[str, Any]]:
        if self.is_away:
            raise HomeTrouble("the cluster does not answer")
        numbered = enumerate(self.hosts, 1)
        return [{"id": f"d{n}", "organizationId": f"o{n}", "address": f"https://{host}" if host else ""} for n, host in numbered]

    def visit(self, organization: str, deployment: str) -> dict[str, Any]:
        self.visits.append((organization, deployment))
        if self.is_plane_away:
            raise PlaneTrouble("the control plane does not answer: refused")
        return {"state": "WAKING", "reason": "it wakes up"}

    async def ask(self, host: str, path: str = "/dags", method: str = "GET") -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        answer = await reader.read(100_000)
        writer.close()
        return answer.decode()


@pytest.fixture
def house() -> House:
    return House()


def in_the(house: House, story: Callable[[ClusterDoor], Awaitable[None]]) -> None:
    async def told() -> None:
        stop, door = asyncio.Event(), ClusterDoor(house.deployments, house.visit, FakeClock())
        await door.look()
        running = asyncio.create_task(door.run(house.port, stop))
        await asyncio.sleep(0.1)
        try:
            await story(door)
        finally:
            stop.set()
            await running

    asyncio.run(told())


def test_a_visitor_wakes_the_deployment_whose_host_was_asked_for(house: House) -> None:
    async def story(_: ClusterDoor) -> None:
        assert "airflow is waking up" in await house.ask("cold-moon-5678.example.com")

    in_the(house, story)
    assert house.visits == [("o2", "d2")]


def test_a_host_that_is_nobodys_wakes_nobody(house: House) -> None:
    async def story(_: ClusterDoor) -> None:
        for host in ("elsewhere.example.com", "", "10.0.0.7:8080"):
            assert (await house.ask(host)).startswith("HTTP/1.1 404 ")

    in_the(house, story)
    assert house.visits == []


def test_a_load_balancer_that_asks_whether_it_is_well_wakes_nobody(house: House) -> None:
    async def story(_: ClusterDoor) -> None:
        assert (await house.ask("10.0.0.7:8080", "/api/v2/monitor/health")).startswith("HTTP/1.1 200 ")
        assert (await house.ask("calm-orbit-1234.example.com", "/api/v2/monitor/health")).startswith("HTTP/1.1 503 ")

    in_the(house, story)
    assert house.visits == []


def test_with_the_cluster_out_of_sight_the_known_ones_are_answered_for(house: House) -> None:
    async def story(door: ClusterDoor) -> None:
        house.is_away = True
        await door.look()
        assert "waking up" in await house.ask("calm-orbit-1234.example.com")

    in_the(house, story)


def test_with_the_plane_away_a_visitor_is_told_so_and_the_next_one_tries_again(house: House) -> None:
    async def story(_: ClusterDoor) -> None:
        house.is_plane_away = True
        assert '"state": "AWAY"' in await house.ask("calm-orbit-1234.example.com")
        house.is_plane_away = False
        assert "airflow is waking up" in await house.ask("calm-orbit-1234.example.com")

    in_the(house, story)
    assert house.visits == [("o1", "d1")] * 2


def test_who_has_gone_is_answered_for_no_more(house: House) -> None:
    async def story(door: ClusterDoor) -> None:
        house.hosts = house.hosts[:1]
        await door.look()
        assert (await house.ask("cold-moon-5678.example.com")).startswith("HTTP/1.1 404 ")

    in_the(house, story)
