"""Attacks by other sites, by names that tenants choose, and by whoever wants to learn who is a member."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from orrery.api.sign_in import pages
from orrery.errors import TooMany
from orrery.store import sign_ins

from tests.support.http import Caller
from tests.support.sign_in import API, CONSOLE, Browser, Reply, SignIn

NOON = datetime(2026, 1, 2, 12, 0, 30, tzinfo=UTC)
FOREIGN = [None, "null", "https://evil.example", "http://127.0.0.1:8889", "https://127.0.0.1:8888", "http://127.0.0.1", CONSOLE]


def asked_which(sign_in: SignIn, browser: Browser) -> Reply:
    sign_in.in_two_organizations()
    return sign_in.come_back(browser, sign_in.authorize(browser))


@pytest.mark.parametrize("origin", FOREIGN)
def test_the_choice_of_an_organization_is_taken_from_our_own_page_alone(sign_in: SignIn, origin: str | None):
    browser = Browser()
    page = asked_which(sign_in, browser)
    form = {"ticket": page.ticket, "organization": sign_in.installation.organization_id, "decision": "allow"}

    assert browser.post("/sign-in/v1/confirm", form, origin=origin).status == 403
    assert browser.post("/sign-in/v1/confirm", form, origin=API).status == 303, "and it was not spoilt"


def test_a_choice_takes_the_pages_own_secret_and_its_browser_and_counts_once(sign_in: SignIn):
    browser = Browser()
    page = asked_which(sign_in, browser)
    form = {"ticket": page.ticket, "organization": sign_in.installation.organization_id, "decision": "allow"}

    assert browser.post("/sign-in/v1/confirm", form | {"ticket": "x"}).status == 404
    assert Browser().post("/sign-in/v1/confirm", form).status == 404
    assert browser.post("/sign-in/v1/confirm", form).status == 303
    assert browser.post("/sign-in/v1/confirm", form).status == 404


def test_a_choice_is_among_ones_own_organizations(sign_in: SignIn):
    from tests.support.installation import another

    browser = Browser()
    page = asked_which(sign_in, browser)
    foreign = another(sign_in.installation)

    answer = browser.post("/sign-in/v1/confirm", {"ticket": page.ticket, "organization": foreign.organization_id, "decision": "allow"})

    assert answer.status == 403
    assert "location" not in answer.headers


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", API, f"{CONSOLE}.evil.example", CONSOLE.replace("http", "https")])
@pytest.mark.parametrize("door", ["token", "revoke"])
def test_the_consoles_cookie_counts_for_pages_of_the_console_alone(standing: SignIn, origin: str | None, door: str):
    browser = in_the_console(standing)
    form = {"client_id": "orrery-console", "grant_type": "refresh_token"}

    assert browser.post(f"/sign-in/v1/oauth/{door}", form, origin=origin).status == 403

    assert browser.post("/sign-in/v1/oauth/token", form, origin=CONSOLE).status == 200, "and nothing was ended"


def test_no_cookie_is_worth_anything_at_the_api(standing: SignIn):
    browser = in_the_console(standing)

    for path in ("/sign-in/v1/userinfo", "/sign-in/v1/sign-out-everywhere"):
        assert browser.post(path, {}, origin=CONSOLE).status == 401


def test_cookies_are_for_this_host_alone_and_for_no_script(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    from tests.support.sign_in import forget

    monkeypatch.setenv("API_URL", "https://api.example.com")
    forget()

    away = sign_in.authorize(Browser(), audience="https://api.example.com")

    (cookie,) = away.cookies
    assert cookie.startswith("__Host-")
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= {each.strip() for each in cookie.split(";")}
    assert "Domain" not in cookie


def test_the_consoles_refresh_token_is_forgotten_when_it_signs_out(standing: SignIn):
    browser = in_the_console(standing)

    gone = browser.post("/sign-in/v1/oauth/revoke", {"client_id": "orrery-console"}, origin=CONSOLE)

    assert "Max-Age=0" in gone.cookies[0]
    assert (
        browser.post("/sign-in/v1/oauth/token", {"client_id": "orrery-console", "grant_type": "refresh_token"}, origin=CONSOLE).status
        == 400
    )


INJECTIONS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</label></form><form action=https://evil.example>",
    "</style><script>alert(1)</script>",
    "&lt;script&gt;",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("name", INJECTIONS)
def test_the_name_of_an_organization_is_text_wherever_it_is_shown(sign_in: SignIn, name: str):
    home = sign_in.installation
    changed = home.owner.post(home.path, {"name": name[:50], "billingEmail": "ada@example.com", "isScimEnabled": False})
    assert changed.status == 200, changed.body

    page = asked_which(sign_in, Browser())

    assert "&" in page.text or "<" not in name
    assert tags(page.text) == tags(asked_which_plainly())


@pytest.mark.parametrize("address", ['"><script>alert(1)</script>@example.com', "<b>@example.com", "a'onfocus='x@example.com"])
def test_an_address_is_text_wherever_it_is_shown(standing: SignIn, address: str):
    standing.provider.email = address
    browser = Browser()

    answer = standing.come_back(browser, browser.get("/sign-in/v1/device", user_code="BCDF-GHJK"))

    assert answer.status == 403
    assert "<script" not in answer.text


@tries(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.text(), st.text())
def test_whatever_is_said_on_a_page_adds_no_element_to_it(title: str, line: str, choice: str):
    page = pages.Page(title, (line,), action="/x", choices=(pages.Choice(choice, choice),), hidden=(pages.Choice("ticket", choice),))
    plain = pages.Page("x", ("x",), action="/x", choices=(pages.Choice("x", "x"),), hidden=(pages.Choice("ticket", "x"),))

    assert tags(pages.render(page)) == tags(pages.render(plain))


@pytest.mark.parametrize("path", ["/authorize", "/callback", "/device"])
def test_pages_run_nothing_load_nothing_and_stand_in_no_frame(standing: SignIn, path: str):
    page = Browser().get(f"/sign-in/v1{path}")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "<script" not in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"


def test_a_page_shows_nothing_of_what_was_asked(standing: SignIn):
    for name in ("client_id", "redirect_uri", "state"):
        assert "<script" not in standing.authorize(Browser(), **{name: "<script>alert(1)</script>"}).text


def test_before_somebody_has_proven_an_address_nothing_tells_who_is_a_member(standing: SignIn):
    there, nobody = (standing.authorize(Browser(), login_hint=address) for address in ("ada@example.com", "nobody@example.com"))

    def shape(reply: Reply) -> tuple[int, list[str]]:
        return reply.status, sorted(reply.sent_back)

    assert shape(there) == shape(nobody)


def test_who_is_no_member_is_told_the_same_whatever_they_asked_for(sign_in: SignIn):
    """Nobody, somebody invited, and a member of another Organization than the one that was named."""
    from tests.support.installation import another
    from tests.support.invitations import invite

    invite(sign_in.installation, "eve@example.com")
    other = another(sign_in.installation)
    told = set()
    for address, organization in [
        ("nobody@example.com", None),
        ("eve@example.com", None),
        ("ada@example.com", other.organization_id),
        ("ada@example.com", "c" + "0" * 24),
    ]:
        sign_in.provider.email = address
        browser = Browser()
        back = sign_in.come_back(browser, sign_in.authorize(browser, organization=organization)).sent_back
        told.add((back["error"], back["error_description"]))

    assert len(told) == 1


def in_the_console(sign_in: SignIn) -> Browser:
    browser = Browser()
    told = sign_in.in_the_console(browser)
    assert Caller(told.json["access_token"]).get("/v1/users/self").status == 200
    return browser


def tags(page: str) -> list[str]:
    """The names of all elements and attributes in a page, in their order."""
    return re.findall(r"<(/?[a-zA-Z!][^\s>]*)", page)


def asked_which_plainly() -> str:
    choices = (pages.Choice("a", "a"), pages.Choice("b", "b"))
    buttons = (pages.Choice("allow", "Continue"), pages.Choice("deny", "Cancel"))
    page = pages.Page("x", ("x",), action="/x", choices=choices, hidden=(pages.Choice("ticket", "x"),), buttons=buttons)
    return pages.render(page)


@pytest.mark.parametrize(
    "begins", [SignIn.authorize, lambda _, browser: browser.post("/sign-in/v1/oauth/device/code", {"client_id": "orrery-cli"})]
)
def test_nobody_begins_sign_ins_without_end(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, begins):
    monkeypatch.setattr(sign_ins, "STARTS", 2)

    statuses = [begins(sign_in, Browser(place="192.0.2.7")).status for _ in range(5)]  # more than two minutes hold

    assert 429 in statuses
    assert set(statuses) <= {303, 200, 429}


def test_begun_sign_ins_are_counted_by_place_and_minute(empty_table: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sign_ins, "STARTS", 2)
    for place in ("192.0.2.7", "192.0.2.8", "2001:db8:0:1::1", "2001:db8:0:2::1"):
        for _ in range(2):
            sign_ins.count(place, NOON)

    for neighbour in ("192.0.2.7", "2001:db8:0:1:ffff::2"):
        with pytest.raises(TooMany):
            sign_ins.count(neighbour, NOON)
        sign_ins.count(neighbour, NOON.replace(minute=1))
