"""Trouble on the way between a saga and its cluster, put where it comes up: between our client and the API server.

    wire = Wire(api)                                    # from now on requests go through it
    with wire.carrying(Delivery("ensure_broker", Trouble("throttle", {"ensure_broker"}), at=3)):
        home.ensure_broker(spec)                        # its fourth request is answered with 429

A step is cut in the middle of its writes; where that is, the wire has heard while it was `learning`.
"""

import json
import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Literal, get_args

from orrery.dataplane.kubernetes.api import Api
from urllib3.exceptions import ProtocolError, ReadTimeoutError

Kind = Literal["before", "after", "timeout", "throttle", "denied", "twice"]
"""A request is lost, its answer is lost, or comes too late; the server is busy, or forbids it; the step is delivered twice."""
KINDS: tuple[Kind, ...] = get_args(Kind)
PASSING: tuple[Kind, ...] = ("before", "after", "timeout", "throttle", "twice")
_REFUSED = {"throttle": (429, "TooManyRequests"), "denied": (403, "Forbidden")}
_SAID = {
    "before": "Lambda.ServiceException",
    "after": "Lambda.Unknown",
    "timeout": "Sandbox.Timedout",
    "throttle": "Lambda.TooManyRequestsException",
    "denied": "DataPlaneFailed",
}
"""What the state machine hears where no request is struck: Lambda's own words, which it tries again, or a refusal."""
FOR_GOOD = "Injected"
"""What no state machine tries again."""


@dataclass
class Trouble:
    """Each of these steps of a Deployment meets it so many `times`, once every step of `after` has met that.

    It strikes in the middle of a step, or if it comes more than once at its first request; `whole` ones are the function's own: it never
    runs, or is cut off at its end, or runs out of time.
    """

    kind: Kind
    steps: Collection[str]
    times: float = 1
    whole: bool = False
    after: "Trouble | None" = None
    met: Counter[str] = field(default_factory=Counter)

    @property
    def is_over(self) -> bool:
        return all(self.met[step] >= self.times for step in self.steps)

    def awaits(self, step: str) -> bool:
        return step in self.steps and self.met[step] < self.times and (self.after is None or self.after.is_over)

    def error(self) -> Exception:
        """As the state machine knows it, by its name."""
        name = FOR_GOOD if self.whole and self.kind in ("before", "after") else _SAID[self.kind]
        made: Exception = type(name, (Exception,), {})("asked for by the test")
        return made


@dataclass
class Delivery:
    """One call of a step: its request number `at` is struck (-1: none)."""

    step: str
    trouble: Trouble | None = None
    at: int = -1
    methods: list[str] = field(default_factory=list)
    struck: bool = False

    def strikes(self, method: str) -> bool:
        self.methods.append(method)
        hit = len(self.methods) - 1 == self.at
        self.struck = self.struck or hit
        return hit


class Wire:
    def __init__(self, api: Api) -> None:
        self._pool: Any = api.client.rest_client.pool_manager
        self._thread = threading.local()
        self._longest: dict[str, list[str]] = {}
        self.learning = True
        api.client.rest_client.pool_manager = self  # type: ignore[assignment]  # of which `request` is all that is used

    @contextmanager
    def carrying(self, delivery: Delivery) -> Iterator[None]:
        """This thread's requests are this delivery's."""
        self._thread.delivery = delivery
        try:
            yield
        finally:
            self._thread.delivery = None
            if self.learning and delivery.trouble is None and len(delivery.methods) > len(self._longest.get(delivery.step, [])):
                self._longest[delivery.step] = delivery.methods

    def middle(self, step: str) -> int:
        """The request in the middle of what the step writes, or asks when it writes nothing; -1 if it never sent any."""
        methods = self._longest.get(step, [])
        writes = [number for number, method in enumerate(methods) if method != "GET"] or list(range(len(methods)))
        return writes[len(writes) // 2] if writes else -1

    def request(self, method: str, url: str, **how: Any) -> Any:
        """As the connection pool has it."""
        delivery: Delivery | None = getattr(self._thread, "delivery", None)
        if delivery is None or not delivery.strikes(method):
            return self._pool.request(method, url, **how)
        kind = delivery.trouble.kind if delivery.trouble else None
        if kind in _REFUSED:
            return _refusal(*_REFUSED[kind])
        if kind != "before":
            self._pool.request(method, url, **how)
        raise ReadTimeoutError(self._pool, url, "too late") if kind == "timeout" else ProtocolError("the connection was cut")


def _refusal(status: int, reason: str) -> Any:
    told = {"kind": "Status", "status": "Failure", "reason": reason, "code": status, "message": reason}
    return SimpleNamespace(status=status, data=json.dumps(told).encode())
