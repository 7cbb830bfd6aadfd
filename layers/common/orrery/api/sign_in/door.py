"""The function's handler: which path means what, and how a failure is told, as a page to people and as a document to programs."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from orrery.api import refusals
from orrery.api.entrance import Event
from orrery.api.sign_in import about, answers, authorize, devices, tokens
from orrery.api.sign_in.answers import Answer, Refusal
from orrery.api.sign_in.authorize import PREFIX
from orrery.api.sign_in.pages import Page
from orrery.api.sign_in.requests import Asked, read
from orrery.errors import Error, NotFound, Unauthenticated

Route = Callable[[Asked, datetime], Answer]

_FOR_PEOPLE: dict[tuple[str, str], Route] = {
    ("GET", "/authorize"): authorize.authorize,
    ("GET", "/callback"): authorize.callback,
    ("POST", "/confirm"): authorize.confirm,
    ("GET", "/device"): devices.enter,
}
_FOR_PROGRAMS: dict[tuple[str, str], Route] = {
    ("GET", "/.well-known/openid-configuration"): about.configuration,
    ("GET", "/.well-known/jwks.json"): about.keys,
    ("GET", "/private/v1alpha1/cli/auth-config"): about.auth_config,
    ("POST", "/oauth/device/code"): devices.start,
    ("POST", "/oauth/token"): tokens.token,
    ("POST", "/oauth/revoke"): tokens.revoke,
    ("POST", "/sign-out-everywhere"): tokens.sign_out_everywhere,
    ("GET", "/userinfo"): about.userinfo,
    ("POST", "/userinfo"): about.userinfo,
}


def handle(event: Event, context: Any) -> Answer:
    place = (event["requestContext"]["http"]["method"], event["rawPath"].removeprefix(PREFIX))
    request_id, is_for_people = str(event["requestContext"]["requestId"]), place in _FOR_PEOPLE
    try:
        answer = _route(place)(read(event, PREFIX), datetime.now(UTC))
    except Exception as problem:
        answer = _page(problem, request_id) if is_for_people else _document(problem, request_id)
    answer["headers"]["X-Request-Id"] = request_id
    return answer


def _route(place: tuple[str, str]) -> Route:
    found = _FOR_PEOPLE.get(place) or _FOR_PROGRAMS.get(place)
    if found is None:
        raise NotFound(f"there is nothing here; signing in is described at {PREFIX}/.well-known/openid-configuration")
    return found


def _page(problem: Exception, request_id: str) -> Answer:
    if isinstance(problem, Refusal):
        words, status = problem.description, problem.status
    else:
        error = refusals.told(problem, request_id)
        words, status = error.message, error.status
    return answers.page(Page("Signing in did not work", (f"{words[:1].upper()}{words[1:]}.", f"Request {request_id}")), status=status)


def _document(problem: Exception, request_id: str) -> Answer:
    if isinstance(problem, Refusal):
        return problem.answer
    error: Error = refusals.told(problem, request_id)
    if isinstance(error, Unauthenticated):
        return Refusal("invalid_token", error.message, status=401).answer
    return {**refusals.answer(error, request_id), "cookies": []}
