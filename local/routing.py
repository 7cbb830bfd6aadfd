"""Which function answers a request: API Gateway's rules for HTTP APIs.

A full match comes before a greedy one, that before `$default`; of two paths the more specific wins, and on one path a
method before ANY. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from local.template import Route


@dataclass(frozen=True)
class Match:
    route: Route
    parameters: dict[str, str]


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(route, _pattern(route.path)) for route in sorted(routes, key=_rank)]

    def match(self, method: str, path: str) -> Match | None:
        """`path` as it came over the wire, still percent-encoded."""
        for route, pattern in self._routes:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                return Match(route, {name: unquote(value) for name, value in found.groupdict().items()})
        return None


def _rank(route: Route) -> tuple[int, list[int], bool]:
    if route.path == "$default":
        return 2, [], True
    segments = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.path.split("/")]
    return int(2 in segments), segments, route.method == "ANY"


def _pattern(path: str) -> re.Pattern[str]:
    if path == "$default":
        return re.compile(r".*")
    parts = re.split(r"(\{\w+\+?\})", path)
    return re.compile("".join(_piece(part) for part in parts))


def _piece(part: str) -> str:
    if part.startswith("{") and part.endswith("+}"):
        return f"(?P<{part[1:-2]}>.+)"
    return f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
