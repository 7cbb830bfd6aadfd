"""A real browser for tests: Debian's Chromium, driven by Playwright. `python -m tests.support.browser` installs it where it can.

    def test_it_greets(page: Page) -> None:
        page.goto("http://localhost:8888/")
        page.get_by_label("Name").fill("Ada")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading")).to_have_text("Hello, Ada")

Every test has a context of its own: no cookie, no storage and no cache of another. The browser reaches this machine and nothing else.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from local.progress import Screen
from tests.support.packages import Missing, install

NAMES = ("chromium", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
)
PATIENCE = 30_000.0
"""Milliseconds for a page and for what is expected of it, on a machine that also runs the platform."""


def executable() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The file's: while it is open its thread can run no other event loop. Where there is none tests are skipped; in CI they fail."""
    program = executable()
    if program is None:
        why = f"there is no browser on this machine (none of {', '.join(NAMES)}): install Debian's package `chromium`"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        # the profile is a fresh folder that goes with the browser; root's Chromium has no sandbox
        expect.set_options(timeout=PATIENCE)
        made = playwright.chromium.launch(executable_path=program, args=FLAGS, chromium_sandbox=os.geteuid() != 0)
        yield made
        made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser: what one page of it keeps, the others see, and no other test does."""
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty tab; a script's error that nobody caught fails the test in the end."""
    made, uncaught = context.new_page(), list[Error]()
    made.on("pageerror", lambda error: uncaught.append(error))
    yield made
    assert not uncaught, f"scripts of the page failed: {uncaught}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.browser", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--if-possible", action="store_true", help="end well where it cannot be installed, after saying why")
    arguments = parser.parse_args()
    screen = Screen()
    try:
        if executable() is None:
            install(screen, "chromium")
    except Missing as missing:
        screen.line(f"No browser for tests: {missing}")
        return 0 if arguments.if_possible else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
