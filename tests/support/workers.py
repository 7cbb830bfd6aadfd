"""How the tests are shared out when several workers run them (`pytest -n`).

A file is one worker's, so that what its tests share is made once, and so are the tests that share a running Airflow or a Kubernetes. The
whole platforms begin first: they mostly wait, and the other workers use the time, but give way to them where a moment counts. What starts
an Airflow or a Kubernetes of its own comes last, when the platforms are done or nearly. Each worker has its own engine; the users of homes
are kept apart below.
"""

import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from local.home.users import block

PLATFORMS = "tests/e2e/"
TAKING_TURNS = ("tests/e2e/test_console.py", "tests/e2e/test_hypervisor.py")
"""Two platforms at a time are what two cores bear; these two take as long as the third."""
ONE_HOME = "tests/local/home/"
ONE_CLUSTER = (
    "tests/kubernetes/",
    "tests/orrery/dataplane/kubernetes/",
    "tests/agent/kubernetes/",
    "tests/benchmarks/test_provisioning.py",
)
GIVING_WAY = 10
"""How nice a worker is, and all that it starts, while it runs no platform."""


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(ONE_CLUSTER):
            return ONE_CLUSTER[0]
        if nodeid.startswith(TAKING_TURNS):
            return TAKING_TURNS[0]
        return ONE_HOME if nodeid.startswith(ONE_HOME) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False  # it would begin with the files of the most tests
    return _ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if _worker():
        items.sort(key=lambda item: (not item.nodeid.startswith(PLATFORMS), item.nodeid.startswith((ONE_HOME, *ONE_CLUSTER))))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _worker() and not item.nodeid.startswith(PLATFORMS) and os.nice(0) < GIVING_WAY:
        os.nice(GIVING_WAY)


def own_state(folder: Path) -> Path:
    """A state whose home has users that no other worker's home has: they follow from its path, so a name is sought that suits."""
    number = int(_worker().removeprefix("gw") or 0)
    names = (folder.resolve() / f"state{each}" for each in itertools.count())
    return next(state for state in names if block(state) % 16 == number % 16)


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "")
