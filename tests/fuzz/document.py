"""What the OpenAPI document says about every operation: its method, its path, and each slot in which an id of ours can stand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
DOCUMENT: Json = json.loads((Path(__file__).parents[2] / "functions" / "spec" / "openapi.json").read_text())
_SCHEMAS: Json = DOCUMENT["components"]["schemas"]
_METHODS = ("get", "post", "put", "patch", "delete")
_NAMED_OTHERWISE = {"subject", "resource"}
"""Query parameters that take an id without having it in their name."""


@dataclass(frozen=True)
class Slot:
    """A place for an id: in the path, the query or the body, there with its way down (`workerQueues[].id`)."""

    where: str
    name: str

    @property
    def leaf(self) -> str:
        return self.name.removesuffix("[]").rpartition(".")[2]

    def __str__(self) -> str:
        return f"{self.where}:{self.name}"


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    slots: tuple[Slot, ...]
    told: Json = field(compare=False, repr=False)
    """All that the document says of it."""

    @property
    def queries(self) -> list[str]:
        """The names of its query parameters."""
        return [each["name"] for each in self.told.get("parameters", []) if each["in"] == "query"]

    @property
    def envelope(self) -> list[str]:
        """The properties of what it answers when all is well."""
        told = self.told["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        return [*_SCHEMAS.get(told.get("$ref", "").rpartition("/")[2], {}).get("properties", {})]

    def __str__(self) -> str:
        return self.id


def operations() -> tuple[Operation, ...]:
    """Every operation that a person's or a machine's token can call: those below `/v1`."""
    return tuple(
        Operation(told["operationId"], method.upper(), path, tuple(_slots(told)), told)
        for path, item in DOCUMENT["paths"].items()
        for method, told in item.items()
        if method in _METHODS and "servers" not in item
    )


def _slots(told: Json) -> Iterator[Slot]:
    for parameter in told.get("parameters", []):
        if _is_id(parameter["name"]) or parameter["name"] in _NAMED_OTHERWISE:
            yield Slot(parameter["in"], parameter["name"])
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        yield from (Slot("body", name) for name in sorted(set(_ids_in(body, ()))))


def _ids_in(schema: Json, seen: tuple[str, ...]) -> Iterator[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        yield from _ids_in(_SCHEMAS[name], (*seen, name))
    for part in [each for key in ("oneOf", "anyOf", "allOf") for each in schema.get(key, [])]:
        yield from _ids_in(part, seen)
    for key, part in schema.get("properties", {}).items():
        if _is_id(key):
            yield f"{key}[]" if key.endswith("Ids") else key
        yield from (f"{key}{deeper}" for deeper in _below(part, seen))


def _below(schema: Json, seen: tuple[str, ...]) -> Iterator[str]:
    for part in [schema, *schema.get("anyOf", [])]:
        if "items" in part:
            yield from (f"[].{deeper}" for deeper in _ids_in(part["items"], seen))
        if "$ref" in part:
            yield from (f".{deeper}" for deeper in _ids_in(part, seen))


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith(("Id", "Ids"))
