"""One running home for all tests that need real Airflow; it and all it started are gone afterwards."""

from collections.abc import Iterator

import pytest

from local.home import processes
from tests.local.home.running import FakePlane, RunningHome
from tests.support.workers import own_state


@pytest.fixture(scope="session")
def fake_plane() -> Iterator[FakePlane]:
    plane = FakePlane()
    yield plane
    plane.stop()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHome]:
    home = RunningHome(own_state(tmp_path_factory.mktemp("home")))
    home.start()
    yield home
    home.stop()
    processes.end_all(home.state, prefix="")
