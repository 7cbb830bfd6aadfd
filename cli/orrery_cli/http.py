"""The one door to the network: requests, safe retries, pages, and failures with a kind and a request id.

Only GET is ever sent twice, so that a lost answer never means a thing made twice.
"""

import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import httpx2

from orrery_cli import __version__
from orrery_cli.failures import Failure, kind_of

ATTEMPTS: Final = 4
LONGEST_PAUSE: Final = 30.0
PAGE: Final = 100
_RETRYABLE: Final = frozenset({502, 503, 504})

Params = Mapping[str, str | int | Sequence[str] | None]


class Api:
    """One base address and one token; `token` is None for addresses that carry their own signature."""

    def __init__(
        self,
        base: str,
        token: str | None,
        *,
        service: str = "the API",
        timeout: float = 60.0,
        renew: Callable[[str], str] | None = None,
    ) -> None:
        self._base, host = _reachable(base.rstrip("/"))
        self._service = f"{service} at {base}"
        self._token, self._renew = token, renew
        headers = {
            "User-Agent": f"orrery-cli/{__version__}",
            "Accept": "application/json",
            "x-orrery-client-identifier": "cli",
            "x-orrery-client-version": __version__,
            "x-orrery-client-os": f"{sys.platform}-{platform.machine()}",
        }
        if host:
            headers["Host"] = host
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx2.Client(headers=headers, timeout=timeout, verify=_encrypted(self._base))

    def get(self, path: str, params: Params | None = None) -> Any:
        return self.send("GET", path, params=params)

    def post(self, path: str, body: Any) -> Any:
        return self.send("POST", path, body=body)

    def delete(self, path: str) -> Any:
        return self.send("DELETE", path)

    def items(self, path: str, key: str, params: Params | None = None) -> list[dict[str, Any]]:
        """Every item of a paginated list, whatever the page size of the server."""
        return list(self._walk(path, key, params or {}))

    def send(self, method: str, path: str, *, params: Params | None = None, body: Any = None) -> Any:
        """One call: the decoded JSON, None for an empty answer, bytes for anything else; raises `Failure`."""
        response = self._attempt(method, path, params, body)
        if response.status_code == 401 and self._renewed():  # refused before anything was done, so it may be sent again
            response = self._attempt(method, path, params, body)
        if response.status_code >= 300:
            raise _refusal(response, self._service)
        if not response.content:
            return None
        if "json" not in response.headers.get("content-type", ""):
            return response.content
        try:
            return response.json()
        except ValueError as error:
            raise _unreadable(self._service, response) from error

    def _renewed(self) -> bool:
        """Whether there is another token than the one that was refused: a sign-in's lasts minutes, and a command may run for hours."""
        token = self._renew(self._token) if self._renew and self._token else self._token
        if token == self._token:
            return False
        self._token = token
        self._client.headers["Authorization"] = f"Bearer {token}"
        return True

    def _walk(self, path: str, key: str, params: Params) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self.get(path, {**params, "limit": PAGE, "offset": offset})
            if not isinstance(page, dict) or not isinstance(page.get(key), list):
                raise Failure(f"{self._service} answered without `{key}`; is it an Orrery API", kind="api_unavailable")
            yield from page[key]
            offset += len(page[key])
            if not page[key] or offset >= page.get("totalCount", 0):
                return

    def _attempt(self, method: str, path: str, params: Params | None, body: Any) -> httpx2.Response:
        query = {key: value for key, value in (params or {}).items() if value is not None}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._client.request(method, self._base + path, params=query, json=body)
            except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
                raise Failure(f"cannot reach {self._service}: {_cause(error)}", kind="api_unavailable") from error
            if method != "GET" or response.status_code not in _RETRYABLE or attempt == ATTEMPTS:
                break
            time.sleep(_pause(response, attempt))
        return response


def upload(url: str, content: bytes, *, headers: Mapping[str, str], query: str = "") -> Mapping[str, str]:
    """One PUT to a signed address, which is a secret: it is never repeated in a message; the headers of the answer."""
    address, host = _reachable(url)
    sent = {"User-Agent": f"orrery-cli/{__version__}", **headers, **({"Host": host} if host else {})}
    try:
        response = httpx2.put(address + query, content=content, headers=sent, timeout=120.0, verify=_encrypted(address))
    except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise Failure(f"cannot reach the upload address: {_cause(error)}", kind="api_unavailable") from error
    if response.status_code != 201:
        raise _refusal(response, "the upload address")
    return response.headers


def form(url: str, fields: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """One form that is posted, and the answer; what it holds is secret, so it is never sent twice and never told."""
    address, host = _reachable(url)
    sent = {"User-Agent": f"orrery-cli/{__version__}", "Accept": "application/json", **({"Host": host} if host else {})}
    try:
        response = httpx2.post(address, data=dict(fields), headers=sent, timeout=60.0, verify=_encrypted(address))
    except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise Failure(f"cannot reach {url}: {_cause(error)}", kind="api_unavailable") from error
    try:
        told = response.json()
    except ValueError:
        told = {}
    return response.status_code, told if isinstance(told, dict) else {}


def _encrypted(url: str) -> bool:
    """Whether there is a certificate to check: loading the trusted ones costs a tenth of a second that plain http need not pay."""
    return not url.startswith("http://")


def _reachable(url: str) -> tuple[str, str | None]:
    """`*.localhost` is loopback for browsers but unknown to many resolvers: connect to loopback and name the host in the header."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    if not name.endswith(".localhost"):
        return url, None
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"127.0.0.1{port}")), parts.netloc


def _pause(response: httpx2.Response, attempt: int) -> float:
    """Seconds before the next try: what the server asked for, within reason, or a doubling half second."""
    asked = response.headers.get("retry-after", "")
    return min(float(asked) if asked.isdigit() else 0.5 * 2 ** (attempt - 1), LONGEST_PAUSE)


def _refusal(response: httpx2.Response, service: str) -> Failure:
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    detail = body.get("message") or body.get("detail")
    message = detail if isinstance(detail, str) else f"{service} answered {response.status_code} {response.reason_phrase}".strip()
    request_id = body.get("requestId") or response.headers.get("x-request-id")
    fields = tuple(each for each in body.get("fieldErrors") or () if isinstance(each, dict))
    return Failure(message, kind=kind_of(response.status_code), code=body.get("code"), request_id=request_id, field_errors=fields)


def _unreadable(service: str, response: httpx2.Response) -> Failure:
    return Failure(f"{service} answered with broken JSON", kind="api_unavailable", request_id=response.headers.get("x-request-id"))


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__
