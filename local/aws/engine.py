"""The plane's side of the engine: its key, its command line, and a handle that starts, kills and stops it.

`make up` supervises the command itself; tests use `Engine`. Both speak to it through `client_environment`.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from local.aws.access import AccessKey

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
PATIENCE = 60.0


class EngineError(Exception):
    """The engine did not start; the message carries the line it gave as its reason."""


def access_key(state: Path) -> AccessKey:
    """This machine's key, made on first use and readable by its owner alone."""
    path = state / "key.json"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps({"id": f"LOCAL{secrets.token_hex(8).upper()}", "secret": secrets.token_urlsafe(30)})
        fresh = state / f"key.{secrets.token_hex(4)}"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):  # somebody else was first: theirs counts
            os.link(fresh, path)
        fresh.unlink()
    kept = json.loads(path.read_text())
    return AccessKey(kept["id"], kept["secret"])


def client_environment(url: str, key: AccessKey) -> dict[str, str]:
    """What a process needs in its environment for boto3 and pynamodb to use the engine."""
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ENDPOINT_URL_KMS": url,
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ENDPOINT_URL_SESV2": url,
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "AWS_DEFAULT_REGION": REGION,
    }


def command(
    state: Path, *, python: Path, port: int = 0, leashed: bool = False, mail: Path | None = None, address: str = ""
) -> tuple[list[str], dict[str, str]]:
    """The engine's argv and environment; the key travels in the environment, never in argv. An older `ready.json` is removed."""
    key = access_key(state)
    (state / "ready.json").unlink(missing_ok=True)
    argv = [str(python), "-m", "local.aws.server", "--state", str(state), "--port", str(port)]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "ORRERY_STATE") if name in os.environ}
    ours = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret}
    argv += ["--mail", str(mail)] if mail else []
    argv += ["--address", address] if address else []
    return argv + ["--leashed"] * leashed, kept | ours


def ready_url(state: Path) -> str | None:
    """The address of the engine that was started last, once it listens."""
    try:
        url: str = json.loads((state / "ready.json").read_text())["url"]
    except FileNotFoundError:
        return None
    return url


def wait_until_ready(state: Path, alive: Callable[[], bool]) -> str:
    """Its address; EngineError when the process ends first or takes longer than a minute."""
    end = time.monotonic() + PATIENCE
    while (url := ready_url(state)) is None:
        if not alive():
            raise EngineError("the local AWS engine ended before it was ready")
        if time.monotonic() > end:
            raise EngineError(f"the local AWS engine is not ready after {PATIENCE:.0f} s")
        time.sleep(0.02)
    return url


class Engine:
    """One engine process on one state directory; it can be killed and started again, and keeps its port. `address` is beside loopback."""

    def __init__(self, state: Path, *, python: Path | None = None, port: int = 0, address: str = "") -> None:
        self.state = state
        self.url = ""
        self._python = python or ROOT / ".orrery" / "venvs" / "tools" / "bin" / "python"
        self._port, self._address = port, address
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return client_environment(self.url, access_key(self.state))

    @property
    def pid(self) -> int:
        return self._running().pid

    def start(self) -> Self:
        argv, environment = command(self.state, python=self._python, port=self._port, leashed=True, address=self._address)
        with self._log.open("ab") as log:
            process = subprocess.Popen(argv, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log)
        self._process = process
        try:
            self.url = wait_until_ready(self.state, lambda: process.poll() is None)
        except EngineError as error:
            self.kill()
            last = self._log.read_text().strip().rpartition("\n")[2]
            raise EngineError(last or str(error)) from error
        self._port = int(self.url.rpartition(":")[2])
        return self

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """As `kill -9` or a power cut to the process: nothing is written on the way out."""
        return self._end(signal.SIGKILL)

    def let_go(self) -> None:
        """Close the leash, as happens when this process dies."""
        leash = self._running().stdin
        assert leash is not None
        leash.close()

    def wait(self) -> int:
        """Its exit status, once it has ended by itself."""
        process, self._process = self._running(), None
        with process:
            return process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            self.stop()

    @property
    def _log(self) -> Path:
        return self.state / "engine.log"

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the engine is not running"
        return self._process

    def _end(self, number: signal.Signals) -> int:
        self._running().send_signal(number)
        return self.wait()
