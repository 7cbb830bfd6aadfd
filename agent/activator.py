"""Answers at the address of a sleeping Deployment: asks the plane to wake it, shows that it wakes, and leaves the port to its Airflow.

While a Deployment sleeps its port is ours, which also keeps it from any other process. As soon as the home says that it is no longer meant
to sleep the port is let go; an Airflow takes seconds before it binds it. A visitor's page asks again until Airflow answers and then loads
the very address that was asked for. Nothing of a request is kept or sent on: only that somebody came.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from agent import waking_page
from agent.clock import Clock
from agent.home import HomeTrouble
from agent.report import PlaneTrouble

Inventory = Callable[[], list[dict[str, Any]]]
"""The home's Deployments; `HomeTrouble` when it is away."""
Visit = Callable[[str, str], dict[str, Any]]
"""Tells the plane of a visit to (Organization, Deployment); answers {"state", "reason"}."""

AT_REST = 2.0
"""Seconds between two looks at what sleeps."""
WHILE_WAKING = 0.5
"""The same while somebody waits, so that the port is free in time."""
ASKED_EVERY = 10.0
"""Seconds before the plane is told of a visit to the same Deployment again."""
PATIENCE = 5.0
"""Seconds that a client may take for its request."""
LARGEST_HEAD = 16 * 1024
MOST_AT_ONCE = 64
"""Connections to one sleeping Deployment; more are closed unanswered."""
PROBES = ("/api/v2/monitor/health", "/favicon.ico", "/robots.txt")
"""Paths that machines ask for all day: they are answered and wake nobody."""


@dataclass(frozen=True)
class Sleeper:
    id: str
    organization_id: str
    address: str

    @property
    def netloc(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 80


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    host: str
    wants_page: bool

    @property
    def wakes(self) -> bool:
        """Whether somebody needs the Airflow: a look at whether it is there yet is no visit."""
        return self.method not in ("HEAD", "OPTIONS") and self.path.partition("?")[0] not in PROBES


class Door:
    """The port of one sleeping Deployment."""

    def __init__(self, sleeper: Sleeper, visit: Visit, clock: Clock, threads: ThreadPoolExecutor) -> None:
        self.sleeper = sleeper
        self.is_awaited = False
        self._visit, self._clock, self._threads = visit, clock, threads
        self._server: asyncio.Server | None = None
        self._state, self._reason, self._asked_at = "ASLEEP", "", float("-inf")
        self._asking = asyncio.Lock()
        self._open = 0

    async def open(self) -> bool:
        """False while somebody else has the port: its Airflow may still be ending."""
        try:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.sleeper.port, limit=LARGEST_HEAD)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """The port is free at once; what is being answered is answered."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= MOST_AT_ONCE:
                async with asyncio.timeout(PATIENCE + 15):
                    writer.write(await self._answer(reader))
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE):
                request = parse(await reader.readuntil(b"\r\n\r\n"))
        except (asyncio.LimitOverrunError, ValueError):
            return waking_page.refusal(400, "the request cannot be read")
        if request.host != self.sleeper.netloc:
            return waking_page.refusal(421, f"this address serves {self.sleeper.netloc} only")
        if request.wakes:
            await self._ask()
        return waking_page.answer(self._state, self._reason, as_page=request.wants_page, has_body=request.method != "HEAD")

    async def _ask(self) -> None:
        """Tell the plane, once for all who come at the same time; with the plane away the next visitor tries again."""
        async with self._asking:
            if self._clock.seconds() - self._asked_at < ASKED_EVERY:
                return
            try:
                visit = partial(self._visit, self.sleeper.organization_id, self.sleeper.id)
                told = await asyncio.get_running_loop().run_in_executor(self._threads, visit)
                self._state, self._reason = str(told["state"]), str(told["reason"])
                self._asked_at = self._clock.seconds()
            except (PlaneTrouble, KeyError, TypeError) as problem:
                self._state, self._reason = "AWAY", str(problem) if isinstance(problem, PlaneTrouble) else "its answer cannot be read"
        self.is_awaited = self._state in ("WAKING", "AWAKE")


class Activator:
    """Opens a door for every Deployment of the home that sleeps, and closes it when it wakes."""

    def __init__(self, inventory: Inventory, visit: Visit, clock: Clock) -> None:
        self._inventory, self._visit, self._clock = inventory, visit, clock
        self.doors: dict[str, Door] = {}
        # Threads of their own: a plane that does not answer must hold up neither the scaling nor a port that should be let go.
        self._looking, self._telling = ThreadPoolExecutor(1, "activator-home"), ThreadPoolExecutor(4, "activator-plane")

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.look()
            pause = WHILE_WAKING if any(door.is_awaited for door in self.doors.values()) else AT_REST
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
        for id in [*self.doors]:
            self.doors.pop(id).close()

    async def look(self) -> None:
        """One look at what sleeps. With the home away the doors stay as they are."""
        try:
            inventory = await asyncio.get_running_loop().run_in_executor(self._looking, self._inventory)
        except HomeTrouble:
            return
        asleep = {entry["id"]: _sleeper(entry) for entry in inventory if _sleeps(entry)}
        for id, door in [*self.doors.items()]:
            if asleep.get(id) != door.sleeper:
                self.doors.pop(id).close()
        for id in asleep.keys() - self.doors.keys():
            door = Door(asleep[id], self._visit, self._clock, self._telling)
            if await door.open():
                self.doors[id] = door


def parse(head: bytes) -> Request:
    """A request's first lines; `ValueError` when they are none, or name two hosts."""
    first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, version = first.split(" ")
    fields = [(name.strip().lower(), value.strip()) for name, colon, value in (line.partition(":") for line in rest) if colon]
    hosts = [value.lower() for name, value in fields if name == "host"]
    if len(hosts) != 1 or not version.startswith("HTTP/1.") or not path.startswith("/"):
        raise ValueError("not a request")
    accepts = ",".join(value for name, value in fields if name == "accept")
    return Request(method, path, hosts[0], method == "GET" and "text/html" in accepts)


def _sleeps(entry: dict[str, Any]) -> bool:
    return bool(entry.get("hibernating") and not entry.get("components") and entry.get("address"))


def _sleeper(entry: dict[str, Any]) -> Sleeper:
    return Sleeper(entry["id"], entry["organizationId"], entry["address"])
