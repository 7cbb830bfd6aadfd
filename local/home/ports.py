"""Ports of our own on loopback, below the range that the kernel hands to outgoing connections, so a port stays ours while Airflow rests."""

import random
from collections.abc import Collection

from orrery.errors import DataPlaneFailed
from orrery_cli.local.ports import free

_RANGE = range(20000, 32000)


def choose(taken: Collection[int]) -> int:
    """A port that is free now and that no other Deployment calls its own."""
    for port in random.sample(_RANGE, 200):
        if port not in taken and free(port):
            return port
    raise DataPlaneFailed("no free port between 20000 and 32000 on 127.0.0.1")
