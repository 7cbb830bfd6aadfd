"""Devices without a browser: they show a code, somebody types it elsewhere, and what they ask with is worth something once."""

from datetime import UTC, datetime, timedelta

import pytest
from orrery.model import sign_in as model

from tests.support.http import Caller
from tests.support.sign_in import API, Browser, Reply, SignIn

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def begin() -> dict:
    return Browser().post("/sign-in/v1/oauth/device/code", {"client_id": "orrery-cli", "scope": "openid offline_access"}, origin=None).json


def poll(device_code: str, client: str = "orrery-cli") -> Reply:
    return Browser().post("/sign-in/v1/oauth/token", {"client_id": client, "grant_type": GRANT, "device_code": device_code}, origin=None)


def typed(sign_in: SignIn, code: str, browser: Browser) -> Reply:
    return sign_in.come_back(browser, browser.get("/sign-in/v1/device", user_code=code))


def answer(sign_in: SignIn, browser: Browser, page: Reply, decision: str = "allow", origin: str | None = API) -> Reply:
    form = {"ticket": page.ticket, "organization": sign_in.installation.organization_id, "decision": decision}
    return browser.post("/sign-in/v1/confirm", form, origin=origin)


def test_a_device_is_signed_in_once_somebody_has_allowed_it(standing: SignIn):
    device, browser = begin(), Browser()
    assert poll(device["device_code"]).json["error"] == "authorization_pending"
    page = typed(standing, device["user_code"], browser)
    assert device["user_code"] in page.text

    assert answer(standing, browser, page).status == 200

    tokens = poll(device["device_code"]).json
    assert Caller(tokens["access_token"]).get("/v1/users/self").body["username"] == "ada@example.com"
    assert standing.refresh(tokens["refresh_token"]).status == 200
    assert poll(device["device_code"]).json["error"] == "expired_token", "a device code is good once"


def test_its_page_lets_browsers_go_on_to_whichever_identity_provider(standing: SignIn):
    """Chromium holds the redirects of a form's answer to the page's `form-action`, and a provider may redirect to another one."""
    assert "form-action 'self' https:;" in Browser().get("/sign-in/v1/device").headers["content-security-policy"]


@pytest.mark.parametrize("spelled", [lambda code: code.lower(), lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_the_code_may_be_typed_as_people_type(standing: SignIn, spelled):
    device, browser = begin(), Browser()

    assert device["user_code"] in typed(standing, spelled(device["user_code"]), browser).text


def test_a_device_is_told_when_they_said_no(standing: SignIn):
    device, browser = begin(), Browser()
    page = typed(standing, device["user_code"], browser)

    assert answer(standing, browser, page, "deny").status == 200

    assert poll(device["device_code"]).json["error"] == "access_denied"


def test_a_device_that_asks_too_often_is_told_to_slow_down(standing: SignIn):
    device = begin()

    assert [poll(device["device_code"]).json["error"] for _ in range(2)] == ["authorization_pending", "slow_down"]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_a_device_is_allowed_from_our_own_page_alone(standing: SignIn, origin: str | None):
    device, browser = begin(), Browser()
    page = typed(standing, device["user_code"], browser)

    assert answer(standing, browser, page, origin=origin).status == 403

    assert poll(device["device_code"]).json["error"] == "authorization_pending"


def test_typing_the_code_alone_allows_nothing(standing: SignIn):
    device, browser = begin(), Browser()

    typed(standing, device["user_code"], browser)

    assert poll(device["device_code"]).json["error"] == "authorization_pending"


def test_a_code_that_is_no_devices_looks_like_any_other_until_one_has_signed_in(standing: SignIn):
    real, made_up = (Browser().get("/sign-in/v1/device", user_code=code) for code in (begin()["user_code"], "BCDF-GHJK"))

    assert (real.status, sorted(real.sent_back)) == (made_up.status, sorted(made_up.sent_back))


def test_a_code_is_answered_once(standing: SignIn):
    device, first, second = begin(), Browser(), Browser()
    pages = [typed(standing, device["user_code"], browser) for browser in (first, second)]

    assert answer(standing, first, pages[0], "deny").status == 200
    assert answer(standing, second, pages[1]).status == 404

    assert poll(device["device_code"]).json["error"] == "access_denied"


def test_a_device_code_of_another_client_is_worth_nothing(standing: SignIn):
    device = begin()

    assert poll(device["device_code"], "orrery-console").json["error"] == "expired_token"
    assert poll("made up").json["error"] == "expired_token"


def test_a_device_waits_ten_minutes_and_no_longer(standing: SignIn, monkeypatch: pytest.MonkeyPatch):
    device = begin()
    monkeypatch.setattr(model, "FLOW_LIFE", timedelta(seconds=-1))

    assert poll(device["device_code"]).json["error"] == "expired_token"


def test_the_console_has_a_browser_and_gets_no_device_code(standing: SignIn):
    told = Browser().post("/sign-in/v1/oauth/device/code", {"client_id": "orrery-console"}, origin=None)

    assert told.json["error"] == "unauthorized_client"


def test_a_session_ends_when_it_was_not_refreshed_for_two_weeks_and_after_a_quarter_at_the_latest():
    now = datetime.now(UTC)
    person = model.Person("o", "u", "ada@example.com", now)
    session = model.Session("s", person, "orrery-cli", "openid", "hash", now, now)

    late = session.refresh("hash", now + timedelta(days=89))

    assert session.ends_at == now + timedelta(days=14)
    assert late.ends_at == now + timedelta(days=90)
