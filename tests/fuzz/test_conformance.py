"""Whatever is sent to an operation, in the shape that the document gives or in none, the answer is one that the document knows.

The requests are made by schemathesis out of the document, always the same ones: on things that are there, on made-up ids, and with
something in them that the document forbids. They are an owner's, in an installation of their own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from local import template
from tests.fuzz.coverage import answered
from tests.fuzz.document import DOCUMENT, Operation, operations
from tests.fuzz.doors import HOST, Doors
from tests.fuzz.requests import request_on
from tests.fuzz.world import Things
from tests.support.plane import Plane

STACK = template.read(Path(__file__).parents[2] / "template.yaml", parameters={"DataPlane": "somewhere:connect"})
OURS = {"with-security-parameters": False, "allow-extra-parameters": False}
"""The token is ours to send; and a query parameter that an operation does not know is passed over: newer clients send newer ones."""
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT, config=schemathesis.Config.from_dict({"generation": OURS}))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, negative_data_rejection]
FIXED = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
THERE, MADE_UP, FORBIDDEN = 8, 3, 6
"""How many requests of each kind: enough for what breaks easily, few enough for every run of the tests."""


def test_the_document_knows_every_answer(plane: Plane) -> None:
    session = requests.Session()
    session.mount(HOST, Doors(STACK))
    session.headers["Authorization"] = f"Bearer {plane.installation.owner.token}"
    failures = [failure for each in operations() for failure in failures_of(each, session, Things(plane))]

    assert not failures, "\n\n".join(failures)
    assert answered.keys() == {each.id for each in operations()}


def failures_of(operation: Operation, session: requests.Session, things: Things) -> Iterator[str]:
    def sent(case: Any) -> None:
        response = case.call(base_url=f"{HOST}/v1", session=session)
        answered[operation.id][response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    for cases, how_many in kinds(operation, things):
        try:
            settings(FIXED, max_examples=how_many)(given(cases)(sent))()
        except (Exception, BaseExceptionGroup) as problem:  # all operations are tried, whatever the first one says
            yield f"{operation}: {problem!r}"


def kinds(operation: Operation, things: Things) -> Iterator[tuple[SearchStrategy[Any], int]]:
    made, there = SCHEMA[operation.path][operation.method], request_on(operation, things)["path"]
    yield made.as_strategy(path_parameters=there), THERE
    if there:
        yield made.as_strategy(), MADE_UP
    if operation.queries or "requestBody" in operation.told:  # there is nothing that a path alone could say wrong
        yield made.as_strategy(GenerationMode.NEGATIVE, path_parameters=there), FORBIDDEN
