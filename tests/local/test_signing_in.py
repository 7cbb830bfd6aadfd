"""Signing in through the real plane and its stand-in for an identity provider: the real `orrery` in a process, and a browser over HTTP."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local.aws.engine import Engine
from local.state import State
from tests.support.process import Plane


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory, aws_engine: Engine) -> Iterator[Plane]:
    plane = Plane(State(tmp_path_factory.mktemp("plane") / "state"), aws_engine)
    plane.start()
    plane.invoke({})
    yield plane
    plane.stop()


class Person:
    """Somebody with a terminal, a browser, and the right to read what only the operator may read."""

    def __init__(self, plane: Plane, home: Path) -> None:
        self.url = str(json.loads(plane.state.plane_ready.read_text())["url"])
        self.code = plane.state.sign_in_code()
        self.environment = {"PATH": os.environ["PATH"], "ORRERY_HOME": str(home), "ORRERY_API_URL": self.url, "ORRERY_OUTPUT": "json"}
        self.browser = httpx2.Client(headers={"origin": self.url})

    @contextlib.contextmanager
    def running(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        command = [sys.executable, "-u", "-m", "orrery_cli", *words]
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            try:
                yield running
            finally:
                running.kill()

    def orrery(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "orrery_cli", *words], env=self.environment, capture_output=True, text=True, check=False
        )
        return json.loads(done.stdout or done.stderr)

    def shows_the_code(self, address: str) -> str:
        """Off to the stand-in, which lets this browser in from then on; where it asks who one is."""
        stand_in = self.browser.get(address).headers["location"]
        admitted = self.browser.post(stand_in, data={"code": self.code})
        assert "owner@example.com" in self.browser.get(f"{self.url}{admitted.headers['location']}").text
        return str(stand_in)

    def signs_in(self, stand_in: str) -> httpx2.Response:
        back = self.browser.post(stand_in, data={"email": "owner@example.com"}).headers["location"]
        return self.browser.get(back)


def told(running: "subprocess.Popen[str]", pattern: str) -> str:
    """What the command says to the person, as soon as it says it."""
    assert running.stderr
    for line in running.stderr:
        if found := re.search(pattern, line):
            return found[0]
    raise AssertionError("it said nothing of the kind")


@pytest.fixture
def person(plane: Plane, tmp_path: Path) -> Person:
    return Person(plane, tmp_path)


def test_the_owner_signs_in_from_the_terminal_works_and_signs_out(person: Person) -> None:
    with person.running("login", "--no-browser") as login:
        stand_in = person.shows_the_code(told(login, r"http://\S+/authorize\S+"))
        onward = person.signs_in(stand_in).headers["location"]
        assert onward.startswith("http://localhost:12345/callback?code=")
        assert "Signed in" in person.browser.get(onward).text
        assert login.wait(30) == 0

    me = person.orrery("whoami")
    assert (me["username"], me["tokenSource"]) == ("owner@example.com", "sign-in")
    assert person.orrery("workspace", "create", "mine")["name"] == "mine"
    assert person.orrery("logout")["loggedOut"] is True
    assert person.orrery("whoami")["kind"] == "unauthenticated"


def test_a_device_is_signed_in_by_a_browser_elsewhere_and_out_everywhere(person: Person) -> None:
    with person.running("login", "--device") as login:
        page, code = told(login, r"http://\S+/device"), told(login, r"[A-Z]{4}-[A-Z]{4}")
        asks = person.signs_in(person.shows_the_code(f"{page}?user_code={code}")).text
        assert code in asks
        ticket, organization = (re.search(rf'name="{name}" value="([^"]+)"', asks) for name in ("ticket", "organization"))
        assert ticket
        assert organization
        form = {"ticket": ticket[1], "organization": organization[1], "decision": "allow"}
        assert person.browser.post(page.replace("/device", "/confirm"), data=form).status_code == 200
        assert login.wait(30) == 0

    assert person.orrery("whoami")["username"] == "owner@example.com"
    assert person.orrery("logout", "--everywhere")["loggedOut"] is True
