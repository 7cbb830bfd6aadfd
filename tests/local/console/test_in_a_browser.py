"""The real console in a real browser, served as the template's distribution says: it runs under its own policy."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.aws.engine import Engine
from local.state import State
from tests.support.console import Console
from tests.support.process import Plane

WATCH = (
    "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(`${e.violatedDirective} ${e.blockedURI}`))"
)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory, aws_engine: Engine, built_console: Path) -> Iterator[Plane]:
    plane = Plane(State(tmp_path_factory.mktemp("console") / "state"), aws_engine)
    plane.start()
    plane.invoke({})
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def url(plane: Plane) -> str:
    return str(json.loads(plane.state.plane_ready.read_text())["url"])


@pytest.mark.parametrize("path", ["/", "/deployments/ck0deployment/a.name.with.dots"])
def test_it_starts_at_any_address_and_its_policy_stops_nothing_that_it_needs(page: Page, url: str, path: str) -> None:
    page.add_init_script(WATCH)
    answer = page.goto(f"{url}{path}")
    assert answer
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    expect(page.get_by_role("button", name="Sign in").first).to_be_visible()
    assert page.evaluate("violations") == []


def test_its_policy_stops_what_somebody_else_would_run_or_ask(page: Page, url: str) -> None:
    page.add_init_script(WATCH)
    page.goto(url)
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\"><style>body { color: red }</style>')"
    )
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))")
    page.wait_for_function("violations.length >= 3")
    assert page.evaluate("window.ran") is None
    assert page.evaluate("fetch('http://elsewhere.example/').catch(() => 'stopped')") == "stopped"
    assert {each.split(" ")[0] for each in page.evaluate("violations")} == {
        "script-src-attr", "script-src-elem", "style-src-elem", "connect-src",
    }  # fmt: skip


def test_one_address_is_the_consoles_and_the_apis(page: Page, url: str) -> None:
    page.goto(url)
    told = page.evaluate("fetch('/v1/organizations').then(async answer => [answer.status, await answer.text()])")
    assert (told[0], json.loads(told[1])["statusCode"]) == (401, 401)


def test_the_first_page_is_small(page: Page, url: str, plane: Plane) -> None:
    sizes: dict[str, int] = {}
    sign_in(page, url, plane)
    page.on("response", lambda each: sizes.update({each.url: len(gzip.compress(each.body()))}) if "/v1/" not in each.url else None)
    page.goto(url)
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert any(each.endswith(".js") for each in sizes)
    assert any(each.endswith(".css") for each in sizes)
    assert sum(sizes.values()) <= 700_000, sizes


def test_whoever_has_signed_in_walks_through_it_and_its_policy_stops_nothing(page: Page, url: str, plane: Plane) -> None:
    page.add_init_script(WATCH)
    sign_in(page, url, plane)
    ways = page.get_by_role("navigation").get_by_role("link")
    expect(ways.first).to_be_visible()
    found = {str(each.get_attribute("href")) for each in ways.all()}
    addresses = sorted(each for each in found if each.startswith("/"))
    assert len(addresses) > 1
    for address in addresses:
        page.goto(f"{url}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("violations") == [], address


def sign_in(page: Page, url: str, plane: Plane) -> None:
    Console(page, url, plane.state.sign_in_code()).sign_in()
