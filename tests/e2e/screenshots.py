"""`make screenshots`: a picture of each main page of the console, from a real platform, into `.orrery/pictures`.

    python -m tests.e2e.screenshots [--state DIR]

Without `--state` a platform of its own is started, with the example on it, and ended; with it the one that runs there is visited. The few
that the README shows are put into docs/pictures/console too.
"""

import argparse
import contextlib
import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Page, expect, sync_playwright

from local.progress import Screen
from tests.support.browser import FLAGS, PATIENCE, executable
from tests.support.console import WIDTHS, Console, settle
from tests.support.platform import ROOT, Platform

PICTURES = ROOT / ".orrery" / "pictures"
SHOWN = ROOT / "docs" / "pictures" / "console"
README = ("home", "deployment-queues", "deployment-dags", "new-deployment-dark")
SIZES: Final = {"": 1280, "-narrow": 390}
SCHEMES: Final[dict[str, Literal["light", "dark"]]] = {"": "light", "-dark": "dark"}
READY = "Everything stays up"
"""What `make up` says once the example has run."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--state", type=Path, help="the `.orrery` of an installation that is up")
    arguments = parser.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with _state(arguments.state) as state, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS, chromium_sandbox=False)
        page = browser.new_context(device_scale_factor=1).new_page()
        url = json.loads((state / "plane" / "ready.json").read_text())["url"]
        _walk(Console(page, url, (state / "sign-in" / "code").read_text().strip()))
        browser.close()
    for name in README:
        shutil.copy(PICTURES / f"{name}.png", SHOWN)
    return 0


def _walk(console: Console) -> None:
    screen, page = Screen(), console.page
    page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
    page.goto(console.url)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    _keep(page, "sign-in")
    console.sign_in()
    hello = _hello(console)
    pages = _pages(hello) | _task(console, hello)
    for name, path in pages.items():
        for (wide, width), (dark, scheme) in itertools.product(SIZES.items(), SCHEMES.items()):
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            page.emulate_media(color_scheme=scheme)
            console.open(path)
            settle(page)
            _keep(page, f"{name}{wide}{dark}")
        screen.line(f"{name}: {path}")


def _keep(page: Page, name: str) -> None:
    page.wait_for_timeout(1_000)  # charts are drawn, and what moves has moved
    page.screenshot(path=PICTURES / f"{name}.png")


def _hello(console: Console) -> str:
    """The address of the example's Deployment, as somebody finds it."""
    console.open("/deployments")
    return console.page.get_by_role("link", name="hello", exact=True).get_attribute("href") or ""


def _task(console: Console, hello: str) -> dict[str, str]:
    """The addresses of a run of the example and of a task in it, found in the same way."""
    console.open(f"{hello}/dags/fan_out")
    run = console.page.locator("main a[href*='/runs/']").first.get_attribute("href") or ""
    console.open(run)
    task = console.page.locator("main a[href*='/tasks/summary']").first.get_attribute("href") or ""
    return {"run": run, "task": task}


def _pages(hello: str) -> dict[str, str]:
    tabs = {
        "dags": "/dags",
        "deploys": "/deploys",
        "queues": "/queues",
        "logs": "/logs",
        "environment": "/environment",
        "access": "/access",
    }
    places = ["workspaces", "environment", "clusters", "people", "teams", "roles", "tokens", "audit-log", "settings"]
    return {
        "home": "/",
        "deployments": "/deployments",
        "new-deployment": "/deployments/new",
        "deployment": hello,
        **{f"deployment-{name}": f"{hello}{path}" for name, path in tabs.items()},
        **{name: f"/{name}" for name in places},
    }


@contextlib.contextmanager
def _state(given: Path | None) -> Iterator[Path]:
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder) / "state")
        platform.up()
        try:
            platform.wait_until("the example has run", lambda: READY in platform.said(), 900)
            yield platform.state
        finally:
            platform.end()


if __name__ == "__main__":
    raise SystemExit(main())
