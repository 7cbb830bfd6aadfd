"""The local plane as a process of its own: the real gateway and functions, without Airflow."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from local import invoke
from local.aws.engine import Engine
from local.state import ROOT, State


class Plane:
    """What it says goes where the test's own output goes, or into `log`."""

    def __init__(self, state: State, engine: Engine, *, log: Path | None = None) -> None:
        self.state, self.engine, self._log = state, engine, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> str:
        """Its address; `more` goes into its environment."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT}/layers/common",
            "ORRERY_STATE": str(self.state.path),
            "ORRERY_PORT": "0",
            "AWS_REGION": "us-east-1",
            **self.engine.environment,
            **more,
        }
        with self._log.open("ab") if self._log else contextlib.nullcontext() as log:
            self.process = subprocess.Popen([sys.executable, "-m", "local.plane"], env=environment, cwd=ROOT, stdout=log, stderr=log)
        end = time.monotonic() + 180
        while not self.state.plane_ready.exists():
            assert self.process.poll() is None, "the plane ended before it was ready"
            assert time.monotonic() < end, "the plane did not get ready"
            time.sleep(0.05)
        return str(json.loads(self.state.plane_ready.read_text())["url"])

    def stop(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def invoke(self, event: Any, function: str = "FirstRun") -> Any:
        return invoke.invoke(self.state.admin_socket, function, event)
