"""The API behind `requests`: what is sent goes through the template's routes into the functions' own handlers, in this process."""

import importlib
import io
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from local import payload
from local.routing import Router
from local.template import Stack

HOST = "http://plane"


class Doors(HTTPAdapter):
    """Takes prepared requests as the gateway takes them."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack, self.router = stack, Router(stack.routes)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = self.answer(request)
        raw = HTTPResponse(io.BytesIO(answer.body), dict(answer.headers), answer.status, preload_content=False)
        return self.build_response(request, raw)

    def answer(self, request: requests.PreparedRequest) -> payload.Response:
        url = urlsplit(str(request.url))
        match = self.router.match(str(request.method), url.path)
        if match is None:
            return payload.Response.json(404, {"message": "Not Found"})
        body: Any = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = [(name.lower(), value if isinstance(value, str) else value.decode("latin-1")) for name, value in request.headers.items()]
        event = payload.event(payload.Request(str(request.method), unquote(url.path), url.query, headers, body), match)
        module = importlib.import_module(f"functions.{self.stack.function(match.route.function).code.name}.app")
        return payload.response(module.handler(event, None))
