"""The committed OpenAPI document is what the code says; tests/test_operations.py holds it to the wire reference."""

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel

from local import openapi
from tests.support.http import Caller

DOCUMENT: dict[str, Any] = json.loads(openapi.DOCUMENT.read_text())
OPERATIONS = {
    (method.upper(), path): operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "servers"
}


def test_the_committed_document_is_what_the_code_says() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.text(), "run `make openapi`"


def test_every_reference_leads_somewhere() -> None:
    written = set(re.findall(r'"\$ref": "([^"]+)"', openapi.DOCUMENT.read_text()))
    assert written - {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]} == set()


def test_the_document_is_served_to_anybody() -> None:
    served = Caller().get("/spec/v1.0")

    assert served.status == 200
    assert served.headers["content-type"] == "application/json"
    assert served.body == DOCUMENT


def test_no_two_operations_share_a_name() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("place", OPERATIONS, ids=" ".join)
def test_an_operation_answers_only_with_codes_that_it_can(place: tuple[str, str]) -> None:
    codes = set(OPERATIONS[place]["responses"])

    assert {"400", "401", "403", "404", "500"} < codes
    assert not codes & {"201", "202", "422"}
    assert len(codes & {"200", "204"}) == 1
    assert ("409" in codes) == (place[0] != "GET")


def test_bodies_are_closed() -> None:
    taken = {name for operation in OPERATIONS.values() for name in openapi._references(operation.get("requestBody", {}))}

    open_ones = {name for name in taken if DOCUMENT["components"]["schemas"][name].get("additionalProperties") is not False}
    newer_agents, refused_as_a_whole = {"Snapshot", "LogBatch", "DemandPiece"}, {"HybridDeploymentRequest"}
    assert open_ones <= newer_agents | refused_as_a_whole


def test_two_things_of_one_name_are_refused() -> None:
    class Workspace(BaseModel):
        moons: int

    with pytest.raises(openapi.Clash, match="`Workspace`"):
        openapi._merge(dict(DOCUMENT["components"]["schemas"]), openapi._schemas_of(Workspace))
