"""Signing in as people do: the real `orrery` at a terminal, a real browser, the real plane and its stand-in for an identity provider."""

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local.aws.engine import Engine
from local.state import State
from tests.support.process import Plane

ORRERY = Path(sys.executable).with_name("orrery")
OWNER = "owner@example.com"
OPENS = "#!/bin/sh\nprintf '%s' \"$1\" > {}.new && mv {}.new {}\n"
"""The browser of the command's machine: it is handed the address, as `xdg-open` would be, and the test's browser takes it from there."""


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory, aws_engine: Engine) -> Iterator[Plane]:
    plane = Plane(State(tmp_path_factory.mktemp("plane") / "state"), aws_engine)
    plane.start()
    plane.invoke({})
    yield plane
    plane.stop()


class Person:
    """Somebody with a terminal, a browser, and the right to read what only the operator may read."""

    def __init__(self, plane: Plane, page: Page, home: Path) -> None:
        self.page, self.home, self.code = page, home, plane.state.sign_in_code()
        self.opened, opener = home / "address", home / "open"
        opener.write_text(OPENS.format(*[self.opened] * 3))
        opener.chmod(0o700)
        url = str(json.loads(plane.state.plane_ready.read_text())["url"])
        self.environment = {"PATH": os.environ["PATH"], "ORRERY_HOME": str(home), "ORRERY_API_URL": url, "BROWSER": f"{opener} %s"}

    @contextlib.contextmanager
    def running(self, *words: str) -> Iterator["Running"]:
        running = Running([str(ORRERY), *words], self.environment)
        try:
            yield running
        finally:
            running.end()

    def orrery(self, *words: str, **more: str) -> Any:
        done = subprocess.run([ORRERY, *words, "-o", "json"], env=self.environment | more, capture_output=True, text=True, check=False)
        return json.loads(done.stdout or done.stderr)

    def is_asked_for_the_code_and_who_they_are(self) -> None:
        self.page.get_by_label("Code").fill(self.code)
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_role("button", name=OWNER).click()

    def access_token(self) -> str:
        """What the command keeps, and sends with each request."""
        (kept,) = json.loads((self.home / "credentials.json").read_text()).values()
        return str(kept["access_token"])


class Running:
    """A command whose stderr is a terminal and whose stdout is a file: a person reads the one and a program the other."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._terminal, theirs = pty.openpty()
        self._process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True)
        os.close(theirs)
        self.said = ""

    def says(self, pattern: str) -> str:
        """The first match in what it tells the person, as soon as it is there."""
        while not (found := re.search(pattern, self.said)):
            self.said += os.read(self._terminal, 4096).decode()
        return found[0]

    def document(self) -> str:
        """What it prints until it ends well."""
        told, _ = self._process.communicate(timeout=30)
        assert self._process.returncode == 0, self.said
        return str(told)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)


@pytest.fixture
def person(plane: Plane, page: Page, tmp_path: Path) -> Person:
    return Person(plane, page, tmp_path)


def test_the_owner_signs_in_from_the_terminal_works_and_signs_out(person: Person) -> None:
    with person.running("login") as login:
        address = login.says(r"http://\S+/authorize\S+")
        assert person.opened.read_text() == address, "the command opens the page that it prints"
        person.page.goto(address)
        person.is_asked_for_the_code_and_who_they_are()
        person.page.wait_for_url("http://localhost:12345/callback?code=*")
        expect(person.page.get_by_role("heading")).to_have_text("Signed in")
        assert OWNER in login.document()

    me, token = person.orrery("whoami"), person.access_token()
    assert (me["username"], me["tokenSource"]) == (OWNER, "sign-in")
    assert person.orrery("workspace", "create", "mine")["name"] == "mine"
    assert person.orrery("whoami", ORRERY_API_TOKEN=token)["username"] == OWNER
    assert person.orrery("logout")["loggedOut"] is True
    assert person.orrery("whoami")["kind"] == "unauthenticated"
    assert person.orrery("whoami", ORRERY_API_TOKEN=token)["kind"] == "unauthenticated", "the token is dead, not only forgotten"


def test_a_device_is_signed_in_by_a_browser_elsewhere_and_out_everywhere(person: Person) -> None:
    with person.running("login", "--device") as login:
        person.page.goto(login.says(r"http://\S+/device"))
        person.page.get_by_label("Code").fill(code := login.says(r"[A-Z]{4}-[A-Z]{4}"))
        person.page.get_by_role("button").click()
        person.is_asked_for_the_code_and_who_they_are()
        expect(person.page.get_by_text(code)).to_be_visible()
        person.page.get_by_role("button", name="Allow").click()
        expect(person.page.get_by_role("heading")).to_have_text("Signed in")
        assert OWNER in login.document()

    token = person.access_token()
    assert person.orrery("whoami")["username"] == OWNER
    assert person.orrery("logout", "--everywhere")["loggedOut"] is True
    assert person.orrery("whoami", ORRERY_API_TOKEN=token)["kind"] == "unauthenticated"
