"""A small stack with every kind of resource that the local platform runs."""

from pathlib import Path

import pytest

from local import template
from local.template import Stack

STACK = Path(__file__).parent / "stack" / "template.yaml"


@pytest.fixture
def stack() -> Stack:
    return template.read(STACK, stack="test")
