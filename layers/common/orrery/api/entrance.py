"""The door of every HTTP function: who is asking, what they sent, and one place where every failure is told.

`functions/<x>/app.py` is `app = resolver(...)` and `handler = serve(app)`. Routes take `caller: Caller` and return a wire model.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Annotated, Any, NoReturn

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.depends import Depends

from orrery.api import bodies, refusals
from orrery.authz.principal import Principal
from orrery.errors import Forbidden, NotFound
from orrery.model.ip_ranges import admits
from orrery.store import principals

Event = dict[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]
VERSION = "/v1"

_caller: ContextVar[Principal] = ContextVar("caller")
_address: ContextVar[str] = ContextVar("address")


def _who() -> Principal:
    return _caller.get()


Caller = Annotated[Principal, Depends(_who)]
"""The parameter through which a route learns who is asking."""


def _where() -> str:
    return _address.get()


Address = Annotated[str, Depends(_where)]
"""The parameter through which a route learns the address that the caller comes from."""


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

    admit = _door(authenticate, from_anywhere) if authenticate else None

    def handler(event: Event, context: Any) -> dict[str, Any]:
        request_id = str(event["requestContext"]["requestId"])
        try:
            answer = _answer(app, event, context, admit)
        except Exception as problem:
            answer = refusals.answer(refusals.told(problem, request_id), request_id)
        answer["headers"] = {**answer.get("headers", {}), "X-Request-Id": request_id}
        return answer

    return handler


def _door(authenticate: Authenticate, from_anywhere: bool) -> Callable[[Event], None]:
    def admit(event: Event) -> None:
        caller, address = authenticate(event.get("headers", {}).get("authorization", "")), _address_of(event)
        if not from_anywhere and not admits(caller.allowed_from, address):
            raise Forbidden(
                f"your address `{address}` is not in your Organization's list of allowed IP address ranges; ask an owner to add it"
            )
        _caller.set(caller)
        _address.set(address)

    return admit


def _address_of(event: Event) -> str:
    """Where a request comes from: the gateway's own word, which no header can change."""
    return str(event["requestContext"]["http"].get("sourceIp", ""))


def _answer(app: APIGatewayHttpResolver, event: Event, context: Any, admit: Callable[[Event], None] | None) -> dict[str, Any]:
    if admit:
        admit(event)
    bodies.examine(event)
    return app.resolve(event, context)


def _raise(problem: Exception) -> NoReturn:
    raise problem


def _raise_no_operation(_: Exception) -> NoReturn:
    raise NotFound("there is no such operation; GET /spec/v1.0 lists them")
