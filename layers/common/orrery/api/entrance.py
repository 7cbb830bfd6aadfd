"""The door of every HTTP function: who is asking, what they sent, and one place where every failure is told.

`functions/<x>/app.py` is `app = resolver(...)` and `handler = serve(app)`. Routes take `caller: Caller` and return a wire model.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Annotated, Any, NoReturn

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.depends import Depends

from orrery.api import auditing, bodies, refusals
from orrery.api.auditing import Operation
from orrery.api.caller_address import address_of
from orrery.authz.principal import Principal
from orrery.errors import Forbidden, NotFound
from orrery.model.ip_ranges import admits
from orrery.store import principals

Event = dict[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]
VERSION = "/v1"

_caller: ContextVar[Principal] = ContextVar("caller")
_address: ContextVar[str] = ContextVar("address")
_actor: ContextVar[Principal | None] = ContextVar("actor", default=None)


def _who() -> Principal:
    return _caller.get()


Caller = Annotated[Principal, Depends(_who)]
"""The parameter through which a route learns who is asking."""


def _where() -> str:
    return _address.get()


Address = Annotated[str, Depends(_where)]
"""The parameter through which a route learns the address that the caller comes from."""


def act_as(principal: Principal) -> None:
    """The caller brings somebody else's wish: the audit log is to name that one for this request."""
    _actor.set(principal)


def routes() -> Router:
    """An empty set of routes, for one noun to fill."""
    return Router()  # type: ignore[no-untyped-call]


def no_content() -> Response[None]:
    """The answer of a delete: 204 and nothing else."""
    return Response(status_code=204, content_type=None, body=None)


def resolver(*nouns: Router, prefix: str = VERSION) -> APIGatewayHttpResolver:
    """One function's routes; `prefix` is the part of the path that they leave out."""
    prefixes: list[Any] = [prefix] if prefix else []
    app = APIGatewayHttpResolver(enable_validation=True, strip_prefixes=prefixes, response_validation_error_http_code=500)
    for noun in nouns:
        app.include_router(noun)
    app.exception_handler(Exception)(_raise)
    app.not_found(_raise_no_operation)
    return app


Authenticate = Callable[[str], Principal]


def serve(
    app: APIGatewayHttpResolver, *, authenticate: Authenticate | None = principals.authenticate, from_anywhere: bool = False
) -> Handler:
    """The function's handler; without `authenticate` its doors are open and its routes take no caller.

    `from_anywhere` is for callers who bring somebody else's token: their address says nothing of whose token it is.
    """

    def handler(event: Event, context: Any) -> dict[str, Any]:
        request_id, caller = str(event["requestContext"]["requestId"]), None
        _actor.set(None)
        try:
            caller = authenticate(event.get("headers", {}).get("authorization", "")) if authenticate else None
            answer = _answer(app, event, context, caller, from_anywhere=from_anywhere)
        except Exception as problem:
            answer = refusals.answer(refusals.told(problem, request_id), request_id)
        answer["headers"] = {**answer.get("headers", {}), "X-Request-Id": request_id}
        if caller:
            auditing.record(event, _actor.get() or caller, lambda: _operation(app, event), status=answer["statusCode"], context=context)
        return answer

    return handler


def _answer(app: APIGatewayHttpResolver, event: Event, context: Any, caller: Principal | None, *, from_anywhere: bool) -> dict[str, Any]:
    with _admitted(caller, address_of(event), from_anywhere=from_anywhere) if caller else contextlib.nullcontext():
        bodies.examine(event)
        return app.resolve(event, context)


@contextlib.contextmanager
def _admitted(caller: Principal, address: str, *, from_anywhere: bool) -> Iterator[None]:
    """The caller and the address are known to the routes, and to those of this request alone: a warm function serves many."""
    if not from_anywhere and not admits(caller.allowed_from, address):
        raise Forbidden(f"your address `{address}` is not in your Organization's list of allowed IP address ranges; ask an owner to add it")
    who, where = _caller.set(caller), _address.set(address)
    try:
        yield
    finally:
        _caller.reset(who)
        _address.reset(where)


def _operation(app: APIGatewayHttpResolver, event: Event) -> Operation:
    """What is asked for, found again: a request may have been refused before any route was chosen."""
    method, path = event["requestContext"]["http"]["method"], event["rawPath"]
    rest = app._remove_prefix(path)
    prefix = path.removesuffix(rest)
    for route in app._static_routes + app._dynamic_routes:
        if route.method == method and route.rule.match(rest):
            return Operation(f"{prefix}{route.path}", route.operation_id or "")
    return Operation(prefix)


def _raise(problem: Exception) -> NoReturn:
    raise problem


def _raise_no_operation(_: Exception) -> NoReturn:
    raise NotFound("there is no such operation; GET /spec/v1.0 lists them")
