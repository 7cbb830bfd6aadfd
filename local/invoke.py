"""Invokes a function of the local plane through its operator's socket, as `aws lambda invoke` does in AWS."""

import http.client
import json
import urllib.parse
from pathlib import Path
from typing import Any

from local import sockets

PREFIX, SUFFIX = "/2015-03-31/functions/", "/invocations"
"""The path of Lambda's own Invoke."""


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
