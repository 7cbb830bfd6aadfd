"""The operator's door to the local plane: Lambda's Invoke and nothing else, on a socket that only its owner may open.

It stands for `aws lambda invoke`, which an operator has in AWS and a caller of the public API has not.
"""

import asyncio
import http.client
import json
import urllib.parse
from pathlib import Path
from typing import Any

from local import sockets
from local.gateway import Receive, Runtime, Scope, Send
from local.lambda_runtime import PayloadTooLarge

PREFIX, SUFFIX = "/2015-03-31/functions/", "/invocations"


class Admin:
    """The ASGI app behind the socket."""

    def __init__(self, functions: Runtime) -> None:
        self.functions = functions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return None
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        path = scope["path"]
        if scope["method"] != "POST" or not (path.startswith(PREFIX) and path.endswith(SUFFIX)):
            return await _send(send, 404, b'{"Message": "only Invoke is here"}')
        name = path.removeprefix(PREFIX).removesuffix(SUFFIX)
        try:
            answer = await asyncio.wrap_future(self.functions.submit(name, body))
        except KeyError:
            return await _send(send, 404, json.dumps({"Message": f"Function not found: {name}"}).encode())
        except PayloadTooLarge as error:
            return await _send(send, 413, json.dumps({"Message": str(error)}).encode())
        return await _send(send, 200, answer.payload, answer.error)


async def _send(send: Send, status: int, body: bytes, error: str | None = None) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if error:
        headers.append((b"x-amz-function-error", error.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class InvokeFailed(Exception):
    """The function raised; the message is its own."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path, self._timeout = path, timeout

    def connect(self) -> None:
        self.sock = sockets.connect(self._path, timeout=self._timeout)


def invoke(path: Path, function: str, event: Any, *, timeout: float = 60.0) -> Any:
    """Calls a function of the plane whose socket this is; raises `InvokeFailed` when the function does."""
    connection = _Connection(path, timeout)
    try:
        connection.request("POST", f"{PREFIX}{urllib.parse.quote(function)}{SUFFIX}", json.dumps(event).encode())
        response = connection.getresponse()
        answer = json.loads(response.read())
    finally:
        connection.close()
    if response.status != 200:
        raise InvokeFailed(str(answer.get("Message", answer)))
    if response.getheader("x-amz-function-error"):
        raise InvokeFailed(f"{answer.get('errorType')}: {answer.get('errorMessage')}")
    return answer
