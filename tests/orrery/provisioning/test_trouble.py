"""What went wrong, in words for the customer: our own errors speak, everything else stays in the log."""

import json

import pytest
from orrery.provisioning.trouble import words


def caught(name: str, message: str) -> dict[str, str]:
    return {"Error": name, "Cause": json.dumps({"errorType": name, "errorMessage": message, "stackTrace": ["line 1"]})}


@pytest.mark.parametrize("name", ["DataPlaneFailed", "Unavailable", "NotReadyYet", "WorkersBusy"])
def test_our_own_errors_are_quoted(name: str) -> None:
    assert words(caught(name, "the cluster has no room")) == "the cluster has no room"


@pytest.mark.parametrize("name", ["KeyError", "Runtime.ExitError", "Lambda.Unknown", "FieldError", "annotations", ""])
def test_nobody_elses_are(name: str) -> None:
    told = words(caught(name, "'password': 'hunter2'"))
    assert "hunter2" not in told
    assert told == "an internal error stopped it; it is in the log"


@pytest.mark.parametrize("name", ["States.Timeout", "Sandbox.Timedout"])
def test_a_timeout_is_called_one(name: str) -> None:
    assert words({"Error": name, "Cause": "2026-01-01T00:00:00.000Z 1d0 Task timed out after 300.00 seconds"}) == "a step took too long"


@pytest.mark.parametrize("cause", ["not json", "[]", '{"errorType": "Unavailable"}', None])
def test_a_cause_nobody_can_read_is_an_internal_error(cause: str) -> None:
    assert words({"Error": "Unavailable", "Cause": cause}) == "an internal error stopped it; it is in the log"


def test_no_error_at_all_is_an_internal_one() -> None:
    assert words({}) == "an internal error stopped it; it is in the log"
