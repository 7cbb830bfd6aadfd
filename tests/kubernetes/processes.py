"""The long-running programs of a test's cluster: each with a log of its own, and none that outlives whoever started it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PATIENCE = 90.0
GRACE = 20.0
_SETTINGS_OF_OTHERS = ("AWS_", "ETCD_", "KUBE")


class Processes:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, argv: Sequence[str]) -> None:
        """In the folder, with this machine's environment less what would point it at somebody's cloud or cluster."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_SETTINGS_OF_OTHERS)}
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                # whoever kills the tests leaves nothing behind: the kernel ends the children with their parent
                ["setpriv", "--pdeathsig", "TERM", *argv],
                cwd=self._folder,
                env=kept | {"AWS_EC2_METADATA_DISABLED": "true"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        """Until it is ready; fails with the end of a log when any of them ends or it takes too long."""
        end = time.monotonic() + PATIENCE
        while not _answered(ready):
            for started, process in self._running.items():
                assert process.poll() is None, f"{started} ended: {self.said(started)[-2000:]}"
            assert time.monotonic() < end, f"{name} is not ready after {PATIENCE:.0f} s: {self.said(name)[-2000:]}"
            time.sleep(0.05)

    def end(self, name: str) -> None:
        """Ends it and waits; nothing when it was never started."""
        if process := self._running.pop(name, None):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def end_all(self) -> None:
        """The last first."""
        for name in reversed(list(self._running)):
            self.end(name)

    def cpu(self) -> float:
        """Seconds of CPU that all of them have taken so far."""
        taken = (Path(f"/proc/{each.pid}/stat").read_text().rpartition(")")[2].split()[11:13] for each in self._running.values())
        return sum(int(ticks) for one in taken for ticks in one) / os.sysconf("SC_CLK_TCK")

    def said(self, name: str) -> str:
        """What it wrote, for the reader of a failure."""
        return (self._folder / f"{name}.log").read_text(errors="replace")


def _answered(ready: Callable[[], bool]) -> bool:
    try:
        return ready()
    except OSError:
        return False
