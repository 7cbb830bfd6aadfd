"""Signing in as people do: the real `orrery` at a terminal, a real browser, the real plane and its stand-in for an identity provider."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.aws.engine import Engine
from local.state import State
from tests.support.process import Plane
from tests.support.terminal import Desk, identify

OWNER, EVE = "owner@example.com", "eve@example.com"
OPENS = "#!/bin/sh\nprintf '%s' \"$1\" > {}.new && mv {}.new {}\n"
"""The browser of the command's machine: it is handed the address, as `xdg-open` would be, and the test's browser takes it from there."""


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory, aws_engine: Engine) -> Iterator[Plane]:
    plane = Plane(State(tmp_path_factory.mktemp("plane") / "state"), aws_engine)
    plane.start()
    plane.invoke({})
    yield plane
    plane.stop()


@pytest.fixture
def code(plane: Plane) -> str:
    """What only whoever runs the platform can read, and shows on the page."""
    return plane.state.sign_in_code()


@pytest.fixture
def desk(plane: Plane, tmp_path: Path) -> Desk:
    return Desk(str(json.loads(plane.state.plane_ready.read_text())["url"]), tmp_path)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the address lies that a command has opened."""
    opened, opener = tmp_path / "address", tmp_path / "open"
    opener.write_text(OPENS.format(*[opened] * 3))
    opener.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{opener} %s")
    return opened


def test_the_owner_signs_in_from_the_terminal_works_and_signs_out(desk: Desk, page: Page, code: str, opened: Path) -> None:
    with desk.running("login") as login:
        address = login.says(r"http://\S+/authorize\S+")
        assert opened.read_text() == address, "the command opens the page that it prints"
        page.goto(address)
        identify(page, code, OWNER)
        page.wait_for_url("http://localhost:12345/callback?code=*")
        expect(page.get_by_role("heading")).to_have_text("Signed in")
        assert OWNER in login.document()

    me, thief = desk.says("whoami"), dataclasses.replace(desk, token=desk.access_token())
    assert (me["username"], me["tokenSource"]) == (OWNER, "sign-in")
    assert desk.says("workspace", "create", "mine")["name"] == "mine"
    assert thief.says("whoami")["username"] == OWNER
    assert desk.says("logout")["loggedOut"] is True
    assert desk.may_not("whoami") == "unauthenticated"
    assert thief.may_not("whoami") == "unauthenticated", "the token is dead, not only forgotten"


def test_a_device_is_signed_in_by_a_browser_elsewhere_and_out_everywhere(desk: Desk, page: Page, code: str) -> None:
    with desk.running("login", "--device") as login:
        page.goto(login.says(r"http://\S+/device"))
        page.get_by_label("Code").fill(shown := login.says(r"[A-Z]{4}-[A-Z]{4}"))
        page.get_by_role("button").click()
        identify(page, code, OWNER)
        expect(page.get_by_text(shown)).to_be_visible()
        page.get_by_role("button", name="Allow").click()
        expect(page.get_by_role("heading")).to_have_text("Signed in")
        assert OWNER in login.document()

    thief = dataclasses.replace(desk, token=desk.access_token())
    assert desk.says("whoami")["username"] == OWNER
    assert desk.says("logout", "--everywhere")["loggedOut"] is True
    assert thief.may_not("whoami") == "unauthenticated"


def test_whoever_is_invited_accepts_on_the_page_behind_the_link_and_signs_in(plane: Plane, desk: Desk, page: Page, code: str) -> None:
    owner = dataclasses.replace(desk, token=plane.invoke({"reissue": "owner"})["token"])
    page.goto(owner.says("user", "invite", EVE, "--link")["url"])
    page.get_by_label("What you are called").fill("Eve")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_contain_text(f"Sign in as {EVE}")

    assert desk.may_not("whoami") == "unauthenticated"
    desk.signs_in(page, code, EVE)
    assert desk.says("whoami")["fullName"] == "Eve"
