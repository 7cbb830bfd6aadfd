"""How the tests are shared out when several workers run them (`pytest -n`).

A file is one worker's, so that what its tests share is made once, and so are the tests that share a running Airflow or a Kubernetes. The
whole platforms begin first: they mostly wait, and the other worker uses the time, but gives way to them where a moment counts. What starts
an Airflow or a Kubernetes of its own comes when the platforms are done or nearly, and small files after it, so that nobody waits long for
the last one. Each worker has its own engine; the users of homes are kept apart below.
"""

import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from local.home.users import block

PLATFORMS = "tests/e2e/"
TAKING_TURNS = ("tests/e2e/test_hypervisor.py", "tests/e2e/test_console.py", "tests/e2e/test_sleep.py")
"""They share a platform. While the console is worked in, another Deployment of it falls asleep and wakes."""
ONE_HOME = ("tests/local/home/",)
ONE_CLUSTER = ("tests/orrery/dataplane/kubernetes/", "tests/kubernetes/", "tests/benchmarks/test_provisioning.py")
ANOTHER_CLUSTER = ("tests/agent/kubernetes/",)
TOGETHER = (TAKING_TURNS, ONE_HOME, ONE_CLUSTER, ANOTHER_CLUSTER)
LARGE = (*ONE_HOME, *ONE_CLUSTER, *ANOTHER_CLUSTER, "cli/tests/test_local_airflow.py")
"""What starts an Airflow or a Kubernetes."""
BEFORE_THEM = 0.4
"""The share of all other tests that is run while the platforms are up."""
GIVING_WAY = 10
"""How nice a worker is, and all that it starts, while it runs no platform."""


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return next((each[0] for each in TOGETHER if nodeid.startswith(each)), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False  # it would begin with the files of the most tests
    return _ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if _worker():
        platforms = sorted((each for each in items if each.nodeid.startswith(PLATFORMS)), key=_turn)
        large = [each for each in items if each.nodeid.startswith(LARGE)]
        small = [each for each in items if not each.nodeid.startswith((PLATFORMS, *LARGE))]
        middle = int(BEFORE_THEM * len(small))
        items[:] = [*platforms, *small[:middle], *large, *small[middle:]]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _worker() and not item.nodeid.startswith(PLATFORMS) and os.nice(0) < GIVING_WAY:
        os.nice(GIVING_WAY)


def _turn(item: pytest.Item) -> int:
    """In the order in which they take turns; those that take none come first."""
    return next((turn for turn, file in enumerate(TAKING_TURNS) if item.nodeid.startswith(file)), -1)


def own_state(folder: Path) -> Path:
    """A state whose home has users that no other worker's home has: they follow from its path, so a name is sought that suits."""
    number = int(_worker().removeprefix("gw") or 0)
    names = (folder.resolve() / f"state{each}" for each in itertools.count())
    return next(state for state in names if block(state) % 16 == number % 16)


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "")
