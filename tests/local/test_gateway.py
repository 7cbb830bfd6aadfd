"""The local gateway gives functions the events that API Gateway would give, and callers its limits and its errors."""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import pytest

from local.gateway import Gateway
from local.lambda_runtime import Functions
from local.template import Stack

MEGABYTE = 1024 * 1024


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class Client:
    """Asks an application that answers HTTP, without a network."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, method: str, url: str, *, headers: list[tuple[str, str]] | None = None, body: bytes = b"") -> Answer:
        path, _, query = url.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": quote(path, safe="/%").encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in [("host", "api.local:8888"), *(headers or [])]],
            "client": ("127.0.0.9", 5),
            "server": ("127.0.0.1", 8888),
            "scheme": "http",
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        raw = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        return Answer(sent[0]["status"], raw, sent[1]["body"])

    def event(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        event: dict[str, Any] = self(*args, **kwargs).json()["event"]
        return event


@pytest.fixture
def client(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("TABLE_NAME", "STAGE", "JOINED", "BUCKET_ARN", "LITERAL"):
        monkeypatch.setenv(name, "")  # so that what the stack sets goes when the test ends
    functions = Functions(stack, threads=4)
    yield Client(Gateway(stack, functions, integration_timeout=5))
    functions.close()


def test_an_event_has_the_shape_of_payload_2(client: Client) -> None:
    event = client.event("GET", "/v1/things/a%20b?x=1&y=&x=2", headers=[("user-agent", "probe"), ("x-many", "1"), ("X-Many", "2")])
    context = event["requestContext"]
    assert (event["version"], event["routeKey"], event["rawPath"], event["rawQueryString"]) == (
        "2.0",
        "GET /v1/things/{id}",
        "/v1/things/a b",
        "x=1&y=&x=2",
    )
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["pathParameters"] == {"id": "a b"}
    assert event["headers"]["x-many"] == "1,2"
    assert event["headers"]["x-forwarded-for"] == "127.0.0.9"
    assert context["http"] == {
        "method": "GET",
        "path": "/v1/things/a b",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.9",
        "userAgent": "probe",
    }
    assert (context["stage"], context["domainName"], context["routeKey"]) == ("$default", "api.local:8888", "GET /v1/things/{id}")
    assert "body" not in event
    assert "cookies" not in event


def test_the_request_id_is_told_to_the_function_and_to_the_caller(client: Client) -> None:
    answer = client("GET", "/v1/x")
    assert answer.header("apigw-requestid") == answer.json()["event"]["requestContext"]["requestId"]


def test_cookies_come_apart_from_the_headers(client: Client) -> None:
    event = client.event("GET", "/v1/x", headers=[("cookie", "a=1; b=2")])
    assert event["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in event["headers"]


def test_text_travels_as_text_and_the_rest_in_base64(client: Client) -> None:
    text = client.event("POST", "/v1/x", headers=[("content-type", "application/json; charset=utf-8")], body=b'{"a": 1}')
    assert (text["body"], text["isBase64Encoded"]) == ('{"a": 1}', False)
    binary = client.event("POST", "/v1/x", headers=[("content-type", "application/x-tar")], body=b"\x00abc")
    assert (base64.b64decode(binary["body"]), binary["isBase64Encoded"]) == (b"\x00abc", True)
    broken = client.event("POST", "/v1/x", headers=[("content-type", "text/plain")], body=b"\xff")
    assert broken["isBase64Encoded"] is True


def test_responses_keep_their_cookies_and_binary_bodies(client: Client) -> None:
    answer = client("GET", "/v1/cookies")
    assert [value for name, value in answer.headers if name == "set-cookie"] == ["a=1; Path=/", "b=2"]
    assert answer.header("x-thing") == "1"
    assert client("GET", "/v1/binary").body == base64.b64decode("iVBORw==")


def test_an_answer_without_a_status_is_a_body(client: Client) -> None:
    answer = client("GET", "/v1/bare")
    assert (answer.status, answer.json(), answer.header("content-type")) == (200, {"hello": "world"}, "application/json")


@pytest.mark.parametrize("path", ["/v1/raise", "/v1/nonsense", "/v1/large"])
def test_a_function_that_fails_is_an_internal_server_error_and_tells_nothing(client: Client, path: str) -> None:
    answer = client("GET", path)
    assert (answer.status, answer.json()) == (500, {"message": "Internal Server Error"})


def test_a_path_that_no_route_knows_is_not_found(client: Client) -> None:
    answer = client("GET", "/v2/x")
    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})


def test_more_than_ten_megabytes_are_refused_by_the_gateway(client: Client) -> None:
    answer = client("POST", "/v1/x", body=b"x" * (10 * MEGABYTE + 1))
    assert (answer.status, answer.json()["message"]) == (413, "the request is larger than the 10 MB that the gateway takes")
    upload = client("PUT", "/v1/x", body=b"x" * (10 * MEGABYTE + 1))
    assert (upload.status, upload.json()["statusCode"], "comp=blocklist" in upload.json()["message"]) == (413, 413, True)


def test_six_megabytes_count_after_base64_and_the_refusal_names_the_block_protocol(client: Client) -> None:
    headers = [("content-type", "application/x-tar"), ("x-ms-blob-type", "BlockBlob")]
    assert client("PUT", "/v1/x", headers=headers, body=b"x" * (4 * MEGABYTE)).status == 200
    answer = client("PUT", "/v1/x", headers=headers, body=b"x" * (5 * MEGABYTE))
    assert answer.status == 413
    assert answer.json()["statusCode"] == 413
    assert answer.json()["requestId"] == answer.header("apigw-requestid")
    assert "comp=blocklist" in answer.json()["message"]


def test_too_many_bytes_of_headers_are_refused(client: Client) -> None:
    assert client("GET", "/v1/x", headers=[("x-long", "y" * 11_000)]).status == 431


def test_a_function_that_takes_too_long_is_a_service_unavailable(client: Client, stack: Stack) -> None:
    module = client.app.functions.handler(stack.functions["Other"]).__globals__
    gate = module["GATES"]["/v1/things/mine"] = threading.Event()
    answer = client("GET", "/v1/things/mine")
    gate.set()
    assert (answer.status, answer.json()) == (503, {"message": "Service Unavailable"})


def test_each_function_is_imported_once(client: Client) -> None:
    assert client("GET", "/v1/x").json()["loaded"] == client("GET", "/v1/y").json()["loaded"]
