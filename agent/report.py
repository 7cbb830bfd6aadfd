"""Changes up, targets down: tells the plane what is seen and learns what is wanted. One report at a time, however slow the plane is."""

import asyncio
import http.client
import json
import os
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from agent import targets
from agent.clock import Clock
from agent.news import is_news
from agent.settings import Settings
from agent.targets import Targets

AT_LEAST_EVERY = 10.0
"""Seconds between reports when nothing changes."""
WHILE_WAITING = 3.0
"""Seconds between reports while a queue needs more than its target, so that a new plan is met soon."""
_SECONDS = 10.0
_SECONDS_FOR_LOGS = 35.0
"""A little more than the plane's own patience."""
_LONGEST_PAUSE = 30.0
_LARGEST = 4_000_000

Exchange = Callable[[dict[str, Any]], dict[str, Any]]


class PlaneTrouble(Exception):
    """The plane is away, or would not take what it was told; `status` is its answer, 0 without one."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status

    @property
    def is_final(self) -> bool:
        """Whether the same words will always get this answer: they are malformed, or of something that the plane does not have here."""
        return self.status in (400, 404, 413)


@dataclass(frozen=True)
class Plane:
    """The control plane over HTTPS (or HTTP, on one machine)."""

    settings: Settings

    def exchange(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """One report and its answer."""
        return self._post("snapshots", snapshot, _SECONDS)

    def take_logs(self, batch: dict[str, Any]) -> dict[str, Any]:
        """One batch of component logs."""
        return self._post("logs", batch, _SECONDS_FOR_LOGS)

    def take_demand(self, piece: dict[str, Any]) -> dict[str, Any]:
        """One piece of the demand record."""
        return self._post("demand-records", piece, _SECONDS_FOR_LOGS)

    def visit(self, organization_id: str, deployment_id: str) -> dict[str, Any]:
        """Somebody is at the address of a sleeping Deployment: `{"state", "reason"}`."""
        return self._post(f"deployments/{quote(deployment_id, safe='')}/visits", {"organizationId": organization_id}, _SECONDS)

    def _post(self, what: str, body: dict[str, Any], seconds: float) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {_token(self.settings.token_file)}", "Content-Type": "application/json"}
        path = f"{urlsplit(self.settings.plane_url).path}/agent/v1/clusters/{quote(self.settings.cluster_id, safe='')}/{what}"
        connection = self._connect(seconds)
        try:
            connection.request("POST", path, json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read(_LARGEST))
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise PlaneTrouble(f"the control plane does not answer: {problem or type(problem).__name__}") from problem
        finally:
            connection.close()
        if answer.status != 200 or not isinstance(told, dict):
            message = told.get("message", "") if isinstance(told, dict) else ""
            raise PlaneTrouble(f"the control plane answered {answer.status}: {message}", answer.status)
        return told

    def _connect(self, seconds: float) -> http.client.HTTPConnection:
        where = urlsplit(self.settings.plane_url)
        if where.scheme == "https":
            return http.client.HTTPSConnection(where.netloc, timeout=seconds, context=ssl.create_default_context())
        return http.client.HTTPConnection(where.netloc, timeout=seconds)


class Reporter:
    def __init__(self, exchange: Exchange, clock: Clock) -> None:
        self._exchange, self._clock = exchange, clock
        self._task: asyncio.Task[None] | None = None
        self._told: dict[str, Any] = {}
        self._taken_at = self._told_at = float("-inf")
        self._pause = 0.0
        self._closed_until = float("-inf")
        self._first_heard: datetime | None = None
        self.targets = Targets()
        self.away_since: datetime | None = clock.wall()
        self.trouble = "it has not been asked yet"

    def offer(self, snapshot: dict[str, Any], *, is_waiting: bool) -> None:
        """Report if there is something to say, or nothing was said for long; does not wait for the answer."""
        if (self._task is None or self._task.done()) and self._is_due(snapshot, is_waiting=is_waiting):
            self._task = asyncio.create_task(self._report(snapshot))

    async def finish(self) -> None:
        """Wait for a report that is on its way."""
        if self._task is not None:
            await self._task

    def _is_due(self, snapshot: dict[str, Any], *, is_waiting: bool) -> bool:
        now = self._clock.seconds()
        if now < self._closed_until:
            return False
        silent = now - self._told_at
        return silent >= (WHILE_WAITING if is_waiting else AT_LEAST_EVERY) or is_news(snapshot, self._told, now - self._taken_at)

    async def _report(self, snapshot: dict[str, Any]) -> None:
        taken_at = self._clock.seconds()
        try:
            answer = await asyncio.to_thread(self._exchange, snapshot)
            self._first_heard = self._first_heard or datetime.fromisoformat(answer["now"])
            self.targets = targets.read(answer, self._clock.seconds(), since=self._first_heard)
        except (PlaneTrouble, KeyError, TypeError, ValueError) as problem:
            self._failed(str(problem) if isinstance(problem, PlaneTrouble) else "the control plane's answer cannot be read")
            return
        self._told, self._taken_at, self._told_at, self._pause = snapshot, taken_at, self._clock.seconds(), 0.0
        self.away_since, self.trouble = None, ""

    def _failed(self, trouble: str) -> None:
        """Come back later each time, and not at the same moment as every other agent."""
        self.away_since, self.trouble = self.away_since or self._clock.wall(), trouble
        self._pause = min(_LONGEST_PAUSE, max(2.0, self._pause * 2))
        self._closed_until = self._clock.seconds() + self._pause * random.uniform(0.5, 1.0)  # noqa: S311


def _token(file: Path) -> str:
    """The agent's token; a file that others can read is refused, because then it may be known to anybody.

    In a pod a Secret's files are root's and the pod's own group reads them, so a group counts as others only where the file is ours.
    """
    try:
        found = file.stat()
        if found.st_mode & (0o077 if found.st_uid == os.geteuid() else 0o007):
            raise PlaneTrouble(f"the token file `{file.name}` can be read by others; make its mode 0600")
        return file.read_text().strip()
    except OSError as problem:
        raise PlaneTrouble(f"the token file `{file.name}` cannot be read: {problem.strerror}") from problem
