"""CloudFront on this machine: an ASGI app in front of the gateway that follows the template's distribution.

One port is the console's address and the API's own, so what only the API knows (agents' and Airflows' routes) goes to the API too.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from local.cloudformation import TemplateError
from local.console.files import INDEX, Files
from local.distribution import Behavior, Distribution
from local.gateway import Gateway, Receive, Scope, Send
from local.payload import Response

NOT_BUILT = b"<!doctype html>\n<title>Orrery</title>\n<p>The console is not built on this machine: run <code>make console</code>.</p>\n"


@dataclass(frozen=True)
class Viewer:
    """What a CloudFront Function sees of a request."""

    uri: str
    """The path, percent-encoded."""
    ip: str
    headers: Mapping[str, str]


def console_pages(viewer: Viewer) -> Viewer:
    is_file = re.fullmatch(r"/(assets/.*|[^/]*\.[^/]*)", viewer.uri)
    return viewer if is_file else replace(viewer, uri=f"/{INDEX}")


def viewer_address(viewer: Viewer) -> Viewer:
    return replace(viewer, headers={**viewer.headers, "x-orrery-viewer-address": viewer.ip})


FUNCTIONS: Mapping[str, Callable[[Viewer], Viewer]] = {"ConsolePages": console_pages, "ViewerAddress": viewer_address}
"""The template's CloudFront Functions by logical id, said again in Python; a test holds them to the template's own code."""


class Edge:
    def __init__(self, distribution: Distribution, gateway: Gateway, files: Files) -> None:
        self._distribution, self._gateway, self._files = distribution, gateway, files
        if unknown := {name for each in distribution.behaviors for name in each.functions} - FUNCTIONS.keys():
            raise TemplateError(f"the local platform does not know the CloudFront Function `{min(unknown)}`: say it in local/edge.py")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._gateway(scope, receive, send)
        path = scope["raw_path"].decode("latin-1")
        behavior = self._distribution.behavior(path)
        viewer = _seen(scope, behavior)
        if behavior.origin.is_api:
            return await self._gateway(_forwarded(scope, {**viewer.headers, **behavior.origin.headers}), receive, send)
        if self._gateway.router.match(scope["method"], path):
            return await self._gateway(scope, receive, send)
        answer = (
            self._file(scope, viewer.uri) if scope["method"] in behavior.methods else _refusal(403, "Only GET and HEAD are allowed here.")
        )
        return await _send(scope, send, replace(answer, headers=[*answer.headers, *behavior.headers]))

    def _file(self, scope: Scope, uri: str) -> Response:
        file = self._files.find(uri)
        if file is None:
            return Response(503, _HTML, NOT_BUILT) if uri == f"/{INDEX}" else _refusal(404, "There is no such file.")
        headers = [("content-type", file.type), ("cache-control", file.keep), ("etag", file.tag)]
        known = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
        return Response(304, headers, b"") if known == file.tag else Response(200, headers, file.body)


_HTML = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]


def _refusal(status: int, words: str) -> Response:
    return Response(status, [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")], words.encode())


def _seen(scope: Scope, behavior: Behavior) -> Viewer:
    viewer = Viewer(scope["raw_path"].decode("latin-1"), (scope.get("client") or ("127.0.0.1",))[0], {})
    for name in behavior.functions:
        viewer = FUNCTIONS[name](viewer)
    return viewer


def _forwarded(scope: Scope, added: Mapping[str, str]) -> Scope:
    """The request with these headers and no others of their names, whatever the viewer sent."""
    ours = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in added.items()]
    theirs = [(name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() not in added]
    return {**scope, "headers": theirs + ours}


async def _send(scope: Scope, send: Send, answer: Response) -> None:
    headers = [*answer.headers, ("content-length", str(len(answer.body)))] if answer.status != 304 else answer.headers
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body if scope["method"] != "HEAD" else b""})
