"""The process home's logs keep the contract, over its wire and with its own reader of files."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.process_home import ProcessHome
from tests.agent.logs_contract import LogsContract, Scene
from tests.support.home import FakeClock, FakeHome, serve


class Files:
    id = "d1"

    def __init__(self, folder: Path) -> None:
        self.home, self._folder = ProcessHome(folder / "home.sock"), folder / "deployments" / self.id
        self._folder.mkdir(parents=True)

    def write(self, component: str, *lines: str) -> None:
        name = "worker-w1" if component == "worker" else component
        with open(self._folder / f"{name}.log", "a") as log:
            log.writelines(f"{line}\n" for line in lines)

    def start_again(self, component: str) -> None:
        """The next process writes on in the same file."""


class TestProcessHomeLogs(LogsContract):
    @pytest.fixture
    def scene(self) -> Iterator[Scene]:
        with tempfile.TemporaryDirectory() as name:  # a socket's path is short
            folder = Path(name)
            fake = FakeHome(FakeClock(), logs=folder / "deployments")
            fake.add()
            server = serve(fake, folder / "home.sock")
            yield Files(folder)
            server.shutdown()
            server.server_close()
