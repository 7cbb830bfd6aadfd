"""The HTTP API on this machine: an ASGI app that answers as API Gateway does in front of the template's functions.

Limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from typing import Any, Protocol

from local import payload
from local.invocation import Invocation
from local.lambda_runtime import PayloadTooLarge
from local.payload import Request, Response
from local.routing import Router
from local.template import Stack

REQUEST_LIMIT = 10 * 1024 * 1024
HEADER_LIMIT = 10_240
INTEGRATION_TIMEOUT = 30.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Runtime(Protocol):
    def submit(self, name: str, payload: bytes) -> "Future[Invocation]": ...


class _RequestTooLarge(Exception):
    """More than the gateway takes, whatever the function would say."""


class Gateway:
    def __init__(self, stack: Stack, functions: Runtime, *, integration_timeout: float = INTEGRATION_TIMEOUT) -> None:
        self.stack, self.functions, self.integration_timeout = stack, functions, integration_timeout
        self.router = Router(stack.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await _lifespan(receive, send)
        request = _request(scope)
        try:
            answer = await self.answer(request, await _read(receive), scope["raw_path"].decode("latin-1"))
        except _RequestTooLarge:
            answer = _too_large(request, "the request is larger than the 10 MB that the gateway takes")
        headers = [*answer.headers, ("apigw-requestid", request.id), ("content-length", str(len(answer.body)))]
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body if request.method != "HEAD" else b""})
        return None

    async def answer(self, request: Request, body: bytes, raw_path: str) -> Response:
        if sum(len(name) + len(value) for name, value in request.headers) > HEADER_LIMIT:
            return Response.json(431, {"message": "Request Header Fields Too Large"})
        match = self.router.match(request.method, raw_path)
        if match is None:
            return Response.json(404, {"message": "Not Found"})
        request = Request(request.method, request.path, request.query, request.headers, body, request.source_ip, request.id)
        try:
            running = self.functions.submit(match.route.function, json.dumps(payload.event(request, match)).encode())
        except PayloadTooLarge:
            return _too_large(
                request, "the request is larger than 6 MB as a function gets it (bodies that are not text grow by a third in base64)"
            )
        limit = min(self.integration_timeout, self.stack.function(match.route.function).timeout)
        try:
            # the function runs on past the limit, unheard; its thread is not cancelled
            return _response(await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(running)), limit))
        except TimeoutError:
            return Response.json(503, {"message": "Service Unavailable"})


def _response(answer: Invocation) -> Response:
    if answer.error:
        return Response.json(500, {"message": "Internal Server Error"})
    try:
        return payload.response(answer.value())
    except payload.Malformed:
        return Response.json(500, {"message": "Internal Server Error"})


def _too_large(request: Request, message: str) -> Response:
    if request.header("x-ms-blob-type") or request.method == "PUT":
        message += ": upload it in blocks of 1 MiB, each with `comp=block&blockid=...`, then commit them with `comp=blocklist`"
    return Response.json(413, {"message": message, "requestId": request.id, "statusCode": 413})


def _request(scope: Scope) -> Request:
    client = (scope.get("client") or ("127.0.0.1",))[0]
    server = str((scope.get("server") or ("", 80))[1])
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    forwarded = [("x-forwarded-for", client), ("x-forwarded-port", server), ("x-forwarded-proto", scope.get("scheme", "http"))]
    # as API Gateway does, the caller's own x-forwarded-for stays in front; the other two are the gateway's to say
    headers = [(name, value) for name, value in headers if name not in ("x-forwarded-port", "x-forwarded-proto")] + forwarded
    return Request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, source_ip=client)


async def _read(receive: Receive) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= REQUEST_LIMIT:
            chunks.append(chunk)
        if not message.get("more_body"):
            # read to the end before refusing, or the caller would see a broken connection and no answer
            if size > REQUEST_LIMIT:
                raise _RequestTooLarge
            return b"".join(chunks)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
