"""Lets many requests run in one process where Powertools expects one request per process.

Its resolvers keep the current event and context on a *class*: two threads would see each other's requests, and so each
other's callers. Here both, and each resolver's own context, become per thread. In Lambda nothing of this is needed.
"""

import threading
from typing import Any
from weakref import WeakKeyDictionary

from aws_lambda_powertools.event_handler import api_gateway
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, BaseRouter, Route

_SHARED = ("current_event", "lambda_context")


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.contexts: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


_here = _PerThread()


class _Router:
    """Stands for the class `BaseRouter` where the module assigns the current request to it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_here if name in _SHARED else BaseRouter, name)

    def __setattr__(self, name: str, value: Any) -> None:
        assert name in _SHARED, f"Powertools shares `{name}` between requests now"
        setattr(_here, name, value)


def _context(resolver: Any) -> dict[str, Any]:
    return _here.contexts.setdefault(resolver, {})


def _set_context(resolver: Any, context: dict[str, Any]) -> None:
    _here.contexts[resolver] = context


def _shared(name: str) -> property:
    return property(lambda resolver: getattr(_here, name))


def keep_requests_apart() -> None:
    if isinstance(vars(api_gateway)["BaseRouter"], _Router):
        return
    assert set(_SHARED) <= set(BaseRouter.__annotations__), "Powertools keeps the current request elsewhere"
    assert callable(Route._build_middleware_stack), "Powertools builds its middleware elsewhere"
    for name in _SHARED:
        setattr(BaseRouter, name, _shared(name))
    setattr(ApiGatewayResolver, "context", property(_context, _set_context))  # noqa: B010  a property in place of an attribute
    vars(api_gateway)["BaseRouter"] = _Router()
    _build_middleware_once()


def _build_middleware_once() -> None:
    # a route wraps its handler in its middleware on the first request; two first requests would wrap it twice
    build, lock = Route._build_middleware_stack, threading.Lock()

    def guarded(route: Any, *args: Any, **kwargs: Any) -> None:
        with lock:
            if not route._middleware_stack_built:
                build(route, *args, **kwargs)

    setattr(Route, "_build_middleware_stack", guarded)  # noqa: B010  a method, so not a plain assignment
