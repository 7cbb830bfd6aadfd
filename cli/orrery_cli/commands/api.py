"""`orrery api`: any operation of the API by its path or by its operation id."""

import json
import re
import sys
from typing import Any

import click

from orrery_cli import fields, lookup
from orrery_cli.failures import Failure, near
from orrery_cli.session import Session, current
from orrery_cli.shared import command

METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH")
_VERSIONED = re.compile(r"/(v\d\w*|spec|platform|iam|labs|private|agent|airflow|scim)(/|$)")
_FROM_CONTEXT = ("organizationId", "workspaceId")
_HOLE = re.compile(r"\{(\w+)\}")


@command("api")
@click.argument("words", nargs=-1, required=True, metavar="METHOD PATH | OPERATION_ID")
@click.option("-F", "--field", "pairs", multiple=True, metavar="KEY=VALUE", help="A field of the path, the query (GET) or the body.")
@click.option("-f", "--raw-field", "raw_pairs", multiple=True, metavar="KEY=VALUE", help="The same, always as text.")
@click.option("--input", "source", type=click.File("rb"), help="The request body, as JSON; `-` reads stdin.")
def api(words: tuple[str, ...], pairs: tuple[str, ...], raw_pairs: tuple[str, ...], source: Any) -> None:
    """Call the API as it is and print its answer, as JSON unless another output is asked for.

    A PATH without a version is under /v1. {organizationId} and {workspaceId} are filled from the context, other holes
    from fields. Operation ids are those of the control plane's own OpenAPI document, GET /spec/v1.0.

    \b
    Examples:
      orrery api GET /users/self
      orrery api GET '/organizations/{organizationId}/deployments' -F limit=5
      orrery api GetDeployment -F deploymentId=cm1x2y3z4a5b6c7d8e9f0g1h2
      orrery api CreateWorkspace -F name=Data -F description="the data team"
      orrery api POST '/organizations/{organizationId}/deployments' --input body.json
    """
    session = current()
    method, path, in_query = _target(session, words)
    values = fields.parse(pairs) | dict(_raw(each) for each in raw_pairs)
    path = _filled(session, path, values)
    body = _body(source)
    query = {key: values.pop(key) for key in list(values) if method in ("GET", "DELETE") or key in in_query or body is not None}
    if method not in ("GET", "DELETE") and body is None:
        body = values
    _show(session, session.api.send(method, path, params=_texts(query), body=body))


def _target(session: Session, words: tuple[str, ...]) -> tuple[str, str, frozenset[str]]:
    """Method, path, and which fields are known to belong to the query."""
    if len(words) == 1 and not words[0].startswith("/"):
        return _operation(session, words[0])
    if len(words) == 1:
        words = ("GET", *words)
    if len(words) != 2 or words[0].upper() not in METHODS:
        raise Failure("say METHOD PATH, as in `orrery api GET /users/self`, or one operation id", kind="usage")
    path = words[1]
    if not path.startswith("/") or path.startswith("//"):
        raise Failure(f"a path begins with one `/`, not `{path}`", kind="usage")
    return words[0].upper(), path if _VERSIONED.match(path) else f"/v1{path}", frozenset()


def _operation(session: Session, name: str) -> tuple[str, str, frozenset[str]]:
    document = session.api.get("/spec/v1.0")
    known: dict[str, tuple[str, str, dict[str, Any]]] = {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }
    if name not in known:
        raise Failure(f"there is no operation `{name}`{near(name, known, most=3)}", kind="usage")
    method, path, operation = known[name]
    in_query = frozenset(each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query")
    return method, path if _VERSIONED.match(path) else f"/v1{path}", in_query


def _filled(session: Session, path: str, values: dict[str, Any]) -> str:
    for name in _HOLE.findall(path):
        if name not in values and name not in _FROM_CONTEXT:
            raise Failure(f"`{{{name}}}` of the path is needed: `-F {name}=VALUE`", kind="input_required")

    def fill(hole: re.Match[str]) -> str:
        name = hole[1]
        if name in values:
            return lookup.segment(str(values.pop(name)))
        return session.organization_id if name == "organizationId" else str(lookup.workspace(session)["id"])

    return _HOLE.sub(fill, path)


def _raw(pair: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    if not equals or not key:
        raise Failure(f"a field is written key=value, not `{pair}`", kind="usage")
    return key, value


def _body(source: Any) -> Any:
    if source is None:
        return None
    try:
        return json.load(source)
    except ValueError as error:
        raise Failure(f"the input is not JSON: {error}", kind="usage") from error


def _texts(query: dict[str, Any]) -> dict[str, Any]:
    """Query values as text: a list is a repeated key."""
    return {key: [_text(each) for each in value] if isinstance(value, list) else _text(value) for key, value in query.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _show(session: Session, answer: Any) -> None:
    if isinstance(answer, bytes):
        sys.stdout.buffer.write(answer)
        return
    if session.output == "table":
        session.output = "json"
    if answer is not None:
        session.show(answer)
