"""The real console: built as `make up` serves it, and a person who uses it in a browser."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from local.console import build
from local.progress import Screen
from local.state import Failure, State

MODULES = build.SOURCES / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
OWNER = "owner@example.com"
WIDTHS = {1280: 900, 390: 844}
"""A desk and a telephone: width to height, in pixels."""


@pytest.fixture(scope="session")
def built_console() -> Path:
    """The folder with what was built of `console/`; `make test` built it already, unless npm's registry is away."""
    try:
        build.ensure(State.here(), Screen())
    except Failure as failure:
        if os.environ.get("CI") == "true":
            pytest.fail(str(failure))
        pytest.skip(str(failure))
    return build.BUILT


_OF_THE_KIT = "[class*=mobile-toolbar-nav]"
"""The kit's own bar on narrow windows says `aria-expanded` of a landmark, which we cannot take away."""


class Console:
    """Somebody who clicks: what they see is what there is."""

    def __init__(self, page: Page, url: str, code: str) -> None:
        self.page, self.url, self._code = page, url, code
        self.said: list[str] = []
        page.on("console", lambda each: self.said.append(each.text) if each.type == "error" else None)

    def sign_in(self, address: str = OWNER) -> None:
        self.page.goto(f"{self.url}/")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_label("Code").fill(self._code)
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_role("button", name=address).click()
        expect(self.heading("Home")).to_be_visible()

    def open(self, path: str) -> None:
        """By its address, as a bookmark does."""
        self.page.goto(f"{self.url}{path}")
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible()

    def turn_to(self, name: str) -> None:
        """By the navigation beside the page."""
        self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name, exact=True, level=1)

    def press(self, name: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").filter(visible=True)

    def row(self, words: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=words)

    def complaints(self) -> list[str]:
        """What axe finds that somebody with other eyes, hands or ears would stumble over, a line each."""
        # through the debugger's door: the page's own policy lets no such script in
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(
            f"axe.run({{ exclude: [['{_OF_THE_KIT}']] }}, {{ resultTypes: ['violations'] }}).then(all => all.violations)"
        )
        return [f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:3]}" for each in found]

    def is_wider_than_its_window(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def settle(page: Page) -> None:
    """Until nothing on the page says that it is still being read."""
    expect(page.get_by_text(re.compile("^(Reading .*|One moment|Drawing) …$"))).to_have_count(0)
