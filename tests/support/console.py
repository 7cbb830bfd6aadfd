"""The real console, as `make up` serves it."""

from pathlib import Path

import pytest

from local.console import build
from local.progress import Screen
from local.state import Failure, State


@pytest.fixture(scope="session")
def built_console() -> Path:
    """The folder with what was built of `console/`; `make test` built it already, unless npm's registry is away."""
    try:
        build.ensure(State.here(), Screen())
    except Failure as failure:
        pytest.skip(str(failure))
    return build.BUILT
