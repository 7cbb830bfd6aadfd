"""`make up`: everything that runs on one machine, started in order, kept alive, and ended in reverse."""

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from orrery_cli.failures import Failure as Refused
from orrery_cli.local import ports

from local import clusters, environments, listening, main_job, owner, show, strays
from local.aws import engine
from local.children import Child, Keeper, environment
from local.console import build
from local.progress import Screen
from local.state import Failure, Lock, State
from local.tenant import Tenant, in_words

FIRST_ROOM, ROOM = 3 * 1024**3, 256 * 1024**2
"""Bytes that must be free: for the environments the first time, for logs and data later."""


class Stop(BaseException):
    """Ctrl-C or SIGTERM: raised in the main thread wherever it is."""


class Platform:
    def __init__(self, state: State, screen: Screen) -> None:
        self.state, self.screen = state, screen
        self.keeper = Keeper(state, screen)
        self.url = ""
        self._port = 0

    def start(self) -> owner.Owner:
        self._check()
        environments.ensure(self.state, self.screen)
        build.ensure_if_possible(self.state, self.screen)
        with self.screen.step("Starting DynamoDB and S3"):
            aws = self._start_aws()
        if not clusters.given():  # else their Airflow, and their agent, run on a cluster
            with self.screen.step("Starting the process home"):
                self._start_home(aws)
            if os.geteuid() != 0:
                self.screen.line("  Not root: all Deployments share your user, one trust domain; a second Organization is refused.")
        with self.screen.step("Starting the control plane"):
            self._start_plane(aws)
        known = owner.settle(self.state, self.url)
        if not clusters.given():
            with self.screen.step("Starting the agent"):
                self._start_agent(known)
        return known

    def stop(self) -> None:
        with self.screen.step("Ending everything"):
            self.keeper.stop()
            strays.end(self.state.path, soft_seconds=3)

    def _check(self) -> None:
        free = shutil.disk_usage(self.state.path).free
        room = ROOM if environments.python(self.state, environments.RUNTIME).exists() else FIRST_ROOM
        if free < room:
            raise Failure(f"only {free // 1024**2} MB are free for `{self.state.path}`: make room for {room // 1024**2} MB")
        environments.uv()
        if left := strays.find(self.state.path):
            with self.screen.step(f"Ending {len(left)} processes that an earlier run left behind"):
                strays.end(self.state.path)
        self._port = _port(self.state)

    def _start_aws(self) -> dict[str, str]:
        port = self.state.recall("awsPort")
        port = port if port and ports.free(port) else ports.choose()
        self.state.remember("awsPort", port)
        argv, variables = engine.command(
            self.state.aws,
            python=environments.python(self.state, environments.TOOLS),
            port=port,
            mail=self.state.mail,
            address=clusters.address(),
        )
        self.keeper.start(Child("aws", argv, variables, lambda: engine.ready_url(self.state.aws) is not None))
        return engine.client_environment(f"http://127.0.0.1:{port}", engine.access_key(self.state.aws))

    def _start_home(self, aws: dict[str, str]) -> None:
        # the first start makes a database server; the end waits for workers that are at work
        runtime = environments.python(self.state, environments.RUNTIME).parents[1]
        variables = {**aws, "ORRERY_DRAIN_SECONDS": "20", "ORRERY_RUNTIME_VENV": str(runtime)}
        child = self._python("home", "local.home", variables, patience=180, grace=60)
        self.state.home_socket.unlink(missing_ok=True)
        self.keeper.start(child(self.state.home_socket.exists))

    def _start_plane(self, aws: dict[str, str]) -> None:
        ready = self.state.plane_ready
        ready.unlink(missing_ok=True)
        variables = {**aws, "ORRERY_PORT": str(self._port), "ORRERY_HOME_SOCKET": str(self.state.home_socket), "AWS_REGION": engine.REGION}
        self.keeper.start(self._python("plane", "local.plane", variables)(ready.exists))
        self.url = json.loads(ready.read_text())["url"]

    def _start_agent(self, known: owner.Owner) -> None:
        variables = {
            "ORRERY_CLUSTER_ID": known.cluster,
            "ORRERY_API_URL": self.url,
            "ORRERY_AGENT_TOKEN_FILE": str(self.state.agent_token),
            "ORRERY_HOME_SOCKET": str(self.state.home_socket),
        }
        self.keeper.start(self._python("agent", "agent", variables)(lambda: True))

    def _python(self, name: str, module: str, variables: dict[str, str], *, patience: float = 60, grace: float = 15) -> Any:
        argv = [sys.executable, "-m", module]
        return lambda ready: Child(name, argv, environment(variables), ready, patience, grace)


def up(*, once: bool, calm: bool = False) -> int:
    """Runs until told to stop, with `once` until the main job has succeeded; `calm` leaves out the show. Returns the exit status."""
    state, screen = State.here(), Screen()
    try:
        state.prepare()
        lock = Lock(state)
        if not lock.take():
            raise Failure(f"`make up` is running already here (pid {lock.holder()}); `make down` ends it")
        with _interruptible(), _platform(state, screen) as platform:
            known = platform.start()
            if clusters.given():
                screen.line("Deployments run on clusters: register one with `.venv/bin/python -m local register-cluster FILE`.")
                signal.pause()
            tenant = Tenant(state, screen, known, platform.url)
            hello = main_job.run(tenant)
            if once:
                return 0
            screen.line("Everything stays up; Ctrl-C or `make down` ends it.")
            if not calm:
                show.run(tenant, hello)
            signal.pause()
    except Failure as failure:
        screen.line(f"make up: {failure}")
        return 1
    except Refused as refused:
        screen.line(f"make up: the main job stopped: {in_words(refused)}")
        return 1
    except Stop:
        return 0
    return 0


@contextlib.contextmanager
def _platform(state: State, screen: Screen) -> Iterator[Platform]:
    platform = Platform(state, screen)
    try:
        yield platform
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        platform.stop()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield


def _port(state: State) -> int:
    """ORRERY_PORT, or the port of the last time, or 8888: Deployments know the API by it."""
    given = os.environ.get("ORRERY_PORT") or state.recall("apiPort") or 8888
    try:
        port = int(given)
    except ValueError:
        raise Failure(f"ORRERY_PORT is `{given}`: give it a port number") from None
    if not ports.free(port):
        raise Failure(f"port {port} is taken by {listening.holder(port)}: end it, or choose another with `ORRERY_PORT={port + 1} make up`")
    state.remember("apiPort", port)
    return port
