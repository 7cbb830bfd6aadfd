"""The platform on which the hypervisor is watched and the console worked in.

The flows of the `astro` CLI are run only where ORRERY_ASTRO_CLI names its binary.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.platform import Platform
from tests.support.workers import own_state

collect_ignore = [] if os.environ.get("ORRERY_ASTRO_CLI") else ["test_astro_cli.py"]


@pytest.fixture(scope="session")
def platform_at_work(tmp_path_factory: pytest.TempPathFactory, built_console: Path) -> Iterator[Platform]:
    """Its main job has ended well. What it shows of sleep takes a quarter of an hour, in which the console is worked in."""
    platform = Platform(own_state(tmp_path_factory.mktemp("at-work")))
    platform.up()
    platform.wait_until("the main job has ended well", lambda: "Try next" in platform.said(), 600)
    yield platform
    platform.end()
