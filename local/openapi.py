"""Writes the API's OpenAPI 3.1 document from the routes of every function: `python -m local.openapi`; `--check` only compares."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from orrery.api.entrance import VERSION
from orrery.api.wire.errors import Error
from pydantic import BaseModel

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "functions" / "spec" / "openapi.json"
Json = dict[str, Any]

TITLE = "Orrery"
DESCRIPTION = "The control plane of managed Apache Airflow: Organizations, Workspaces, Deployments and who may do what with them."
_REFUSALS = {
    "400": "The request says something that it may not; `fieldErrors` name the fields.",
    "401": "No token, or one that is not known.",
    "403": "You may see it, but not do this.",
    "404": "There is no such thing, or you may not see it.",
    "409": "It has changed, or is still changing; read it again.",
    "412": "This installation does not do that; the message says what to do instead.",
    "413": "The body is too large.",
    "500": "Something broke on our side.",
    "503": "Something is away or busy; try again after `Retry-After` seconds.",
}
_OF_WRITES_ONLY = {"409", "412", "413"}
_OF_ENVIRONMENT_OBJECTS = {"405": "Objects of this type or scope do not do that."}
_METHODS = {"get", "post", "put", "patch", "delete"}


class Clash(Exception):
    """Two functions give different things the same name."""


def generate() -> Json:
    """The document of all functions together."""
    merged: Json = {"paths": {}, "schemas": {}}
    for app in _apps():
        part = json.loads(app.get_openapi_json_schema(title=TITLE, version="1.0"))
        paths = {path: _finished(item, app) for path, item in part["paths"].items()}
        _merge(merged["paths"], paths)
        _merge(merged["schemas"], _reachable(paths, _unnamed(part.get("components", {}).get("schemas", {})) | _schemas_of(Error)))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": "1.0",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": VERSION}],
        "security": [{"JWT": []}],
        "paths": dict(sorted(merged["paths"].items())),
        "components": {
            "schemas": dict(sorted(merged["schemas"].items())),
            "securitySchemes": {"JWT": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def text() -> str:
    """The document as it is committed."""
    return json.dumps(generate(), indent=1, ensure_ascii=False) + "\n"


def _apps() -> Iterator[APIGatewayHttpResolver]:
    for path in sorted((ROOT / "functions").glob("*/app.py")):
        module = importlib.import_module(f"functions.{path.parent.name}.app")
        if isinstance(app := getattr(module, "app", None), APIGatewayHttpResolver):
            yield app


def _merge(into: Json, part: Json) -> None:
    for name, value in part.items():
        if into.setdefault(name, value) != value:
            raise Clash(f"`{name}` is two different things in two functions; rename one")


def _finished(item: Json, app: APIGatewayHttpResolver) -> Json:
    prefix = next(iter(app._strip_prefixes or []), "")
    operations = {method: _operation(method, operation, app) for method, operation in item.items() if method in _METHODS}
    return operations if prefix == VERSION else {**operations, "servers": [{"url": prefix or "/"}]}


def _operation(method: str, operation: Json, app: APIGatewayHttpResolver) -> Json:
    queries = _query_schemas(operation["operationId"], app)
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query" and parameter["name"] in queries:
            parameter["schema"] = queries[parameter["name"]]
    answers = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    for code, answer in answers.items():
        answer["description"] = "Done." if code == "204" else "As asked."
        if code == "204" or answer.get("content", {}).get("application/json", {}).get("schema", {}).get("type") == "null":
            answer.pop("content", None)
    refusals = {code: _refusal(words) for code, words in _REFUSALS.items() if method != "get" or code not in _OF_WRITES_ONLY}
    if operation["tags"] == ["EnvironmentObject"]:
        refusals |= {code: _refusal(words) for code, words in _OF_ENVIRONMENT_OBJECTS.items()}
    return _unnamed(operation | {"responses": answers | dict(sorted(refusals.items()))})  # type: ignore[no-any-return]


def _refusal(words: str) -> Json:
    return {"description": words, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def _query_schemas(operation_id: str, app: APIGatewayHttpResolver) -> Json:
    """The schemas of parameters that a route takes together as one model; Powertools' own flattening forgets lists, bounds and defaults."""
    routes = [route for route in app._static_routes + app._dynamic_routes if route.operation_id == operation_id]
    models = [field.field_info.annotation for route in routes for field in route.dependant.query_params]
    found: Json = {}
    for model in models:
        if isinstance(model, type) and issubclass(model, BaseModel):
            found |= model.model_json_schema(ref_template="#/components/schemas/{model}")["properties"]
    return {name: {key: value for key, value in schema.items() if key != "description"} for name, schema in found.items()}


def _schemas_of(model: type[BaseModel]) -> Json:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {name: _unnamed(part) for name, part in (schema.pop("$defs", {}) | {model.__name__: schema}).items()}


def _unnamed(value: Any) -> Any:
    """Without the titles that pydantic makes up from names (a property called `title` is no string and stays)."""
    if isinstance(value, list):
        return [_unnamed(each) for each in value]
    if isinstance(value, dict):
        return {key: _unnamed(each) for key, each in value.items() if key != "title" or not isinstance(each, str)}
    return value


def _reachable(paths: Json, schemas: Json) -> Json:
    kept: set[str] = set()
    waiting = set(_references(paths))
    while waiting:
        kept |= waiting
        waiting = {name for each in waiting for name in _references(schemas[each])} - kept
    return {name: schemas[name] for name in kept}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref":
                yield each.rsplit("/", 1)[1]
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def main() -> int:
    written = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    now = text()
    if "--check" in sys.argv:
        print("up to date" if now == written else "functions/spec/openapi.json is not what the code says; run `make openapi`")
        return int(now != written)
    DOCUMENT.write_text(now)
    print(f"{DOCUMENT.relative_to(ROOT)}: {len(json.loads(now)['paths'])} paths")
    return 0


if __name__ == "__main__":
    sys.exit(main())
