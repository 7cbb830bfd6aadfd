"""What the home says to workers, over a broker that is the Deployment's own."""

import socket
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from orrery.errors import Unavailable

from local.home.places import Places
from local.home.records import Worker
from local.home.workers import Workers
from tests.local.home.test_records import a_record


def test_a_broker_that_takes_calls_and_never_answers_is_not_waited_for() -> None:
    nobody: Any = None
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as deaf:
        places, record = Places(state=Path(short), run=Path(short), isolated=False), a_record()
        record.workers["w1"] = Worker("w1", "default", 1, 1, "c", state="RUNNING")
        places.broker_socket(record.id).parent.mkdir(parents=True)
        deaf.bind(str(places.broker_socket(record.id)))
        deaf.listen(50)
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            Workers(places, nobody).cordon(record, "w1")
        assert time.monotonic() - begun < 10
