"""The operator's door to the local plane: Lambda's Invoke and nothing else, on a socket that only its owner may open.

It stands for `aws lambda invoke`, which an operator has in AWS and a caller of the public API has not.
"""

import asyncio
import json

from local.gateway import Receive, Runtime, Scope, Send
from local.invoke import PREFIX, SUFFIX
from local.lambda_runtime import PayloadTooLarge


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
