"""How the plane proves itself to an identity provider that gave it a secret, and what it does when the provider is away."""

import base64
from urllib.parse import quote_plus

import pytest

from tests.support.sign_in import CLIENT_SECRET, Browser, SignIn, forget, provider_server, sign_in

__all__ = ["provider_server", "sign_in"]


@pytest.fixture
def secretive(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """An installation whose provider gave it a secret, which lies in Secrets Manager."""
    monkeypatch.setenv("SIGN_IN_CLIENT_SECRET", "arn:aws:secretsmanager:us-east-1:123456789012:secret:sign-in")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", sign_in.provider.address)
    forget()
    return sign_in


def test_a_client_without_a_secret_says_its_name(sign_in: SignIn):
    assert sign_in.code()
    assert sign_in.provider.proofs[-1] == ("orrery", "", "")


def test_a_secret_goes_into_the_header_where_the_provider_takes_it_there(secretive: SignIn):
    assert secretive.code()

    basic = base64.b64encode(f"orrery:{quote_plus(CLIENT_SECRET)}".encode()).decode()
    assert secretive.provider.proofs[-1] == ("", "", f"Basic {basic}")


def test_a_secret_goes_into_the_form_where_the_provider_takes_it_nowhere_else(secretive: SignIn, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(secretive.provider, "methods", ["client_secret_post"])

    assert secretive.code()
    assert secretive.provider.proofs[-1] == ("orrery", CLIENT_SECRET, "")


def test_nothing_secret_stands_in_any_log(secretive: SignIn, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]):
    caplog.set_level("DEBUG", logger="orrery")
    code = secretive.code()
    tokens = secretive.redeem(code).json
    second = secretive.refresh(tokens["refresh_token"]).json
    secretive.refresh(tokens["refresh_token"])
    secretive.redeem(code)

    printed = capfd.readouterr()
    said = caplog.text + printed.out + printed.err
    assert "came a second time" in said
    for secret in (
        code,
        CLIENT_SECRET,
        *(each[name] for each in (tokens, second) for name in ("access_token", "refresh_token", "id_token")),
    ):
        assert secret not in said


AWAY: list[tuple[int, dict]] = [(500, {}), (503, {}), (429, {})]


@pytest.mark.parametrize("answer", AWAY)
def test_a_provider_that_is_away_is_said_so(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, dict]):
    monkeypatch.setattr(sign_in.provider, "answer", lambda *_: answer)

    page = sign_in.authorize(Browser())

    assert page.status == 503
    assert "try again" in page.text


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None])
def test_a_provider_that_calls_itself_something_else_is_not_believed(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, issuer: str | None):
    honest = sign_in.provider.answer
    monkeypatch.setattr(sign_in.provider, "answer", lambda *asked: (200, honest(*asked)[1] | {"issuer": issuer}))

    page = sign_in.authorize(Browser())

    assert page.status == 503
    assert "location" not in page.headers


def test_a_provider_cannot_lead_us_to_another_scheme(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    honest = sign_in.provider.answer
    monkeypatch.setattr(sign_in.provider, "answer", lambda *asked: (200, honest(*asked)[1] | {"token_endpoint": "file:///etc/passwd"}))

    assert sign_in.authorize(Browser()).status == 503


def test_an_answer_without_end_is_read_to_a_bound(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    honest = sign_in.provider.answer
    monkeypatch.setattr(sign_in.provider, "answer", lambda *asked: (200, honest(*asked)[1] | {"more": "x" * 1_000_000}))

    assert sign_in.authorize(Browser()).status == 503
