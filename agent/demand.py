"""What waits and what runs in each Airflow: one query on its metadata database, over a connection that stays open.

Tasks that are only scheduled are not demand yet (Airflow's own limits hold them back), and deferred ones need no worker.
A database that does not answer is left alone for longer each time, so a Deployment that sleeps costs nothing.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from agent.clock import Clock

QUERY = """
    SELECT left(queue::text, 256), state::text, left(coalesce(hostname::text, ''), 256), count(*)
    FROM task_instance WHERE state IN ('queued', 'running') GROUP BY 1, 2, 3 LIMIT 10000
"""
_OPTIONS = "-c statement_timeout=2000 -c search_path=pg_catalog,public"
"""The table is the Deployment's own, to replace as it likes: whatever it makes of it, we get text and counts, and not without end."""
_MOST_QUEUED, _MOST_ON_ONE = 1_000_000, 1000
"""Tasks of one queue, and of one worker, that are believed: the plane refuses a cluster's whole snapshot for one absurd number in it."""
_TOGETHER = 16
_PATIENCE = 4.0
"""Seconds for one answer, a new connection included; a server that is frozen must not freeze the agent."""
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Counts:
    """Queued tasks by queue, and running tasks by queue and the host name that they report."""

    queued: Mapping[str, int]
    running: Mapping[tuple[str, str], int]


@dataclass
class _Door:
    url: str
    connection: psycopg.AsyncConnection[Any] | None = None
    pause: float = 0.0
    closed_until: float = 0.0


class Demand:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._doors: dict[str, _Door] = {}
        self._turns = asyncio.Semaphore(_TOGETHER)

    async def read(self, urls: Mapping[str, str]) -> dict[str, Counts | None]:
        """The counts of each Deployment; None where the database does not answer now."""
        await self._forget(self._doors.keys() - urls.keys())
        ids = list(urls)
        return dict(zip(ids, await asyncio.gather(*(self._one(id, urls[id]) for id in ids)), strict=True))

    async def close(self) -> None:
        await self._forget(list(self._doors))

    async def _one(self, deployment_id: str, url: str) -> Counts | None:
        door = self._doors.setdefault(deployment_id, _Door(url))
        if door.url != url:
            await self._forget([deployment_id])
            door = self._doors[deployment_id] = _Door(url)
        if self._clock.seconds() < door.closed_until:
            return None
        try:
            async with self._turns:
                counts = await self._within(door, _PATIENCE)
        except (psycopg.Error, OSError, TimeoutError):
            await self._shut(door)
            door.pause = min(_LONGEST_PAUSE, max(2.0, door.pause * 2))
            door.closed_until = self._clock.seconds() + door.pause
            return None
        door.pause = 0.0
        return counts

    async def _within(self, door: _Door, seconds: float) -> Counts:
        """An answer in time, or `TimeoutError`. Hanging up first spares a polite request to cancel, which a frozen server never answers."""
        asking = asyncio.create_task(self._ask(door))
        done, _ = await asyncio.wait({asking}, timeout=seconds)
        if not done:
            if door.connection is not None:
                door.connection.pgconn.finish()
            asking.cancel()
            await asyncio.wait({asking})
            raise TimeoutError
        return asking.result()

    async def _ask(self, door: _Door) -> Counts:
        if door.connection is None:
            door.connection = await psycopg.AsyncConnection.connect(
                door.url, autocommit=True, connect_timeout=3, application_name="orrery-agent", options=_OPTIONS
            )
        rows = await (await door.connection.execute(QUERY)).fetchall()
        return counted(rows)

    async def _forget(self, ids: Iterable[str]) -> None:
        for id in list(ids):
            await self._shut(self._doors.pop(id))

    async def _shut(self, door: _Door) -> None:
        connection, door.connection = door.connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await connection.close()


def counted(rows: Iterable[tuple[str, str, str, int]]) -> Counts:
    queued: Counter[str] = Counter()
    running: Counter[tuple[str, str]] = Counter()
    for queue, state, hostname, count in rows:
        if state == "queued":
            queued[queue] = min(queued[queue] + count, _MOST_QUEUED)
        else:
            running[queue, hostname] = min(running[queue, hostname] + count, _MOST_ON_ONE)
    return Counts(queued, running)
