"""The payload format 2.0 between an HTTP API and a function.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.invocation import ACCOUNT
from local.routing import Match

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    """Lower-case names in the order in which they came; a name may come twice."""
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    id: str = field(default_factory=lambda: base64.urlsafe_b64encode(uuid.uuid4().bytes)[:15].decode() + "=")

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None


@dataclass(frozen=True)
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def json(cls, status: int, body: dict[str, Any]) -> "Response":
        return cls(status, [("content-type", "application/json")], json.dumps(body).encode())


class Malformed(ValueError):
    """The function answered with something that is no response: API Gateway says 500."""


def event(request: Request, match: Match) -> dict[str, Any]:
    """The event that a function gets for this request on this route."""
    headers = _joined([(name, value) for name, value in request.headers if name != "cookie"])
    cookies = [cookie.strip() for name, value in request.headers if name == "cookie" for cookie in value.split(";")]
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": _context(request, match, headers),
        "isBase64Encoded": False,
    }
    if cookies:
        made["cookies"] = cookies
    if request.query:
        made["queryStringParameters"] = _joined(parse_qsl(request.query, keep_blank_values=True))
    if match.parameters:
        made["pathParameters"] = match.parameters
    if request.body:
        made |= _body(request.body, headers.get("content-type", ""))
    return made


def _context(request: Request, match: Match, headers: dict[str, str]) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": headers.get("host", "localhost"),
        "domainPrefix": headers.get("host", "localhost").split(".")[0].split(":")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request.id,
        "routeKey": match.route.key,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    """Text travels as text, everything else (and text that is no UTF-8) in base64."""
    if not content_type or content_type.startswith(_TEXT) or content_type.split(";")[0].endswith(("+json", "+xml")):
        try:
            return {"body": body.decode()}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def response(answer: Any) -> Response:
    """What a function returned, as HTTP; anything without a statusCode is a body in JSON, with 200."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(200, [("content-type", "application/json")], (answer if isinstance(answer, str) else json.dumps(answer)).encode())
    try:
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        headers = [(name.lower(), str(value)) for name, value in (answer.get("headers") or {}).items()]
        status = int(answer["statusCode"])
    except (AttributeError, TypeError, ValueError) as error:
        raise Malformed(str(error)) from error
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or []]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    return Response(status, headers, content)
