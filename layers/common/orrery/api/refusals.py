"""How a failure is told: `{message, requestId, statusCode, code, fieldErrors?}`, with the cause in the log and never in the answer."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from orrery.errors import Error, FieldError, Invalid

RETRY_AFTER_SECONDS = "2"
_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "datetime_from_date_parsing": "must be a time such as `2026-03-16T03:50:36Z`",
    "datetime_parsing": "must be a time such as `2026-03-16T03:50:36Z`",
    "datetime_type": "must be a time such as `2026-03-16T03:50:36Z`",
    "timezone_aware": "must say its time zone, as in `2026-03-16T03:50:36Z`",
    "value_error": "{error}",
}

log = logging.getLogger("orrery")


def told(problem: Exception, request_id: str) -> Error:
    """The failure as one of ours; what is our own fault is logged with its cause."""
    error = _translated(problem)
    if error.status >= 500:
        log.error("request %s failed: %s", request_id, problem, exc_info=problem)
    return error


def answer(error: Error, request_id: str) -> dict[str, Any]:
    """A failure as the gateway wants it."""
    body: dict[str, Any] = {"message": error.message, "requestId": request_id, "statusCode": error.status, "code": error.code}
    if error.field_errors:
        body["fieldErrors"] = [{"field": each.field, "code": each.code, "message": each.message} for each in error.field_errors]
    headers = {"Content-Type": "application/json"} | ({"Retry-After": RETRY_AFTER_SECONDS} if error.status == 503 else {})
    return {"statusCode": error.status, "headers": headers, "body": json.dumps(body), "isBase64Encoded": False}


def _translated(problem: Exception) -> Error:
    if isinstance(problem, Error):
        return problem
    if isinstance(problem, RequestValidationError):
        return _invalid(problem.errors())
    return Error("something broke on our side; quote the request id when you ask for help")


def _invalid(problems: Sequence[Any]) -> Invalid:
    fields = tuple(_field_error(problem) for problem in problems)
    if fields == (FieldError("", "MISSING", "is required"),):
        return Invalid("this request needs a body")
    return Invalid("; ".join(dict.fromkeys(f"`{each.field}` {each.message}" for each in fields)), field_errors=fields)


def _field_error(problem: dict[str, Any]) -> FieldError:
    kind = problem["type"]
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        problem = {**problem, "loc": (*problem["loc"], problem["ctx"]["discriminator"].strip("'"))}
        kind = "missing" if kind == "union_tag_not_found" else kind
    template = _WORDS.get(kind)
    message = template.format(**problem.get("ctx", {})) if template else problem["msg"].removeprefix("Input ")
    return FieldError(_path(problem["loc"]), kind.upper(), message[:1].lower() + message[1:])


def _path(location: Sequence[str | int]) -> str:
    """`("body", "STANDARD", "workerQueues", 0, "name")` as `workerQueues[0].name`, without union tags."""
    path = ""
    last = max(place for place, part in enumerate(location) if isinstance(part, str))
    for part in location[last:] if location[0] == "query" else location[1:]:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part[:1].islower():
            path += f".{part}" if path else part
    return path
