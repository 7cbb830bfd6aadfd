"""The identity provider of one machine believes whoever shows its code, and nobody else."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from local.development_sign_in import CLIENT, COOKIE, PATH, DevelopmentSignIn
from local.state import State

URL = "http://localhost:8888"
CODE = "the-code"
ASKED = {
    "client_id": CLIENT, "redirect_uri": f"{URL}/sign-in/v1/callback", "state": "s", "nonce": "n",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
}  # fmt: skip
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""This pair is RFC 7636's own example (appendix B)."""


async def _onward(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"onward"})


class Machine:
    def __init__(self) -> None:
        self.app = DevelopmentSignIn(_onward, URL, CODE, lambda: ["ada@example.com", "<script>@example.com"])

    def send(self, method: str, path: str, form: dict[str, str] | None = None, query: dict[str, str] | None = None, **headers: str) -> Any:
        told: list[Any] = []
        scope = {
            "type": "http", "method": method, "path": path, "query_string": urlencode(query or {}).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"body": urlencode(form or {}).encode(), "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        asyncio.run(self.app(scope, receive, send))
        return told[0]["status"], dict(told[0]["headers"]), told[1]["body"].decode()

    def authorize(
        self, method: str = "GET", form: dict[str, str] | None = None, cookie: str = "", origin: str = URL, **changes: str
    ) -> Any:
        said = {"cookie": cookie} if cookie else {}
        return self.send(method, f"{PATH}/authorize", form, ASKED | changes, origin=origin, **said)


@pytest.fixture
def machine() -> Machine:
    return Machine()


ADMITTED = f"{COOKIE}={CODE}"


def test_nobody_is_asked_who_they_are_before_they_showed_the_code(machine: Machine) -> None:
    for _, _, page in (
        machine.authorize(),
        machine.authorize("POST", {"email": "ada@example.com"}),
        machine.authorize(cookie=f"{COOKIE}=x"),
    ):
        assert "ada@example.com" not in page
        assert "sign-in/code" in page
    assert machine.authorize("POST", {"code": "wrong"})[0] == 200


def test_the_code_admits_a_browser_from_then_on(machine: Machine) -> None:
    status, headers, _ = machine.authorize("POST", {"code": CODE})

    assert status == 303
    cookie = headers[b"set-cookie"].decode()
    assert "HttpOnly" in cookie
    assert "ada@example.com" in machine.authorize(cookie=cookie.partition(";")[0])[2]


def test_it_signs_in_whoever_one_says_one_is_once(machine: Machine) -> None:
    status, headers, _ = machine.authorize("POST", {"email": "ada@example.com"}, ADMITTED)
    back = dict(parse_qsl(urlsplit(headers[b"location"].decode()).query))
    form = {"grant_type": "authorization_code", "code": back["code"], "code_verifier": VERIFIER}

    assert (status, back["state"]) == (303, "s")
    assert machine.send("POST", f"{PATH}/token", form)[0] == 200
    assert machine.send("POST", f"{PATH}/token", form)[0] == 400


def test_its_code_takes_the_verifier(machine: Machine) -> None:
    _, headers, _ = machine.authorize("POST", {"email": "ada@example.com"}, ADMITTED)
    back = dict(parse_qsl(urlsplit(headers[b"location"].decode()).query))

    assert machine.send("POST", f"{PATH}/token", {"code": back["code"], "code_verifier": "w" * 64})[0] == 400


def test_it_sends_people_back_to_the_plane_alone(machine: Machine) -> None:
    assert machine.authorize(redirect_uri="https://evil.example", cookie=ADMITTED)[0] == 400


def test_another_sites_form_is_refused(machine: Machine) -> None:
    for origin in ("null", "https://evil.example", "http://etl.localhost:8888"):
        assert machine.authorize("POST", {"email": "ada@example.com"}, ADMITTED, origin=origin)[0] == 403


def test_an_address_is_text_on_its_page(machine: Machine) -> None:
    assert "<script" not in machine.authorize(cookie=ADMITTED)[2]


def test_everything_else_goes_on_to_the_gateway(machine: Machine) -> None:
    for path in ("/v1/organizations", "/sign-in/v1/authorize", "/development-sign-in-not"):
        assert machine.send("GET", path)[0] == 299


def test_its_code_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Any) -> None:
    state = State(tmp_path)

    assert state.sign_in_code() == State(tmp_path).sign_in_code()
    assert (tmp_path / "sign-in" / "code").stat().st_mode & 0o077 == 0
