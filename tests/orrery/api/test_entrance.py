"""The API's door: what cannot be a request is refused before anybody reads it, and every failure looks the same."""

import base64
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from orrery.api import entrance
from orrery.api.wire.base import Request
from orrery.authz.principal import Principal
from orrery.errors import Conflict, Unavailable
from orrery.model.audit import Record
from orrery.store import audit
from pydantic import Field

from tests.support.builders import a_principal
from tests.support.http import Answer, event, parse

router = entrance.routes()


class Moon(Request):
    name: str
    craters: list[dict[str, Any]] = Field([])


@router.get("/broken")
def broken() -> dict[str, str]:
    raise ZeroDivisionError("the password is hunter2")


@router.get("/away")
def away() -> dict[str, str]:
    raise Unavailable("the moon is behind the earth")


@router.get("/misrendered")
def misrendered() -> list[int]:
    return ["not a number"]  # type: ignore[list-item]


@router.get("/me")
def me(caller: entrance.Caller) -> dict[str, str]:
    return {"id": caller.id}


@router.post("/moons")
def moon(body: Moon) -> dict[str, str]:
    if body.name == "taken":
        raise Conflict("moon `taken` is already there")
    return {"name": body.name}


HANDLER = entrance.serve(entrance.resolver(router), authenticate=lambda _: a_principal())


@pytest.fixture(autouse=True)
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """What came to the audit log; there is no table here."""
    records: list[Record] = []
    monkeypatch.setattr(audit, "append", records.append)
    return records


def send(method: str, path: str, text: str = "", *, headers: dict[str, str] | None = None, **changes: Any) -> Answer:
    sent = event(method, f"/v1{path}", text=text, headers=headers or {"content-type": "application/json"})
    sent["requestContext"]["requestId"] = "request-1"
    return parse(HANDLER(sent | changes, None))


def test_a_request_that_is_well_is_answered_with_its_id() -> None:
    answer = send("POST", "/moons", '{"name": "europa"}')

    assert (answer.status, answer.body) == (200, {"name": "europa"})
    assert answer.headers["x-request-id"] == "request-1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs a body"),
        ("{", "not valid JSON: line 1, column 2"),
        ("[]", "must be a JSON object"),
        ('"moon"', "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('{"name": NaN}', "number that JSON cannot carry"),
        ('{"name": "\\ud800"}', "surrogate"),
        ('{"name": ' + "[" * 40 + "]" * 40 + "}", "deeper than 32"),
        ("[" * 100_000, "deeper than 32"),
        ('{"name": ' + "9" * 5000 + "}", "number that JSON cannot carry"),
    ],
)
def test_a_body_that_no_route_could_take_is_refused(text: str, words: str) -> None:
    refused = send("POST", "/moons", text)

    assert (refused.status, refused.body["code"]) == (400, "INVALID")
    assert words in refused.body["message"]


def test_a_body_may_come_in_base64() -> None:
    text = base64.b64encode(json.dumps({"name": "Io"}).encode()).decode()

    assert send("POST", "/moons", text, isBase64Encoded=True).body == {"name": "Io"}
    assert send("POST", "/moons", "%%%", isBase64Encoded=True).status == 400
    assert send("POST", "/moons", base64.b64encode(b'{"name": "\xff"}').decode(), isBase64Encoded=True).status == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_only_json_is_taken(kind: str) -> None:
    refused = send("POST", "/moons", '{"name": "europa"}', headers={"content-type": kind})

    assert refused.status == 400
    assert "`Content-Type: application/json`" in refused.body["message"]


def test_a_charset_behind_the_content_type_is_fine() -> None:
    assert send("POST", "/moons", '{"name": "Io"}', headers={"content-type": "application/json; charset=utf-8"}).status == 200


def test_too_large_a_body_is_refused_as_such() -> None:
    refused = send("POST", "/moons", json.dumps({"name": "x" * 1024 * 1024}))

    assert (refused.status, refused.body["code"]) == (413, "TOO_LARGE")


def test_a_field_that_cannot_be_taken_is_named_with_the_way_there() -> None:
    refused = send("POST", "/moons", '{"name": 1, "craters": [{}, "Tycho"], "colour": "grey"}')

    assert refused.status == 400
    assert refused.body == {
        "message": "`name` must be a string; `craters[1]` must be an object; `colour` is not a field of this request",
        "requestId": "request-1",
        "statusCode": 400,
        "code": "INVALID",
        "fieldErrors": [
            {"field": "name", "code": "STRING_TYPE", "message": "must be a string"},
            {"field": "craters[1]", "code": "DICT_TYPE", "message": "must be an object"},
            {"field": "colour", "code": "EXTRA_FORBIDDEN", "message": "is not a field of this request"},
        ],
    }


def test_a_refusal_of_the_house_keeps_its_words_status_and_code() -> None:
    refused = send("POST", "/moons", '{"name": "taken"}')

    assert refused.body == {"message": "moon `taken` is already there", "requestId": "request-1", "statusCode": 409, "code": "CONFLICT"}
    assert refused.headers["content-type"] == "application/json"


def test_what_is_away_says_when_to_come_back() -> None:
    away = send("GET", "/away")

    assert (away.status, away.body["code"]) == (503, "UNAVAILABLE")
    assert int(away.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/broken", "/misrendered"])
def test_what_breaks_on_our_side_shows_nothing_of_the_inside(path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="orrery"):
        broken = send("GET", path)

    assert broken.status == 500
    assert broken.body["requestId"] == "request-1"
    assert set(broken.body) == {"message", "requestId", "statusCode", "code"}
    assert "hunter2" not in json.dumps(broken.body)
    assert "request-1" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/moons"), ("GET", "/"), ("DELETE", "/moons/1")])
def test_an_operation_that_does_not_exist_is_missing(method: str, path: str) -> None:
    missing = send(method, path)

    assert (missing.status, missing.body["code"]) == (404, "NOT_FOUND")
    assert missing.body["requestId"] == "request-1"


def test_who_is_asking_is_settled_before_what_is_asked() -> None:
    def nobody(_: str) -> Principal:
        raise AssertionError("asked")

    handler: Callable[..., dict[str, Any]] = entrance.serve(entrance.resolver(router), authenticate=nobody)

    assert parse(handler(event("POST", "/v1/moons", text="{"), None)).status == 500, "the body was read first"
    assert send("GET", "/me").body == {"id": a_principal().id}
