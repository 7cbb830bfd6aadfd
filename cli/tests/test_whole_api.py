"""What the API offers the command offers, and all that the command asks is in the API's own document: paths, queries and bodies."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import Result
from fake_plane import AGENT_TOKEN, CLUSTER, ROLE, TEAM, TOKEN, USER, WORKSPACE, Plane, Request
from test_every_command import LINES, words

Run = Callable[..., Result]
DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OTHERS = {
    **dict.fromkeys(("ReportDemand", "ReportLogs", "ReportSnapshot", "ReportVisit"), "only agents may"),
    **dict.fromkeys(("CreateAllowedIpAddressRange", "DeleteAllowedIpAddressRange"), "the command says one as several"),
    **dict.fromkeys(("CreateCluster", "UpdateCluster", "DeleteCluster"), "the API refuses them, as an operator registers clusters"),
}
"""Operations that no command asks for, and why; `orrery api` reaches them."""
MORE = (
    "deployment hibernate etl --remove-override",
    f"cluster get {CLUSTER}", f"team get {TEAM}", f"user get {USER}", f"token get {TOKEN}", f"role get {ROLE}",
    f"workspace get {WORKSPACE}", f"deployment agent-token get {AGENT_TOKEN} --deployment etl", "env connection get --key sales",
)  # fmt: skip
__all__ = ["words"]


@pytest.fixture
def asked(orrery: Run, plane: Plane, words: Callable[[str], list[str]]) -> list[Request]:
    """Everything that every command asks for."""
    for line in (*LINES, *MORE):
        assert orrery(*words(line), "-o", "json", stdin=plane.token).exit_code == 0
    return [each for each in plane.requests if re.match("/(v1|invitations)/", each.path)]


def test_every_operation_of_the_api_is_asked_for_by_a_command_and_every_request_is_one_that_it_takes(asked: list[Request]) -> None:
    found = {_operation(each)["operationId"] for each in asked}
    assert found | OTHERS.keys() == {operation["operationId"] for _, _, operation in _operations()}
    assert not found & OTHERS.keys()
    assert [problem for each in asked for problem in _problems(each, _operation(each))] == []


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "delete", "put", "patch"):
                yield method.upper(), path, operation


def _operation(request: Request) -> dict[str, Any]:
    path = request.path.removeprefix("/invitations").removeprefix("/v1")
    fits = [
        (template.count("{"), operation)
        for method, template, operation in _operations()
        if method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    assert fits, f"{request.method} {request.path} is no operation"
    return min(fits, key=lambda each: each[0])[1]


def _problems(request: Request, operation: dict[str, Any]) -> Iterator[str]:
    known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
    yield from (f"{operation['operationId']}: no query `{each}`" for each in request.query.keys() - known)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = request.json if request.body else None
    if content is None:
        yield from [f"{operation['operationId']}: no body is taken"] if body is not None else []
    elif body is not None or operation["requestBody"].get("required"):
        validator = jsonschema_rs.validator_for({**content["schema"], "components": DOCUMENT["components"]})
        yield from (f"{operation['operationId']}: {each.message}" for each in validator.iter_errors(body))
