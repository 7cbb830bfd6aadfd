"""What a body may be before anybody reads it: JSON, an object, of a sensible size and depth, in characters that can be stored."""

import base64
import binascii
import json
from typing import Any

from orrery.errors import Invalid, TooLarge

LARGEST = 1024 * 1024
"""Bytes; the longest legal request (a Deployment with all its environment variables) is far below it."""
DEEPEST = 32


def examine(event: dict[str, Any]) -> None:
    """Refuse a body that no route could take."""
    read(event)


def read(event: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON object that a request brings, or nothing if it brings none."""
    raw = event.get("body") or ""
    if not raw or event["requestContext"]["http"]["method"] in ("GET", "HEAD", "DELETE"):
        return None
    if len(raw) > LARGEST:
        raise TooLarge(f"the body has more than {LARGEST // 1024} KiB")
    kind = event.get("headers", {}).get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Invalid(f"the body must be JSON, sent with `Content-Type: application/json`, not `{kind or 'none'}`")
    return _checked(_parse(_text(raw, encoded=bool(event.get("isBase64Encoded")))))


def _text(raw: str, *, encoded: bool) -> str:
    try:
        return base64.b64decode(raw, validate=True).decode() if encoded else raw
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise Invalid("the body is not UTF-8 text") from problem


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as problem:
        raise Invalid(f"the body is nested deeper than {DEEPEST} levels") from problem
    except json.JSONDecodeError as problem:
        raise Invalid(f"the body is not valid JSON: line {problem.lineno}, column {problem.colno}") from problem
    except ValueError as problem:
        raise Invalid("the body holds a number that JSON cannot carry") from problem


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _checked(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Invalid("the body must be a JSON object")
    if _deeper_than(body, DEEPEST):
        raise Invalid(f"the body is nested deeper than {DEEPEST} levels")
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as problem:
        raise Invalid("the body holds half of a surrogate pair, which is no character") from problem
    return body


def _deeper_than(value: Any, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(each, levels - 1) for each in inside)
