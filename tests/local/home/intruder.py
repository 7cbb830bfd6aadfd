"""A DAG that tries to reach another Deployment; what it gets hold of is what its task returns. Runs inside Airflow, not in the tests."""

# mypy: ignore-errors

import os
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from airflow.sdk import dag, task


def attempts(other: dict[str, Any]) -> Iterator[tuple[str, Callable[[], object]]]:
    for path in other["paths"]:
        yield f"look at {path}", partial(os.stat, path)
        yield f"list {path}", partial(os.listdir, path)
        yield f"read {path}", Path(path).read_bytes
    for pid in other["pids"]:
        yield f"environment of {pid}", Path(f"/proc/{pid}/environ").read_bytes
        yield f"command line of {pid}", Path(f"/proc/{pid}/cmdline").read_bytes
        yield f"signal {pid}", partial(os.kill, pid, 0)
    for path in other["sockets"]:
        yield f"connect to {path}", partial(socket.socket(socket.AF_UNIX).connect, path)
    for url in other["databases"]:
        yield f"log in to {url.rpartition('/')[2]}", partial(log_in, url)
    yield "become root", partial(os.setuid, 0)
    yield "look around the walls", partial(os.listdir, "/proc/1/root")


def log_in(url: str) -> None:
    import psycopg

    psycopg.connect(url).close()


@dag(schedule=None)
def intruder():
    @task
    def intrude(dag_run=None):
        got = []
        for what, attempt in attempts(dag_run.conf):
            try:
                attempt()
            except Exception as refused:
                print(f"{what}: {refused!r}")
            else:
                got.append(what)
        return {"got": got, "uid": os.getuid(), "environment": dict(os.environ)}

    intrude()


intruder()
