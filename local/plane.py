"""`python -m local.plane`: the control plane on this machine, as `template.yaml` describes it, until told to stop."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import uvicorn

from local import clusters, resources, sockets, template
from local.admin import Admin
from local.console.build import BUILT
from local.console.files import Files
from local.development_sign_in import CLIENT, PATH, DevelopmentSignIn
from local.edge import Edge
from local.gateway import Gateway
from local.invocation import ACCOUNT, REGION
from local.lambda_runtime import Functions
from local.machines import Machines
from local.schedules import Ticker
from local.state import ROOT, State, write
from local.template import Schedule, Stack

DATA_PLANE = "local.home.client:connect"
AIRFLOWS = "http://*.localhost:*"
"""Where the process home publishes Deployments."""
MAIL_FROM = "orrery@localhost"
"""What is mailed lies in `.orrery/mail` and goes nowhere, so the sender's address is nobody's."""
GRACE = 5
"""Seconds that requests under way get when the plane ends."""


def main() -> int:
    state, port = State.here(), int(os.environ.get("ORRERY_PORT", "8888"))
    state.plane_ready.unlink(missing_ok=True)
    try:
        door = socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError as error:
        print(f"plane: port {port} on 127.0.0.1 cannot be used ({error.strerror}); choose another with ORRERY_PORT", file=sys.stderr)
        return 1
    url = f"http://localhost:{door.getsockname()[1]}"
    try:
        for_pods = _beside_loopback(door)
    except OSError as error:
        print(
            f"plane: {clusters.ADDRESS} cannot be used ({error.strerror}): it is an address of this machine that pods reach",
            file=sys.stderr,
        )
        return 1
    parameters = {"MailFrom": MAIL_FROM, "SignInIssuer": f"{url}{PATH}", "SignInClientId": CLIENT, "AirflowOrigins": AIRFLOWS}
    if not clusters.given():
        parameters["DataPlane"] = DATA_PLANE
    stack = template.read(ROOT / "template.yaml", parameters=parameters)
    api = _url(for_pods) if for_pods else url
    functions = Functions(stack, overrides={"API_URL": api, "CONSOLE_ORIGIN": url})
    machines = Machines(stack, functions.invoke, state.executions)
    for arn in machines.start():
        print(f"plane: {arn} was running when the last plane ended; it is ABORTED", flush=True)
    resources.ensure(stack)
    threading.Thread(target=_warm, args=(functions, stack), name="warm", daemon=True).start()
    ticker = Ticker(stack.schedules, _fire(functions, machines))
    threading.Thread(target=ticker.run, name="schedules", daemon=True).start()
    public = [door, *([for_pods] if for_pods else [])]
    doors: list[tuple[Callable[..., Any], list[socket.socket]]] = [
        (DevelopmentSignIn(_front(stack, functions, api), url, state.sign_in_code(), _addresses), public),
        (Admin(functions), [sockets.listen(state.admin_socket)]),
    ]
    try:
        asyncio.run(_serve(doors, lambda: _tell_ready(state, url)))
    finally:
        ticker.stop()
        functions.close()
        state.plane_ready.unlink(missing_ok=True)
        state.admin_socket.unlink(missing_ok=True)
    return 0


def _front(stack: Stack, functions: Functions, api: str) -> Edge:
    """The gateway behind the distribution, with the console of this machine."""
    assert stack.distribution
    here = {"issuer": f"{api}/sign-in/v1", "stage": "local"}
    configuration = json.dumps({**json.loads(stack.outputs["ConsoleConfiguration"]), **here})
    return Edge(stack.distribution, Gateway(stack, functions), Files(BUILT, configuration))


def _beside_loopback(door: socket.socket) -> socket.socket | None:
    """The same port where the pods of a cluster on this machine reach the API."""
    address = clusters.address()
    return socket.create_server((address, door.getsockname()[1]), backlog=128) if address else None


def _url(door: socket.socket) -> str:
    address, port = door.getsockname()[:2]
    return f"http://{address}:{port}"


async def _serve(doors: list[tuple[Callable[..., Any], list[socket.socket]]], ready: Callable[[], None]) -> None:
    """All doors in one loop until SIGTERM or SIGINT; requests under way are finished."""
    servers = []
    for app, _ in doors:
        config = uvicorn.Config(
            app, lifespan="off", log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=GRACE
        )
        servers.append(_Server(config))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    serving = [asyncio.create_task(server.serve(sockets=listeners)) for server, (_, listeners) in zip(servers, doors, strict=True)]
    while not all(server.started for server in servers):
        await asyncio.sleep(0.01)
    ready()
    await stop.wait()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*serving)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield  # two servers share this process: its signals belong to neither


def _tell_ready(state: State, url: str) -> None:
    write(state.plane_ready, json.dumps({"url": url, "pid": os.getpid()}))


def _addresses() -> list[str]:
    """Whom the stand-in offers: every member of every Organization here."""
    from orrery.store import organizations, users

    members = [user for id in organizations.ids() for user in users.every(id) if user.status == "ACTIVE"]
    return sorted({user.username for user in members})


def _warm(functions: Functions, stack: Stack) -> None:
    """Imports every function now: nobody waits for it at a first request, and a function that cannot start says so at once."""
    for function in stack.functions.values():
        try:
            functions.handler(function)
        except Exception as error:  # said here, and to whoever calls it
            print(f"plane: function `{function.id}` cannot start: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


def _fire(functions: Functions, machines: Machines) -> Callable[[Schedule], None]:
    def fire(schedule: Schedule) -> None:
        event = schedule.input or json.dumps(_scheduled_event(schedule))
        if ":stateMachine:" in schedule.target:
            machines.run(schedule.target, event)
        else:
            functions.invoke(schedule.target, event.encode())

    return fire


def _scheduled_event(schedule: Schedule) -> dict[str, object]:
    """What EventBridge Scheduler sends to a target for which the template gives no input."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{schedule.name}"],
        "detail": "{}",
    }


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # a handler that still runs is a thread nobody can end; it must not hold the process
