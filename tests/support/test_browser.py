"""The browser of the tests runs scripts, holds to a page's policy, keeps tests apart and reaches this machine alone."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Error, Page, expect

PAGE = b"""<!doctype html><title>Here</title><label>Name <input name=who></label><button onclick="
document.querySelector('h1').textContent = 'Hello, ' + document.querySelector('input').value">Continue</button><h1></h1>"""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Set-Cookie", "seen=yes")
        if self.path == "/strict":
            self.send_header("Content-Security-Policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """A test's output is its own."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://etl.localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_is_used_as_a_person_does(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading")).to_have_text("Hello, Ada")


def test_a_policy_without_scripts_is_held_to(page: Page, site: str) -> None:
    page.goto(f"{site}/strict")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading")).to_have_text("")


def test_another_context_knows_nothing_of_this_one(page: Page, browser: Browser, site: str) -> None:
    page.goto(site)
    assert [each["name"] for each in page.context.cookies()] == ["seen"]

    with browser.new_context() as other:
        assert other.cookies() == []


def test_nothing_beyond_this_machine_is_reached(page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.com/")
