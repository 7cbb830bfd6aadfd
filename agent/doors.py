"""The way into each Airflow's metadata database: one connection that stays open, and questions that are answered in time or not at all.

A question that fails is left alone for longer each time, so a Deployment that sleeps costs nothing, and what cannot be read of one table
hides no other.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg

from agent.clock import Clock

Connection = psycopg.AsyncConnection[Any]
_OPTIONS = "-c statement_timeout=2000 -c search_path=pg_catalog,public"
"""The tables are the Deployment's own, to replace as it likes: whatever it makes of them, we get text and numbers, and not without end."""
_TOGETHER = 16
_PATIENCE = 4.0
"""Seconds for one answer, a new connection included; a server that is frozen must not freeze the agent."""
_LONGEST_PAUSE = 30.0

_NONSENSE = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a table of somebody's own making may lead to."""

Answer = TypeVar("Answer")
Question = Callable[[str, Connection], Awaitable[Answer]]
"""What to ask on the connection of the Deployment with this id."""


@dataclass
class _Pause:
    """How long a question is left alone after it failed."""

    seconds: float = 0.0
    until: float = 0.0

    def grow(self, now: float) -> None:
        self.seconds = min(_LONGEST_PAUSE, max(2.0, self.seconds * 2))
        self.until = now + self.seconds


@dataclass
class _Door:
    url: str
    connection: Connection | None = None
    pauses: dict[str, _Pause] = field(default_factory=dict)


class Doors:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._doors: dict[str, _Door] = {}
        self._turns = asyncio.Semaphore(_TOGETHER)

    async def keep(self, urls: Mapping[str, str]) -> None:
        """Close whatever leads elsewhere."""
        await self._close(id for id, door in list(self._doors.items()) if urls.get(id) != door.url)

    async def ask(self, about: str, question: Question[Answer], urls: Mapping[str, str]) -> dict[str, Answer | None]:
        """The answer of each Deployment's database; None where it does not answer now. Failures are counted for each `about`."""
        answers = await asyncio.gather(*(self._one(about, question, id, url) for id, url in urls.items()))
        return dict(zip(urls, answers, strict=True))

    async def close(self) -> None:
        await self._close(list(self._doors))

    async def _one(self, about: str, question: Question[Answer], id: str, url: str) -> Answer | None:
        door = self._doors.setdefault(id, _Door(url))
        pause = door.pauses.setdefault(about, _Pause())
        if self._clock.seconds() < pause.until:
            return None
        try:
            async with self._turns:
                answer = await self._within(_PATIENCE, question, id, door)
        except (psycopg.Error, OSError, TimeoutError, *_NONSENSE):
            await _shut(door)
            pause.grow(self._clock.seconds())
            return None
        pause.seconds = 0.0
        return answer

    async def _within(self, seconds: float, question: Question[Answer], id: str, door: _Door) -> Answer:
        """An answer in time, or `TimeoutError`. Hanging up first spares a polite request to cancel, which a frozen server never answers."""
        asking = asyncio.create_task(_ask(question, id, door))
        done, _ = await asyncio.wait({asking}, timeout=seconds)
        if not done:
            if door.connection is not None:
                door.connection.pgconn.finish()
            asking.cancel()
            await asyncio.wait({asking})
            raise TimeoutError
        return asking.result()

    async def _close(self, ids: Iterable[str]) -> None:
        for id in list(ids):
            await _shut(self._doors.pop(id))


async def _ask(question: Question[Answer], id: str, door: _Door) -> Answer:
    if door.connection is None:
        door.connection = await psycopg.AsyncConnection.connect(
            door.url, autocommit=True, connect_timeout=3, application_name="orrery-agent", options=_OPTIONS
        )
    return await question(id, door.connection)


async def _shut(door: _Door) -> None:
    connection, door.connection = door.connection, None
    if connection is not None:
        with contextlib.suppress(psycopg.Error, OSError):
            await connection.close()
