"""The engine's process: MiniStack's DynamoDB and S3 on a loopback port, behind this machine's key and made durable.

`python -m local.aws.server --state DIR` with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment. When it
listens, `DIR/ready.json` names the port and the process.
"""

import argparse
import asyncio
import fcntl
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from local.aws.access import AccessKey, Refusal, Request, claim, payload_hash, recognize, verify
from local.aws.journal import Journal, JournalError
from local.aws.objects import Objects, mend
from local.aws.tables import Tables

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LARGEST_UNHASHED_BODY = 20 << 20
HOSTS = ("127.0.0.1", "localhost")
TARGETS = ("DynamoDB_20120810.", "DynamoDBStreams_20120810.")


class Guard:
    """The ASGI application in front of MiniStack's: lets signed DynamoDB and S3 requests pass and nothing else."""

    def __init__(self, application: Application, key: AccessKey) -> None:
        self._application = application
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
            receive = await self._admit(request, receive)
        except Refusal as refusal:
            await _refuse(send, request, refusal)
        else:
            await self._application(scope, receive, send)

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

    async def _admit(self, request: Request, receive: Receive) -> Receive:
        if self.failed:
            raise Refusal("InternalServerError", "the engine is stopping after a failed write")
        claimed = claim(request)
        recognize(claimed, self._key)
        _route(request, claimed.service)
        body = None
        if not claimed.presigned and "x-amz-content-sha256" not in request.headers:
            body = await _body(receive)
        verify(request, claimed, self._key, payload=payload_hash(request, claimed, body))
        return receive if body is None else _again(body, receive)


def _route(request: Request, service: str) -> None:
    """MiniStack also routes by target, host and path; hold all three to the service the request is signed for."""
    target = request.headers.get("x-amz-target", "")
    if request.headers.get("host", "").rpartition(":")[0] not in HOSTS:
        raise Refusal("AccessDenied", "the local engine answers under 127.0.0.1 and localhost only")
    if target.startswith(TARGETS) != (service == "dynamodb") or (service == "s3" and target):
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


def _import_ministack(state: Path) -> Any:
    """MiniStack reads its environment and the objects' files when it is imported, so both are made ready first."""
    os.environ.update(S3_PERSIST="1", S3_DATA_DIR=str(state / "s3"), PERSIST_STATE="0", SERVICES="dynamodb,dynamodbstreams,s3")
    os.environ.update(BIND_HOST="127.0.0.1", IOT_MTLS_ENABLED="0", SFTP_ENABLED="0", AUTH="false", LOG_LEVEL="WARNING")
    (state / "s3").mkdir(exist_ok=True)
    mend(state / "s3")
    return importlib.import_module("ministack.app")


def _handlers(state: Path, guard: Guard, *, sync: bool) -> dict[str, Any]:
    """The durable handlers that take the place of MiniStack's own, with everything kept in `state` restored."""
    modules = (importlib.import_module(f"ministack.{name}") for name in ("services.dynamodb", "services.s3", "core.persistence"))
    dynamodb, s3, persistence = modules
    tables = Tables(dynamodb, Journal(state / "tables.jsonl", sync=sync), guard.fail)
    objects = Objects(s3, persistence, settings=state / "buckets.json", on_failure=guard.fail)
    tables.restore()
    objects.restore()
    return {"dynamodb": tables.handle, "s3": objects.handle}


async def serve(state: Path, listener: socket.socket, key: AccessKey, *, sync: bool, leashed: bool) -> bool:
    """Serve until a signal, the end of stdin (`leashed`) or a failed write; true when it ended well."""
    ministack = _import_ministack(state)
    guard = Guard(ministack.app, key)
    ministack.SERVICE_HANDLERS.update(_handlers(state, guard, sync=sync))
    _announce(state, listener)
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout, config.keep_alive_timeout, config.loglevel = 1, 75, "WARNING"
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, guard.stop)
    if leashed:  # nobody writes to stdin: it becomes readable when its other end is gone
        loop.add_reader(sys.stdin.fileno(), guard.stop)
    await importlib.import_module("hypercorn.asyncio").serve(guard, config, shutdown_trigger=guard.stopped)
    (state / "ready.json").unlink(missing_ok=True)
    return not guard.failed


def _announce(state: Path, listener: socket.socket) -> None:
    listener.listen(100)
    port = listener.getsockname()[1]
    successor = state / "ready.new"
    successor.write_text(json.dumps({"pid": os.getpid(), "url": f"http://127.0.0.1:{port}"}))
    successor.replace(state / "ready.json")


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise JournalError(f"port {port} of 127.0.0.1 cannot be used: {(error.strerror or str(error)).lower()}") from error
    return listener


def _lock(state: Path) -> int:
    """Two engines on one directory would overwrite each other's journal; the lock ends with the process."""
    descriptor = os.open(state / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise JournalError(f"another engine already runs on `{state}`; stop it first") from error
    return descriptor


def main() -> int:
    parser = argparse.ArgumentParser(description="DynamoDB and S3 for this machine")
    parser.add_argument("--state", type=Path, required=True, help="the directory everything is kept in")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--sync", action="store_true", help="wait for the disk at every write")
    parser.add_argument("--leashed", action="store_true", help="end when stdin ends, so no engine outlives whoever started it")
    given = parser.parse_args()
    os.umask(0o077)
    try:
        key = AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        given.state.mkdir(parents=True, exist_ok=True)
        held = _lock(given.state)
        well = asyncio.run(serve(given.state, _listener(given.port), key, sync=given.sync, leashed=given.leashed))
        os.close(held)
    except (JournalError, OSError) as error:
        print(f"the local AWS engine cannot start: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyError as error:
        print(f"the local AWS engine cannot start: {error.args[0]} is not set", file=sys.stderr, flush=True)
        return 1
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
