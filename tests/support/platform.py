"""A whole platform under test: `python -m local up` in a state of its own, and the public doors a test looks through."""

import contextlib
import functools
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from orrery_cli.local import ports

ROOT = pathlib.Path(__file__).parents[2]
T = TypeVar("T")


class Platform:
    """`up` starts it, `interrupt` ends it as Ctrl-C does; everything else is HTTP, files and process ids."""

    def __init__(self, state: pathlib.Path, port: int | None = None) -> None:
        self.state = state
        self.port = port or ports.choose()
        self.output = state.parent / f"{state.name}.out"
        self.process: subprocess.Popen[bytes] | None = None

    def up(self, *arguments: str) -> None:
        environment = {**os.environ, "ORRERY_STATE": str(self.state), "ORRERY_PORT": str(self.port), "NO_COLOR": "1"}
        environment["PYTHONPATH"] = f"{ROOT}:{ROOT / 'layers/common'}"
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local", "up", *arguments],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def interrupt(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)

    def kill(self) -> None:
        """What a power switch does to the supervisor; its children are left to whoever comes next."""
        assert self.process
        self.process.kill()
        self.process.wait(30)

    def end(self) -> None:
        """Nothing of it may outlive a test, whatever happened."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.interrupt()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def said(self) -> str:
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def wait_until(self, what: str, look: Callable[[], T | None], seconds: float) -> T:
        """The first true answer; a failure shows what the platform said last."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(OSError, KeyError, ValueError, http.client.HTTPException):
                if answer := look():
                    return answer
            if self.process and self.process.poll() not in (None, 0):
                raise AssertionError(f"the platform ended while waiting until {what}:\n{self.said()[-3000:]}")
            time.sleep(0.5)
        raise AssertionError(f"not within {seconds:.0f} s: {what}\n{self.said()[-3000:]}")

    # -- its files -----------------------------------------------------------------------------------------------------

    def child(self, name: str) -> int:
        pids: dict[str, int] = json.loads((self.state / "children.json").read_text())
        return pids[name]

    def processes(self) -> list[int]:
        mark = b"ORRERY_STATE=" + os.fsencode(self.state)
        return [pid for pid in _all_pids() if mark in _read(f"/proc/{pid}/environ").split(b"\0")]

    def parts(self, deployment: str) -> dict[str, int]:
        """What runs of a Deployment now: the home's name for each process (`scheduler`, `worker/<id>`) to the first process id of it."""
        mark = f"ORRERY_PROCESS={deployment}/".encode()
        found: dict[str, int] = {}
        for pid in sorted(self.processes()):
            for word in _read(f"/proc/{pid}/environ").split(b"\0"):
                if word.startswith(mark):
                    found.setdefault(word.removeprefix(mark).decode(), pid)
        return found

    def workers(self, deployment: str) -> set[str]:
        return {name.removeprefix("worker/") for name in self.parts(deployment) if name.startswith("worker/")}

    def executions(self, machine: str) -> dict[str, list[dict[str, Any]]]:
        """Every execution of a state machine, with the records of its history."""
        files = (self.state / "executions").glob(f"*{machine}*/*.jsonl")
        return {file.stem: [json.loads(line) for line in file.read_text().splitlines()] for file in files}

    # -- its API -------------------------------------------------------------------------------------------------------

    @functools.cached_property
    def token(self) -> str:
        return str(self._context["token"])

    @functools.cached_property
    def organization(self) -> str:
        return str(self._context["organization"])

    @functools.cached_property
    def _context(self) -> Any:
        """What the owner's command knows; asked once, as a command costs more than the call that a test waits with."""
        return self.cli("context", "show", "--reveal")

    def cli(self, *arguments: str, check: bool = True) -> Any:
        """What the `orrery` command prints as JSON."""
        run = subprocess.run(
            [pathlib.Path(sys.executable).with_name("orrery"), *arguments, "-o", "json"],
            capture_output=True, text=True, check=False, timeout=300, env={**os.environ, "ORRERY_HOME": str(self.state / "cli")},
        )  # fmt: skip
        if check and run.returncode:
            raise Refused(run.returncode, f"orrery {' '.join(arguments)}: {run.stderr}")
        return json.loads(run.stdout) if run.stdout.strip() else json.loads(run.stderr or "null")

    def rows(self, *arguments: str) -> list[Any]:
        """What one of the command's lists has in it."""
        return next(found for found in self.cli(*arguments).values() if isinstance(found, list))

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return call(f"http://localhost:{self.port}{path}", method, body, token=self.token)


def call(url: str, method: str, body: Any = None, *, token: str = "") -> Any:
    """One HTTP call to this machine; `<anything>.localhost` is loopback, which not every resolver knows."""
    where = urllib.parse.urlsplit(url)
    headers = {"Host": where.netloc, "Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection = http.client.HTTPConnection("127.0.0.1", where.port or 80, timeout=30)
    try:
        target = where.path + (f"?{where.query}" if where.query else "")
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read()
    finally:
        connection.close()
    if response.status >= 400:
        raise Refused(response.status, text.decode(errors="replace"))
    answer: Any = json.loads(text) if text else None
    return answer | {"cookie": cookie} if (cookie := response.getheader("Set-Cookie")) else answer


class Refused(OSError):
    """An answer of 400 or more, or a command that failed; an OSError, so that `wait_until` asks again."""


def states_of(history: list[dict[str, Any]]) -> list[str]:
    """The states an execution entered, in order."""
    events = [record["event"] for record in history if "event" in record]
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


def ended_as(history: list[dict[str, Any]]) -> str:
    return next((record["end"]["status"] for record in history if "end" in record), "RUNNING")


def _all_pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _read(path: str) -> bytes:
    try:
        return pathlib.Path(path).read_bytes()
    except OSError:
        return b""
