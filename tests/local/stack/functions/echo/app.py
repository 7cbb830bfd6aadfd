"""Answers with what it was given, or does what the path asks for."""

import json
import time
from typing import Any

LOADED = time.monotonic_ns()


def handler(event: dict[str, Any], context: Any) -> Any:
    path = event.get("rawPath", "")
    if path.endswith("/raise"):
        raise LookupError("nothing here")
    if path.endswith("/cookies"):
        return {"statusCode": 200, "headers": {"X-Thing": "1"}, "cookies": ["a=1; Path=/", "b=2"], "body": "ok"}
    if path.endswith("/binary"):
        return {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": "iVBORw==", "isBase64Encoded": True}
    if path.endswith("/bare"):
        return {"hello": "world"}
    if path.endswith("/nonsense"):
        return {"statusCode": "soon"}
    if path.endswith("/large"):
        return {"statusCode": 200, "body": "x" * (6 * 1024 * 1024)}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps({"event": event, "loaded": LOADED})}
