"""One call of a Lambda handler, with bytes in and bytes out, as the service's Invoke API has it."""

import json
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

REGION = "us-east-1"
ACCOUNT = "123456789012"

Handler = Callable[[Any, Any], Any]


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


@dataclass(frozen=True)
class Invocation:
    """What came back; `error` is set ("Unhandled") when the payload describes a failure."""

    payload: bytes
    error: str | None = None

    @classmethod
    def failed(cls, kind: str, message: str, **more: Any) -> "Invocation":
        return cls(json.dumps({"errorType": kind, "errorMessage": message, **more}).encode(), "Unhandled")

    def value(self) -> Any:
        return json.loads(self.payload)


@dataclass
class Context:
    """The second argument of a handler: the attributes that AWS documents."""

    function_name: str
    timeout: float
    memory_limit_in_mb: str = "128"
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    identity: None = None
    client_context: None = None

    def __post_init__(self) -> None:
        self.invoked_function_arn = function_arn(self.function_name)
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = "local"
        self._end = time.monotonic() + self.timeout

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.monotonic()) * 1000))


def call(handler: Handler, payload: bytes, context: Context) -> Invocation:
    """Runs the handler to its end; an exception becomes errorType (its class name) and errorMessage."""
    try:
        result = handler(json.loads(payload or b"{}"), context)
    except Exception as error:  # whatever a handler raises is its answer
        trace = traceback.format_tb(error.__traceback__)
        return Invocation.failed(type(error).__name__, str(error), requestId=context.aws_request_id, stackTrace=trace)
    try:
        return Invocation(json.dumps(result).encode())
    except (TypeError, ValueError) as error:
        return Invocation.failed("Runtime.MarshalError", f"unable to marshal response: {error}", requestId=context.aws_request_id)
