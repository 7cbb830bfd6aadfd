"""People at a terminal: commands whose words a person reads and whose document a program does, and signing in by them in a browser."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ORRERY = Path(sys.executable).with_name("orrery")


class Running:
    """`orrery` with a terminal as its stdin and stderr, and a pipe as its stdout; ended after the block."""

    def __init__(self, *words: str, environment: Mapping[str, str]) -> None:
        self._terminal, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [ORRERY, *words], env=environment, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True
        )  # fmt: skip
        os.close(theirs)
        self.said = ""

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        os.close(self._terminal)

    def says(self, pattern: str) -> str:
        """The first match in what it tells the person, as soon as it is there."""
        while not (found := re.search(pattern, self.said)):
            more = self._read()
            assert more, f"it ended without saying so: {self.said}"
            self.said += more
        return found[0]

    def document(self) -> str:
        """What it prints until it ends well."""
        told, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == 0, self.said + self._read()
        return str(told)

    def _read(self) -> str:
        try:
            return os.read(self._terminal, 4096).decode()
        except OSError:  # how Linux says that nobody writes to it any more
            return ""


@dataclass(frozen=True)
class Desk:
    """Somebody with the command and settings of their own; nobody is asked anything there (`--yes`)."""

    url: str
    home: Path
    token: str = ""

    def says(self, *words: str, stdin: str = "", exit_code: int = 0) -> Any:
        """The document that the command prints."""
        return json.loads(self._run(*words, "-o", "json", stdin=stdin, exit_code=exit_code).stdout)

    def shows(self, *words: str, stdin: str = "") -> str:
        """The table that a person reads."""
        return self._run(*words, "-o", "table", stdin=stdin).stdout

    def may_not(self, *words: str) -> str:
        """The kind of the refusal."""
        return str(json.loads(self._run(*words, "-o", "json", exit_code=1).stderr)["kind"])

    def running(self, *words: str) -> Running:
        return Running(*words, environment=self._environment)

    def signs_in(self, page: Page, code: str, address: str) -> None:
        """From the address that `orrery login` prints to the page that sends one back to the terminal."""
        with self.running("login", "--no-browser") as login:
            page.goto(login.says(r"http://\S+/authorize\S+"))
            identify(page, code, address)
            page.wait_for_url("http://localhost:12345/callback?code=*")
            assert address in login.document()

    def access_token(self) -> str:
        """What is kept of the sign-in, and sent with each request."""
        (kept,) = json.loads((self.home / "credentials.json").read_text()).values()
        return str(kept["access_token"])

    def _run(self, *words: str, stdin: str = "", exit_code: int = 0) -> "subprocess.CompletedProcess[str]":
        run = subprocess.run(
            [ORRERY, *words, "--yes"],
            input=stdin, capture_output=True, text=True, check=False, timeout=600, env=self._environment,
        )  # fmt: skip
        assert run.returncode == exit_code, f"orrery {' '.join(words)}: {run.stdout[-2000:]}{run.stderr[-3000:]}"
        return run

    @property
    def _environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ORRERY_")}
        own = {"ORRERY_API_URL": self.url, "ORRERY_HOME": str(self.home)} | ({"ORRERY_API_TOKEN": self.token} if self.token else {})
        return clean | own


def identify(page: Page, code: str, address: str) -> None:
    """On the pages of the development sign-in, which asks each browser for the operator's code once."""
    if page.get_by_label("Code").is_visible():
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=address).click()
