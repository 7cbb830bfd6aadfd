"""CORS as an HTTP API does it: it answers preflights itself and replaces whatever CORS headers a function sends.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from fnmatch import fnmatchcase

from local.payload import Request, Response
from local.template import Cors

Headers = list[tuple[str, str]]


class Policy:
    def __init__(self, cors: Cors | None) -> None:
        self.cors = cors

    def preflight(self, request: Request) -> Response | None:
        """The answer to an OPTIONS request of a browser, or None when this is not one (or there is no CORS)."""
        if not (self.cors and request.method == "OPTIONS" and request.header("origin") and request.header("access-control-request-method")):
            return None
        return Response(204, self._preflight_headers(request), b"")

    def headers(self, request: Request, headers: Headers) -> Headers:
        """A response's headers with ours; a preflight's are whole already."""
        if self.cors is None or self.preflight(request) is not None:
            return headers
        own = [(name, value) for name, value in headers if not name.startswith("access-control-")]
        return own + self._origin(request)

    def _origin(self, request: Request) -> Headers:
        assert self.cors
        origin = request.header("origin")
        if origin is None or not any(fnmatchcase(origin, allowed) for allowed in self.cors.origins):
            return []
        found = [("access-control-allow-origin", "*" if "*" in self.cors.origins else origin)]
        if "*" not in self.cors.origins:
            found.append(("vary", "Origin"))
        if self.cors.credentials:
            found.append(("access-control-allow-credentials", "true"))
        if self.cors.expose:
            found.append(("access-control-expose-headers", ",".join(self.cors.expose)))
        return found

    def _preflight_headers(self, request: Request) -> Headers:
        assert self.cors
        headers = self._origin(request)
        if not headers:
            return []
        if self.cors.methods:
            headers.append(("access-control-allow-methods", ",".join(self.cors.methods)))
        if self.cors.headers:
            headers.append(("access-control-allow-headers", ",".join(self.cors.headers)))
        if self.cors.max_age is not None:
            headers.append(("access-control-max-age", str(self.cors.max_age)))
        return headers
