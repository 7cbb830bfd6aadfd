"""The ASGI application in front of MiniStack and the mailbox: lets signed DynamoDB, KMS, S3 and SES requests pass, and nothing else."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from local.aws.access import AccessKey, Refusal, Request, claim, payload_hash, recognize, verify
from local.aws.journal import JournalError

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LARGEST_UNHASHED_BODY = 20 << 20
TARGETED = {"dynamodb": ("DynamoDB_20120810.", "DynamoDBStreams_20120810."), "kms": ("TrentService.",)}
"""The services whose operations are told by a header, and how that begins; the others' are told by method and path."""


class Guard:
    """Admits requests, and ends the process: on request, or when memory can no longer be trusted."""

    def __init__(self, application: Application, key: AccessKey, *, mailbox: Application, hosts: Collection[str]) -> None:
        self._application = application
        self._hosts = hosts
        self._mailbox = mailbox
        self._key = key
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.failed = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":  # MiniStack's own starts schedulers, init scripts and container reapers
            await _lifespan(receive, send)
        if scope["type"] != "http":
            return
        request = _request(scope)
        try:
            service, receive = await self._admit(request, receive)
        except Refusal as refusal:
            await _refuse(send, request, refusal)
        else:
            await (self._mailbox if service == "ses" else self._application)(scope, receive, send)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)

    def fail(self, error: JournalError) -> None:
        """Memory may be ahead of the files: answer nobody from it, end, and let the next start read the files."""
        if not self.failed:
            self.failed = True
            print(f"the local AWS engine stops: {error}", file=sys.stderr, flush=True)
            self.stop()

    async def stopped(self) -> None:
        await self._stop.wait()

    async def _admit(self, request: Request, receive: Receive) -> tuple[str, Receive]:
        """The service that a request may go on to, and its body again where that was read for its signature."""
        if self.failed:
            raise Refusal("InternalServerError", "the engine is stopping after a failed write")
        claimed = claim(request)
        recognize(claimed, self._key)
        _route(request, claimed.service, self._hosts)
        body = None
        if not claimed.presigned and "x-amz-content-sha256" not in request.headers:
            body = await _body(receive)
        verify(request, claimed, self._key, payload=payload_hash(request, claimed, body))
        return claimed.service, receive if body is None else _again(body, receive)


def _route(request: Request, service: str, hosts: Collection[str]) -> None:
    """MiniStack also routes by target, host and path; hold all three to the service the request is signed for."""
    target = request.headers.get("x-amz-target", "")
    if request.headers.get("host", "").rpartition(":")[0] not in hosts:
        raise Refusal("AccessDenied", f"the local engine answers under {' and '.join(sorted(hosts))} only")
    if not target.startswith(TARGETED[service]) if service in TARGETED else target:
        raise Refusal("UnknownOperationException", f"`{target or request.path}` is not an operation of {service}")
    if request.path.startswith("/_"):
        raise Refusal("AccessDenied", f"`{request.path}` is not served")


def _request(scope: Message) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("utf-8", "replace")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return Request(scope["method"], scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1"), headers)


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_UNHASHED_BODY:
            raise Refusal("RequestEntityTooLarge", "the request is larger than any DynamoDB request")
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that first gives out a body which has been read already."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def _refuse(send: Send, request: Request, refusal: Refusal) -> None:
    if "x-amz-target" in request.headers:
        kind, text = "application/x-amz-json-1.0", json.dumps({"__type": refusal.code, "message": str(refusal)})
    else:
        message = str(refusal).replace("&", "&amp;").replace("<", "&lt;")
        kind, text = "application/xml", f"<Error><Code>{refusal.code}</Code><Message>{message}</Message></Error>"
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(text.encode())).encode()), (b"connection", b"close")]
    status = 500 if refusal.code == "InternalServerError" else 403
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else text.encode()})


async def _lifespan(receive: Receive, send: Send) -> None:
    message: Message = {"type": ""}
    while message["type"] != "lifespan.shutdown":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
