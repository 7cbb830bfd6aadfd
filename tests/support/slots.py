"""The fields of request bodies that the OpenAPI document knows, and among them those that hold secrets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orrery.model.redaction import SECRET

from tests.fuzz.document import DOCUMENT

Json = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of an operation's body, with its way down: `("environmentVariables", "[]", "value")`."""

    operation: str
    way: tuple[str, ...]
    is_object: bool = False

    def __str__(self) -> str:
        return f"{self.operation}:{'.'.join(self.way).replace('.[]', '[]')}"


def fields() -> list[Field]:
    """Every field of every body below `/v1`."""
    return sorted(
        {
            Field(told["operationId"], way, is_object)
            for item in DOCUMENT["paths"].values()
            for told in item.values()
            if "servers" not in item and "requestBody" in told
            for way, is_object in _ways(told["requestBody"]["content"]["application/json"]["schema"], ())
        },
        key=str,
    )


def body_fields() -> set[str]:
    """The names of all of them."""
    return {each.way[-1] for each in fields()}


def secret_fields() -> list[Field]:
    """Those that hold secrets."""
    return [each for each in fields() if each.way[-1] in SECRET]


def with_value(body: Json, way: tuple[str, ...], value: Any) -> Json:
    """The same body with something in one field; lists get one entry more, made like the first one where there is one."""
    step, rest = way[0], way[1:]
    if not rest:
        return {**body, step: value}
    if rest[0] == "[]":
        entries = body.get(step) or []
        return {**body, step: [*entries, with_value(dict(entries[0]) if entries else {}, rest[1:], value)]}
    return {**body, step: with_value(body.get(step) or {}, rest, value)}


def _ways(schema: Json, seen: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        yield from _ways(DOCUMENT["components"]["schemas"][name], (*seen, name))
    for part in [each for key in ("oneOf", "anyOf", "allOf") for each in schema.get(key, [])]:
        yield from _ways(part, seen)
    for key, part in schema.get("properties", {}).items():
        yield (key,), any(each.get("type") == "object" for each in [part, *part.get("anyOf", [])])
        yield from (((key, *deeper), is_object) for deeper, is_object in _ways(part, seen))
    if "items" in schema:
        yield from ((("[]", *deeper), is_object) for deeper, is_object in _ways(schema["items"], seen))
