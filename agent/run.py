"""The agent's rounds: look, tell, act; every two seconds, and through whatever breaks around it."""

import asyncio
import signal
import threading

from agent import VERSION
from agent.activator import Activator
from agent.actuate import Actuator
from agent.clock import Clock, SystemClock
from agent.demand import Demand
from agent.doors import Doors
from agent.foresight import Foresight
from agent.home import Home, HomeTrouble
from agent.journal import Journal
from agent.kubernetes.api import Access
from agent.kubernetes.door import ClusterDoor
from agent.kubernetes.home import KubernetesHome
from agent.logs import Shipper
from agent.observe import Foresees, Observer, Reads
from agent.process_home import ProcessHome
from agent.record import Recorder
from agent.report import Exchange, Plane, Reporter
from agent.settings import Settings

ROUND_SECONDS = 2.0


class Agent:
    def __init__(
        self,
        home: Home,
        demand: Reads,
        foresight: Foresees,
        exchange: Exchange,
        journal: Journal,
        clock: Clock,
        recorder: Recorder | None = None,
    ) -> None:
        self.reporter = Reporter(exchange, clock)
        self._observer = Observer(home, demand, foresight, clock)
        self._actuator = Actuator(home, self.reporter, journal, clock)
        self._recorder = recorder
        self._trouble = ""

    async def round(self) -> None:
        """One look and what follows from it. With the home away nothing is seen, and nothing is done."""
        try:
            world = await self._observer.observe()
        except HomeTrouble as problem:
            self._say(str(problem))
            return
        is_waiting = await self._actuator.act(world)
        snapshot = world.snapshot()
        self.reporter.offer(snapshot, is_waiting=is_waiting)
        if self._recorder:
            self._recorder.note(snapshot)
        self._say(self.reporter.trouble if self.reporter.away_since else "")

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            print(f"agent: {trouble or 'all is well'}", flush=True)
        self._trouble = trouble


async def run(settings: Settings) -> None:
    """Until told to stop; workers go on without the agent, which finds them again when it comes back."""
    clock, stop = SystemClock(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    doors = Doors(clock)
    plane, ended = Plane(settings), threading.Event()
    home, answering = (_in_a_cluster if settings.kubernetes else _beside_a_process_home)(settings, plane, clock, stop, ended)
    recorder = Recorder(plane.take_demand, settings.state / "demand", clock)
    agent = Agent(home, Demand(doors), Foresight(doors, clock), plane.exchange, Journal(settings.state), clock, recorder)
    recorder.begin(ended)
    print(f"agent: {VERSION} serves cluster {settings.cluster_id}", flush=True)
    while not stop.is_set():
        begun = clock.seconds()
        try:
            await agent.round()
        except Exception as problem:  # a fault of ours in one round must not end the scaling
            print(f"agent: a round failed: {type(problem).__name__}: {problem}", flush=True)
        await _pause(stop, max(0.2, ROUND_SECONDS - (clock.seconds() - begun)))
    ended.set()
    await answering
    await doors.close()


def _beside_a_process_home(
    settings: Settings, plane: Plane, clock: Clock, stop: asyncio.Event, ended: threading.Event
) -> tuple[Home, "asyncio.Task[None]"]:
    """The home, and who answers for those that sleep."""
    home = ProcessHome(settings.home_socket)
    Shipper(home, plane.take_logs, settings.state / "logs").begin(ended)
    return home, asyncio.create_task(Activator(home.deployments, plane.visit, clock).run(stop))


def _in_a_cluster(
    settings: Settings, plane: Plane, clock: Clock, stop: asyncio.Event, ended: threading.Event
) -> tuple[Home, "asyncio.Task[None]"]:
    given = settings.kubernetes
    assert given is not None
    home = KubernetesHome(Access(given.url, given.account / "ca.crt", given.account / "token"), domain=given.domain)
    home.begin(ended)
    Shipper(home.component_logs, plane.take_logs, settings.state / "logs").begin(ended)
    return home, asyncio.create_task(ClusterDoor(home.deployments, plane.visit, clock).run(given.door_port, stop))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
