"""A caller of HTTP functions: `payload version 2` events in, parsed answers out, through the function's own `handler`."""

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from local.powertools import keep_requests_apart

keep_requests_apart()  # tests send requests at once into one process, as the local platform does

OWNERS = {
    "workspaces": "tenancy",
    "authorization": "identity",
    "invites": "identity",
    "teams": "identity",
    "tokens": "identity",
    "users": "identity",
    "roles": "identity",
    "role-templates": "identity",
    "clusters": "clusters",
    "cluster-options": "clusters",
    "deployments": "deployments",
    "deployment-options": "deployments",
    "environment-objects": "environment",
}
"""The function that serves a noun below an Organization, as the template routes it."""


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is parsed, `None` when there is none."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def fields(self) -> list[str]:
        """The fields that a 400 complains about."""
        return [each["field"] for each in self.body.get("fieldErrors", [])]


@dataclass(frozen=True)
class Caller:
    """Somebody with a token (or with none)."""

    token: str = field(default="", repr=False)

    def get(self, path: str, **query: Any) -> Answer:
        return self.send("GET", path, query=urlencode(query, doseq=True))

    def post(self, path: str, body: Any = None) -> Answer:
        return self.send("POST", path, text="" if body is None else json.dumps(body))

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def send(self, method: str, path: str, *, query: str = "", text: str = "", content_type: str = "application/json") -> Answer:
        """Any request, byte for byte."""
        headers = {"content-type": content_type} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        handler = importlib.import_module(f"functions.{function_of(path)}.app").handler
        return parse(handler(event(method, path, query=query, text=text, headers=headers), None))


def function_of(path: str) -> str:
    """The function that the gateway leads a path to."""
    parts = path.strip("/").split("/")
    if path == "/spec/v1.0":
        return "spec"
    if parts[0] == "airflow":
        return "airflow_access"
    if parts[0] == "invitations":
        return "invitations"
    if parts[0] == "agent":
        return "agents"
    if parts[1] in ("users", "authorization"):
        return "identity"
    return OWNERS.get(parts[3], "tenancy") if len(parts) > 3 else "tenancy"


def event(method: str, path: str, *, query: str = "", text: str = "", headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A request as API Gateway hands it to a function (payload version 2): repeated query keys are joined with commas."""
    joined = {key: ",".join(values) for key, values in parse_qs(query, keep_blank_values=True).items()}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": dict(headers or {}),
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
        },
        "isBase64Encoded": False,
        **({"queryStringParameters": joined} if joined else {}),
        **({"body": text} if text else {}),
    }


def parse(raw: Mapping[str, Any]) -> Answer:
    """A function's answer, with its headers in lower case."""
    headers = {name.lower(): value for name, value in raw["headers"].items()}
    return Answer(raw["statusCode"], json.loads(raw["body"]) if raw.get("body") else None, headers)
