"""The console's own unit tests, which vitest runs in a pretended browser."""

import os
import subprocess
from pathlib import Path

import pytest

from local.console import build
from local.state import State


@pytest.mark.timeout(900)
def test_what_pages_show_and_send_is_what_their_own_tests_say(built_console: Path) -> None:
    programs = build.programs(State.here())
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [programs / "npm", "run", "--silent", "test"], cwd=build.SOURCES, env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    assert "passed" in done.stdout
