"""Answers for every Deployment of a cluster whose own door is shut: asleep or just waking, no Ingress of its own leads to its Airflow.

The cluster's Ingress for all hosts of its domain leads here; a Deployment's own, which names its one host, goes before it. So the agent has
nothing to switch over, and while it is away nobody is shut out of an Airflow that is up.
"""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

from agent import waking_page
from agent.activator import AT_REST, Desk, Inventory, Sleeper, Visit
from agent.clock import Clock
from agent.home import HomeTrouble
from agent.visitors import PROBES, Listener, Request

_MOST_AT_ONCE = 1024
"""Connections of all visitors together; more are closed unanswered."""


class ClusterDoor:
    def __init__(self, inventory: Inventory, visit: Visit, clock: Clock) -> None:
        self._inventory, self._visit, self._clock = inventory, visit, clock
        self._desks: dict[str, Desk] = {}
        """By host."""
        self._looking, self._telling = ThreadPoolExecutor(1, "door-home"), ThreadPoolExecutor(4, "door-plane")
        self._listener = Listener(self._answer, _MOST_AT_ONCE)

    async def run(self, port: int, stop: asyncio.Event) -> None:
        if not await self._listener.open("", port):
            print(f"agent: port {port} is taken; nobody answers for Deployments that sleep", flush=True)
        while not stop.is_set():
            try:
                await self.look()
            except Exception as problem:  # a fault of ours at one Deployment must not leave all others without an answer
                print(f"agent: the doors could not be looked at: {type(problem).__name__}: {problem}", flush=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AT_REST)
        self._listener.close()

    async def look(self) -> None:
        """Who has an address; with the cluster out of sight it stays as it was."""
        try:
            inventory = await asyncio.get_running_loop().run_in_executor(self._looking, self._inventory)
        except HomeTrouble:
            return
        there = [Sleeper.of(entry) for entry in inventory if entry["address"]]
        self._desks = {each.netloc: self._desks.get(each.netloc) or self._desk(each) for each in there}

    def _desk(self, each: Sleeper) -> Desk:
        return Desk(each, self._visit, self._clock, self._telling)

    async def _answer(self, request: Request) -> bytes:
        if desk := self._desks.get(request.host):
            return await desk.answer(request)
        if request.path == PROBES[0]:
            return waking_page.plain(200, "the agent is well")  # what a load balancer asks of all that it leads to
        return waking_page.plain(404, "there is no Airflow at this address")
