"""Whoever comes to an address of ours: their request is read within bounds, answered once, and nothing of it is kept or sent on."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agent import waking_page

PATIENCE = 5.0
"""Seconds that a client may take for its request."""
_ANSWER_SECONDS = 15.0
LARGEST_HEAD = 16 * 1024
PROBES = ("/api/v2/monitor/health", "/favicon.ico", "/robots.txt")
"""Paths that machines ask for all day: they are answered and wake nobody."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    host: str
    wants_page: bool
    origin: str = ""
    """Of the page whose script asks, as a browser names it: always for another origin's, never for a person who follows a link."""

    @property
    def wakes(self) -> bool:
        """Whether somebody needs the Airflow: a look at whether it is there yet is no visit, nor is what another site's page reads."""
        is_foreign = bool(self.origin) and self.origin.rpartition("//")[2] != self.host
        return self.method not in ("HEAD", "OPTIONS") and not is_foreign and self.path.partition("?")[0] not in PROBES


class Listener:
    """One port, and what is answered to those who come to it."""

    def __init__(self, answer: Callable[[Request], Awaitable[bytes]], most: int) -> None:
        """`most` connections at once; more are closed unanswered."""
        self._answer, self._most = answer, most
        self._server: asyncio.Server | None = None
        self._open = 0

    async def open(self, host: str, port: int) -> bool:
        """False while somebody else has the port."""
        try:
            self._server = await asyncio.start_server(self._serve, host, port, limit=LARGEST_HEAD)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """The port is free at once; what is being answered is answered."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= self._most:
                async with asyncio.timeout(PATIENCE + _ANSWER_SECONDS):
                    writer.write(await self._told(reader))
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _told(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE):
                request = parse(await reader.readuntil(b"\r\n\r\n"))
        except (asyncio.LimitOverrunError, ValueError):
            return waking_page.plain(400, "the request cannot be read")
        return await self._answer(request)


def parse(head: bytes) -> Request:
    """A request's first lines; `ValueError` when they are none, or name two hosts."""
    first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, version = first.split(" ")
    fields = [(name.strip().lower(), value.strip()) for name, colon, value in (line.partition(":") for line in rest) if colon]
    hosts = [value.lower() for name, value in fields if name == "host"]
    if len(hosts) != 1 or not version.startswith("HTTP/1.") or not path.startswith("/"):
        raise ValueError("not a request")
    accepts = ",".join(value for name, value in fields if name == "accept")
    origin = next((value.lower() for name, value in fields if name == "origin"), "")
    return Request(method, path, hosts[0], method == "GET" and "text/html" in accepts, origin)
