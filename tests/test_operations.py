"""The OpenAPI document against the wire reference (tests/golden/wire.yaml): every operation, with what its clients send and look for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fuzz.document import DOCUMENT

Json = dict[str, Any]
WIRE: Json = yaml.safe_load((Path(__file__).parent / "golden" / "wire.yaml").read_text())
PROMISED: Json = WIRE["operations"]
PROPERTIES: Json = WIRE["schemas"]
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
SERVED: Json = {
    told["operationId"]: told | {"place": f"{method.upper()} {path}"}
    for path, item in DOCUMENT["paths"].items()
    for method, told in item.items()
    if method != "servers"
}

NOT_YET: set[str] = set()
"""What the wire has and we do not serve yet. Take a name away when its operation comes: the first test insists."""


THERE = sorted(PROMISED.keys() - NOT_YET)


def test_what_is_not_served_yet_is_named_here_and_nothing_else() -> None:
    assert PROMISED.keys() - SERVED.keys() == NOT_YET
    assert len(PROMISED) == 75


@pytest.mark.parametrize("id", THERE)
def test_an_operation_stands_in_its_place_and_answers_as_promised(id: str) -> None:
    promised, served = PROMISED[id], SERVED[id]
    status, _, schema = str(promised["answers"]).partition(" ")

    assert served["place"] == promised["place"]
    assert {code for code in served["responses"] if code.startswith("2")} == {status}
    assert _answered(served["responses"][status]) == schema
    assert {str(code) for code in promised["refuses"]} - {"4XX", "5XX"} <= served["responses"].keys()


@pytest.mark.parametrize("id", THERE)
def test_an_operation_takes_the_queries_that_are_sent(id: str) -> None:
    promised = {each.removesuffix("*"): each.endswith("*") for each in PROMISED[id].get("query", [])}
    served = {each["name"]: each.get("required", False) for each in SERVED[id].get("parameters", []) if each["in"] == "query"}

    assert promised.keys() <= served.keys()
    assert {name for name, must in served.items() if must} == {name for name, must in promised.items() if must}


@pytest.mark.parametrize("id", [id for id in THERE if "body" in PROMISED[id]])
def test_a_body_must_say_what_it_must_on_the_wire_and_no_more(id: str) -> None:
    name, taken = PROMISED[id]["body"], SERVED[id]["requestBody"]["content"]["application/json"]["schema"]
    kinds = taken.get("discriminator", {})
    variants = PROPERTIES[name] if kinds else {}
    assert variants.keys() == kinds.get("mapping", {}).keys()

    for each in variants.values() if kinds else [name]:
        if each in SCHEMAS and each in PROPERTIES:
            told_apart_by = {kinds["propertyName"]} if kinds else set()
            assert set(SCHEMAS[each].get("required", [])) - told_apart_by == set(PROPERTIES[each]) - told_apart_by


@pytest.mark.parametrize("id", [id for id in THERE if " " in str(PROMISED[id]["answers"]) and "integer" not in PROMISED[id]["answers"]])
def test_everything_that_its_readers_count_on_is_in_an_answer(id: str) -> None:
    for name in _reachable(str(PROMISED[id]["answers"]).partition(" ")[2].removesuffix("[]")):
        missing = set(PROPERTIES.get(name, ())) - set(SCHEMAS[name].get("required", ()))
        assert not missing, f"`{name}` may lack them"


def _answered(response: Json) -> str:
    """The name of what is answered, with `[]` behind it for a bare list of such."""
    if "content" not in response:
        return ""
    if "application/octet-stream" in response["content"]:
        return "integer[]"  # as the wire's own document has bytes
    told = response["content"]["application/json"]["schema"]
    return f"{_name(told['items'])}[]" if told.get("type") == "array" else _name(told)


def _name(reference: Json) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _reachable(name: str) -> set[str]:
    """A schema, and every schema in it."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        found.add(each := waiting.pop())
        waiting += set(_named_in(SCHEMAS[each])) - found
    return found


def _named_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [_name(value)] if "$ref" in value else [name for each in value.values() for name in _named_in(each)]
    return [name for each in value for name in _named_in(each)] if isinstance(value, list) else []
