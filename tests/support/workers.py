"""How the tests are shared out when several workers run them (`pytest -n`).

A file is one worker's, so that what its tests share is made once. So is a folder whose tests share a running Airflow; the slowest begin
first, because they mostly wait, and the others use the time. Each worker has its own engine; a home's users are kept apart below.
"""

import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from local.home.users import block

LONG = ("tests/e2e/", "tests/local/home/")
"""Folders that go to one worker as a whole, the slowest first."""


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in LONG if nodeid.startswith(folder)), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False  # it would begin with the files of the most tests
    return _ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: next((place for place, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG)))


def own_state(folder: Path) -> Path:
    """A state whose home has users that no other worker's home has: they follow from its path, so a name is sought that suits."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    names = (folder.resolve() / f"state{number}" for number in itertools.count())
    return next(state for state in names if block(state) % 16 == worker % 16)
