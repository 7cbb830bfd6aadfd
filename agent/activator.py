"""Answers at the address of a sleeping Deployment: asks the plane to wake it, shows that it wakes, and leaves the port to its Airflow.

While a Deployment sleeps its port is ours, which also keeps it from any other process. As soon as the home says that it is no longer meant
to sleep the port is let go; an Airflow takes seconds before it binds it. A visitor's page asks again until Airflow answers and then loads
the very address that was asked for.
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
from agent.visitors import Listener, Request

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
MOST_AT_ONCE = 64
"""Connections to one sleeping Deployment; more are closed unanswered."""


@dataclass(frozen=True)
class Sleeper:
    id: str
    organization_id: str
    address: str

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "Sleeper":
        return cls(entry["id"], entry["organizationId"], entry["address"])

    @property
    def netloc(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 80


class Desk:
    """Answers for one Deployment whose Airflow does not: asks the plane to wake it, and says what the plane said."""

    def __init__(self, sleeper: Sleeper, visit: Visit, clock: Clock, threads: ThreadPoolExecutor) -> None:
        self.sleeper = sleeper
        self.is_awaited = False
        self._visit, self._clock, self._threads = visit, clock, threads
        self._state, self._reason, self._asked_at = "ASLEEP", "", float("-inf")
        self._asking = asyncio.Lock()

    async def answer(self, request: Request) -> bytes:
        if request.host != self.sleeper.netloc:
            return waking_page.plain(421, f"this address serves {self.sleeper.netloc} only")
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


class Door:
    """The port of one sleeping Deployment, and who answers there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._listener = Listener(desk.answer, MOST_AT_ONCE)

    async def open(self) -> bool:
        """False while somebody else has the port: its Airflow may still be ending."""
        return await self._listener.open("127.0.0.1", self.desk.sleeper.port)

    def close(self) -> None:
        self._listener.close()


class Activator:
    """Opens a door for every Deployment of the home that sleeps, and closes it when it wakes."""

    def __init__(self, inventory: Inventory, visit: Visit, clock: Clock) -> None:
        self._inventory, self._visit, self._clock = inventory, visit, clock
        self.doors: dict[str, Door] = {}
        # Threads of their own: a plane that does not answer must hold up neither the scaling nor a port that should be let go.
        self._looking, self._telling = ThreadPoolExecutor(1, "activator-home"), ThreadPoolExecutor(4, "activator-plane")

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.look()
            except Exception as problem:  # a fault of ours at one door must not close all others for good
                print(f"agent: the doors could not be looked at: {type(problem).__name__}: {problem}", flush=True)
            pause = WHILE_WAKING if any(door.desk.is_awaited for door in self.doors.values()) else AT_REST
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
        asleep = {entry["id"]: Sleeper.of(entry) for entry in inventory if _sleeps(entry)}
        for id, door in [*self.doors.items()]:
            if asleep.get(id) != door.desk.sleeper:
                self.doors.pop(id).close()
        for id in asleep.keys() - self.doors.keys():
            door = Door(Desk(asleep[id], self._visit, self._clock, self._telling))
            if await door.open():
                self.doors[id] = door


def _sleeps(entry: dict[str, Any]) -> bool:
    return bool(entry.get("hibernating") and not entry.get("components") and entry.get("address"))
