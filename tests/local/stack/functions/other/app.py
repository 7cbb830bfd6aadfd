"""A second function, to see which of two routes won; it waits for its test when it is asked to."""

import json
import threading
from typing import Any

GATES: dict[str, threading.Event] = {}


def handler(event: dict[str, Any], context: Any) -> Any:
    if gate := GATES.get(event.get("rawPath", event.get("gate", ""))):
        gate.wait(20)
    return {"statusCode": 200, "body": json.dumps({"function": context.function_name, "remaining": context.get_remaining_time_in_millis()})}
