"""The Kubernetes API as the agent uses it: plain requests with an end in time, and watches that are hung up on when they fall silent.

The agent needs six kinds, their logs, and five verbs of it; the official client would be most of its image.
"""

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from agent.home import HomeTrouble

Manifest = dict[str, Any]

_SECONDS = 5.0
"""For one object: the agent has two seconds a round, and whatever takes longer is better asked again."""
_LIST_SECONDS = 30.0
_SILENCE = 90.0
"""A watch hears a bookmark each minute; one that hears nothing for longer has lost its server."""
_WATCH_SECONDS = 290
"""After so long the server ends a watch by itself, and it is begun again where it was."""
_PAGE = 500
_LARGEST = 64_000_000
"""Bytes of one answer; a page of 500 pods has about five million."""
APPLY, MERGE = "application/apply-patch+yaml", "application/merge-patch+json"


class Refused(HomeTrouble):
    """The API server said no; `status` is its answer."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Access:
    """How the API server is reached: a service account's files, which the cluster renews, so they are read again at each request."""

    url: str
    certificates: Path
    token: Path

    @cached_property
    def trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.certificates)
        # on since Python 3.13, and refuses the authorities of EKS, which bear no key identifier; signatures and names are checked as ever
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context


class Api:
    def __init__(self, access: Access) -> None:
        self._access = access
        self.requests = 0
        """How many were made so far."""

    def get(self, path: str) -> Manifest:
        return self._ask("GET", path)

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Manifest]:
        """A list, page by page."""
        more: Mapping[str, str] = {}
        while True:
            page = self._ask("GET", path, {**query, "limit": str(_PAGE), **more}, seconds=_LIST_SECONDS)
            yield page
            if not (token := page["metadata"].get("continue")):
                return
            more = {"continue": token}

    def watch(self, path: str, query: Mapping[str, str], after: str) -> Iterator[Manifest]:
        """What happens after a resource version, bookmarks included, until the server has told for long enough."""
        bounds = {"watch": "1", "allowWatchBookmarks": "true", "resourceVersion": after, "timeoutSeconds": str(_WATCH_SECONDS)}
        for line in self.lines(path, {**query, **bounds}, longest=_LARGEST, silence=_SILENCE):
            yield json.loads(line)

    def lines(self, path: str, query: Mapping[str, str], *, longest: int, silence: float = _SECONDS) -> Iterator[bytes]:
        """A text as its lines come, each cut at so many bytes; what is not ended yet is left out. Closing it hangs up."""
        with closing(self._connect(silence)) as connection:
            try:
                answer = self._answer(connection, "GET", path, query)
                if answer.status >= 400:
                    raise _refusal(answer.status, json.loads(answer.read(_LARGEST)))
                while line := answer.readline(longest):
                    rest = line
                    while rest and not rest.endswith(b"\n"):
                        rest = answer.readline(longest)
                    if rest:
                        yield line
            except (OSError, http.client.HTTPException, ValueError) as problem:
                raise HomeTrouble(f"the cluster does not answer: {problem or type(problem).__name__}") from problem

    def change(self, path: str, body: Manifest, *, kind: str, query: Mapping[str, str] | None = None) -> Manifest:
        """A patch of one object."""
        return self._ask("PATCH", path, query, body, kind=kind)

    def delete(self, path: str, *, uid: str, version: str) -> None:
        """One object, if it is still that very one and as it was seen; it ends in its own time."""
        self._ask("DELETE", path, None, {"preconditions": {"uid": uid, "resourceVersion": version}})

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Manifest | None = None,
        *,
        kind: str = "application/json",
        seconds: float = _SECONDS,
    ) -> Manifest:
        with closing(self._connect(seconds)) as connection:
            try:
                answer = self._answer(connection, method, path, query, body, kind)
                told: Manifest = json.loads(answer.read(_LARGEST))
            except (OSError, http.client.HTTPException, ValueError) as problem:
                raise HomeTrouble(f"the cluster does not answer: {problem or type(problem).__name__}") from problem
        if answer.status >= 400:
            raise _refusal(answer.status, told)
        return told

    def _answer(
        self,
        connection: http.client.HTTPSConnection,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Manifest | None = None,
        kind: str = "application/json",
    ) -> http.client.HTTPResponse:
        self.requests += 1
        token = self._access.token.read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Content-Type": kind, "User-Agent": "orrery-agent"}
        connection.request(method, f"{path}?{urlencode(query)}" if query else path, json.dumps(body) if body else None, headers)
        return connection.getresponse()

    def _connect(self, seconds: float) -> http.client.HTTPSConnection:
        where = urlsplit(self._access.url)
        return http.client.HTTPSConnection(where.hostname or "", where.port, timeout=seconds, context=self._access.trusted)


def _refusal(status: int, told: Manifest) -> Refused:
    return Refused(f"the cluster answered {status}: {told.get('message', '')}"[:500], status)
