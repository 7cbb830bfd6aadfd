"""A state machine's error in words for the customer."""

import json
from collections.abc import Mapping

from orrery import errors

_INTERNAL = "an internal error stopped it; it is in the log"
_KNOWN = {
    "States.Timeout": "a step took too long",
    "Sandbox.Timedout": "a step took too long",
    "Lambda.TooManyRequestsException": "the control plane was too busy",
}


def words(error: Mapping[str, str]) -> str:
    """`error` is what a Catch keeps: Error, the class's name, and Cause, Lambda's JSON with errorMessage.

    Only our own errors speak to customers; whatever else a function raised stays in its log.
    """
    name = error.get("Error", "")
    if not _is_ours(name):
        return _KNOWN.get(name, _INTERNAL)
    try:
        return str(json.loads(error["Cause"])["errorMessage"])
    except (KeyError, TypeError, ValueError):
        return _INTERNAL


def _is_ours(name: str) -> bool:
    known = getattr(errors, name, None)
    return isinstance(known, type) and issubclass(known, errors.Error)
