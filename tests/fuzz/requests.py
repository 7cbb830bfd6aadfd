"""For each operation the request that its owner may send, how it is sent, and what must come back."""

import json
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs

from tests.fuzz import world
from tests.fuzz.document import DOCUMENT, Operation
from tests.fuzz.world import Things
from tests.support.http import Answer, Caller
from tests.support.plane import Plane

Json = dict[str, Any]


def rightful(operation: Operation, plane: Plane) -> Json:
    """A request that the owner may send, on things that were made for it alone."""
    return request_on(operation, Things(plane))


def request_on(operation: Operation, things: Things) -> Json:
    """A request that the owner may send, on these things; what is not there yet is made."""
    world.prepare(operation.id, things)
    ids = {slot.name: things[slot.name] for slot in operation.slots if slot.where == "path"}
    body, query = world.BODIES.get(operation.id), world.QUERIES.get(operation.id)
    return {"path": ids, "query": query(things) if query else {}, "body": body(things) if body else None}


def send(caller: Caller, operation: Operation, request: Json) -> Answer:
    path = operation.path
    for name, value in request["path"].items():
        path = path.replace(f"{{{name}}}", value)
    text = "" if request["body"] is None else json.dumps(request["body"])
    return caller.send(operation.method, f"/v1{path}", query=urlencode(request["query"], doseq=True), text=text)


def expected(operation: Operation) -> set[int]:
    return {world.RIGHTFUL[operation.id]} if operation.id in world.RIGHTFUL else {200, 204}


def conforms(answer: Answer, operation: Operation) -> None:
    """Has a documented status, and a body that is what the document says of it; raises otherwise."""
    documented = operation.told["responses"]
    assert str(answer.status) in documented, f"{operation} answers {answer.status}: {answer.body}"
    content = documented[str(answer.status)].get("content")
    if content is None:
        assert answer.body is None
        return
    assert answer.headers["content-type"] in content
    if "application/json" not in content:
        assert isinstance(answer.body, bytes)
        return
    schema = content["application/json"]["schema"] | {"components": DOCUMENT["components"]}
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(answer.body)
