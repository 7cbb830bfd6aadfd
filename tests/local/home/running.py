"""A real process home in a state directory of its own, and a stand-in for the control plane's two questions about people."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.home.client import HomeClient
from local.home.places import places

ROOT = Path(__file__).resolve().parents[3]


def runtime_venv() -> Path:
    """The Airflow runtime that these tests need."""
    venv = Path(os.environ.get("ORRERY_RUNTIME_VENV", ROOT / ".orrery" / "venvs" / "runtime"))
    if not (venv / "bin" / "python").exists():
        pytest.fail(
            f"the Airflow runtime is not in `{venv}`; run `make test`, "
            "or `UV_PROJECT_ENVIRONMENT=.orrery/venvs/runtime uv sync --project runtime --frozen --group dev -p /usr/bin/python3`"
        )
    return venv


class RunningHome:
    def __init__(self, state: Path) -> None:
        self.state = state
        self.places = places(state)
        self.client = HomeClient(str(self.places.socket))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the home answers."""
        env = os.environ | {
            "ORRERY_STATE": str(self.state),
            "ORRERY_RUNTIME_VENV": str(runtime_venv()),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'common'}",
            "ORRERY_METRICS_SECONDS": "1",
        }
        self.state.mkdir(parents=True, exist_ok=True)
        with open(self.state / "home.log", "ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "local.home"], env=env, stdout=log, stderr=log, cwd=ROOT)
        wait_until(self._answers, seconds=120, what="the home to answer", otherwise=self.log)

    def log(self) -> str:
        return (self.state / "home.log").read_text()

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As `make up` stops it."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)

    def pids(self, prefix: str = "") -> dict[str, int]:
        """What runs for this home, by key, read from /proc and not from the home."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                environment = _environment(folder)
                key = environment.get("ORRERY_PROCESS", "")
                if environment.get("ORRERY_STATE") == str(self.state) and key and key.startswith(prefix) and key not in found:
                    found[key] = int(folder.name)
        return found

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log()
        try:
            self.client.describe()
        except Exception:
            return False
        return True


def wait_until(done: Any, *, seconds: float, what: str, otherwise: Any = lambda: "") -> Any:
    """What `done` answers once it is true; fails with words when it never is."""
    end = time.monotonic() + seconds
    while not (answer := done()):
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds:.0f} s for {what}\n{otherwise()}")
        time.sleep(0.2)
    return answer


Access = str | dict[str, Any]
"""A role on the whole Deployment; or that, and what may be done with single DAGs."""


class FakePlane:
    """Knows some tokens and one-time codes, and stops answering when told to."""

    def __init__(self) -> None:
        self.tokens: dict[str, Access] = {}
        self.codes: dict[str, Access] = {}
        self.visited: Callable[[str], None] = lambda deployment: None
        """What happens when an agent tells of a visit to a sleeping Deployment."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                self._say(outer.tokens.get(token))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.startswith("/agent/v1/"):
                    self._answer(200, outer.agent(self.path))
                else:
                    self._say(outer.codes.pop(body["code"], None))

            def _say(self, access: Access | None) -> None:
                told = {"role": access, "dags": []} if isinstance(access, str) else access
                self._answer(200 if told else 401, {"subject": "u1", "name": "Ada", **told} if told else {})

            def _answer(self, status: int, told: dict[str, Any]) -> None:
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def agent(self, path: str) -> dict[str, Any]:
        """What an agent hears: no lease, so that it plans by itself; and that who is visited wakes."""
        match path.strip("/").split("/"):
            case [*_, "deployments", deployment, "visits"]:
                self.visited(deployment)
                return {"state": "WAKING", "reason": "it wakes up"}
        now = datetime.now(UTC).isoformat()
        return {"now": now, "lease": {"generation": 0, "issuedAt": now, "expiresAt": now, "targets": []}}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _environment(folder: Path) -> dict[str, str]:
    try:
        entries = (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return {}
    return dict(entry.decode(errors="replace").split("=", 1) for entry in entries if entry.startswith(b"ORRERY_") and b"=" in entry)
