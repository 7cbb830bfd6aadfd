"""Attacks on the way to a code and on what it is exchanged for: each is refused, and whoever plays by the rules still gets in."""

import concurrent.futures
from urllib.parse import urlencode

import pytest

from tests.support.http import Caller
from tests.support.sign_in import API, CONSOLE, LOOPBACK, VERIFIER, Browser, SignIn

WRONG_PROOFS = {
    "another verifier": {"code_verifier": "w" * 64},
    "no verifier": {"code_verifier": ""},
    "the challenge itself": {"code_verifier": "jBDLsvC4iOH2oLjTqF8pcxkDtmrXxX7zIXNk1s0CiC4"},
    "a verifier that is too short": {"code_verifier": VERIFIER[:42]},
    "a verifier that is too long": {"code_verifier": VERIFIER * 3},
    "another address to come back to": {"redirect_uri": f"{CONSOLE}/callback"},
    "no address to come back to": {"redirect_uri": ""},
}


@pytest.mark.parametrize("wrong", WRONG_PROOFS.values(), ids=WRONG_PROOFS.keys())
def test_a_code_is_worth_nothing_without_its_proof_and_is_spent_by_the_attempt(standing: SignIn, wrong: dict[str, str]):
    code = standing.code()

    assert standing.redeem(code, **wrong).json["error"] == "invalid_grant"
    assert standing.redeem(code).json["error"] == "invalid_grant"


def test_a_code_of_another_client_is_worth_nothing(standing: SignIn):
    form = {"client_id": "orrery-console", "code": standing.code(), "redirect_uri": LOOPBACK, "code_verifier": VERIFIER}

    told = Browser().post("/sign-in/v1/oauth/token", {"grant_type": "authorization_code", **form}, origin=CONSOLE)

    assert told.json["error"] == "invalid_grant"


BAD_CHALLENGES = {
    "plain": {"code_challenge_method": "plain", "code_challenge": VERIFIER},
    "plain with the length of a hash": {"code_challenge_method": "plain", "code_challenge": VERIFIER[:43]},
    "no method, which would mean plain": {"code_challenge_method": None},
    "no challenge": {"code_challenge": None, "code_challenge_method": None},
    "a method and no challenge": {"code_challenge": None},
    "an empty challenge": {"code_challenge": ""},
    "S256 in another case": {"code_challenge_method": "s256"},
    "S512": {"code_challenge_method": "S512"},
    "a challenge that no hash has": {"code_challenge": "x" * 42},
    "no state": {"state": None},
    "a token in the answer": {"response_type": "token"},
    "a code and a token": {"response_type": "code id_token"},
    "an answer in the fragment": {"response_mode": "fragment"},
    "an answer that is posted": {"response_mode": "form_post"},
    "another audience": {"audience": "https://elsewhere.example"},
    "parameters from elsewhere": {"request_uri": "https://evil.example/request"},
    "parameters in a token": {"request": "eyJhbGciOiJub25lIn0.e30."},
}


@pytest.mark.parametrize("bad", BAD_CHALLENGES.values(), ids=BAD_CHALLENGES.keys())
def test_a_request_that_is_weaker_than_it_must_be_goes_back_with_an_error(standing: SignIn, bad: dict[str, str | None]):
    back = standing.authorize(Browser(), **bad)

    assert back.status == 303
    assert back.location.startswith(f"{LOOPBACK}?error=")
    assert "code" not in back.sent_back


REDIRECTS = [
    "https://evil.example/callback",
    "http://localhost:12345/callback/",
    "http://localhost:12345/callback?x=1",
    "http://localhost:12345/callback#x",
    "http://localhost:12345/",
    "http://localhost:12346/callback",
    "https://localhost:12345/callback",
    "http://localhost:12345/callback/../evil",
    "http://localhost:12345@evil.example/callback",
    "http://localhost.evil.example:12345/callback",
    "http://LOCALHOST:12345/callback",
    "http://127.0.0.1:12345/callback",
    "//evil.example/callback",
    "/callback",
    "javascript:alert(1)",
    f"{CONSOLE}/callback",
    "",
]


@pytest.mark.parametrize("address", REDIRECTS)
def test_nobody_is_sent_anywhere_but_to_the_clients_own_address(standing: SignIn, address: str):
    for more in ({}, {"code_challenge": None}, {"response_type": "token"}):
        page = standing.authorize(Browser(), redirect_uri=address, **more)

        assert page.status == 400
        assert "location" not in page.headers


def test_an_unknown_client_sends_nobody_anywhere(standing: SignIn):
    page = standing.authorize(Browser(), client_id="evil", redirect_uri="https://evil.example/callback")

    assert page.status == 401
    assert "location" not in page.headers


@pytest.mark.parametrize("name", ["redirect_uri", "client_id", "state", "code_challenge", "code_challenge_method"])
def test_a_parameter_that_comes_twice_is_refused(standing: SignIn, name: str):
    asked = standing.asked()

    page = Browser().send("GET", "/sign-in/v1/authorize", query=f"{urlencode(asked)}&{urlencode({name: asked[name]})}")

    assert page.status == 400
    assert "location" not in page.headers


def test_a_code_that_is_used_again_is_refused_and_ends_what_it_began(standing: SignIn):
    code = standing.code()
    tokens = standing.redeem(code).json
    assert Caller(tokens["access_token"]).get("/v1/users/self").status == 200

    assert standing.redeem(code).json["error"] == "invalid_grant"

    assert Caller(tokens["access_token"]).get("/v1/users/self").status == 401
    assert standing.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_of_many_who_come_with_one_code_at_once_at_most_one_gets_in(standing: SignIn):
    code = standing.code()

    with concurrent.futures.ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda _: standing.redeem(code), range(4)))

    got = [answer.json for answer in answers if answer.status == 200]
    assert len(got) <= 1
    assert all(Caller(each["access_token"]).get("/v1/users/self").status == 401 for each in got)


def test_a_code_ends_after_a_minute(standing: SignIn, monkeypatch: pytest.MonkeyPatch):
    from datetime import timedelta

    from orrery.api.sign_in import tokens

    code = standing.code()
    monkeypatch.setattr(tokens, "CODE_LIFE", timedelta(0))

    assert standing.redeem(code).json["error"] == "invalid_grant"


@pytest.mark.parametrize("code", ["", "x", "0" * 43, "../../x", "x" * 2000])
def test_a_code_that_was_never_given_is_refused(standing: SignIn, code: str):
    assert standing.redeem(code).json["error"] == "invalid_grant"


def test_a_state_counts_once(standing: SignIn):
    browser = Browser()
    away = standing.authorize(browser)
    query = standing.provider.signs_in(away.location)
    assert browser.send("GET", "/sign-in/v1/callback", query=query).status == 303

    again = browser.send("GET", "/sign-in/v1/callback", query=query)

    assert again.status == 404
    assert "location" not in again.headers


def test_a_made_up_state_is_refused(standing: SignIn):
    browser = Browser()
    standing.authorize(browser)

    assert browser.get("/sign-in/v1/callback", code="x", state="0" * 43).status == 404
    assert browser.get("/sign-in/v1/callback", code="x").status == 404


def test_nobody_can_be_made_to_come_back_as_somebody_else(standing: SignIn):
    attacker, victim = Browser(), Browser()
    query = standing.provider.signs_in(standing.authorize(attacker).location)
    standing.authorize(victim)

    tricked = victim.send("GET", "/sign-in/v1/callback", query=query)
    without = Browser().send("GET", "/sign-in/v1/callback", query=query)

    assert (tricked.status, without.status) == (404, 404)
    assert attacker.send("GET", "/sign-in/v1/callback", query=query).status == 303, "and it was not spoilt"


def test_an_answer_in_another_providers_name_is_refused(standing: SignIn):
    browser = Browser()
    query = standing.provider.signs_in(standing.authorize(browser).location)

    back = browser.send("GET", "/sign-in/v1/callback", query=query.partition("&iss=")[0] + "&iss=https%3A%2F%2Fevil.example")

    assert back.sent_back["error"] == "access_denied"


def test_an_error_of_the_provider_is_told_in_our_words(standing: SignIn):
    browser = Browser()
    state = standing.authorize(browser).sent_back["state"]

    back = browser.get("/sign-in/v1/callback", state=state, error="<script>", error_description="<script>alert(1)</script>")

    assert back.sent_back["error"] == "access_denied"
    assert "alert" not in back.location


LARGE = {
    "a state": {"state": "x" * 5000},
    "a nonce": {"nonce": "x" * 5000},
    "a hint": {"login_hint": "x" * 5000},
    "a control character": {"state": "a\r\nSet-Cookie: x=1"},
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE.keys())
def test_what_is_too_large_or_no_text_is_refused(standing: SignIn, large: dict[str, str]):
    page = standing.authorize(Browser(), **large)

    assert page.status == 400
    assert "location" not in page.headers
    assert not page.cookies


def test_a_body_that_is_too_large_or_no_form_is_refused(standing: SignIn):
    large = Browser().post("/sign-in/v1/oauth/token", {"code": "x" * 100_000}, origin=None)
    no_form = Browser().send("POST", "/sign-in/v1/oauth/token", form="{}", **{"content-type": "application/json"})

    assert (large.status, no_form.status) == (413, 400)


def test_a_client_with_a_secret_or_another_grant_is_no_client_of_ours(standing: SignIn):
    for grant in ("password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", ""):
        form = {"client_id": "orrery-cli", "grant_type": grant, "username": "ada@example.com", "password": "x"}
        assert Browser().post("/sign-in/v1/oauth/token", form, origin=None).json["error"] == "unsupported_grant_type"
    assert Browser().post("/sign-in/v1/oauth/token", {"client_id": "x"}, origin=None).json["error"] == "invalid_client"


def test_tokens_and_pages_are_kept_by_nobody_on_the_way(standing: SignIn):
    told, page = standing.redeem(standing.code()), Browser().get("/sign-in/v1/device")

    assert told.headers["cache-control"] == page.headers["cache-control"] == "no-store"
    assert API not in told.headers.get("access-control-allow-origin", "")
