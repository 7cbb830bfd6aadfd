"""The console is built by a Node of our own when its sources changed, and what is built keeps the policy that it is served with."""

import io
import json
import re
from pathlib import Path

import pytest

from local.console import build
from local.console.files import IMMUTABLE, Files
from local.progress import Screen
from local.state import Failure, State

BUILD = "const fs = require('fs'); fs.mkdirSync('dist', {recursive: true}); fs.writeFileSync('made.ts', String(Math.random()));"
COPY = "fs.writeFileSync('dist/index.html', fs.readFileSync('src/page.html')); fs.appendFileSync('count', 'x')"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A console with nothing to install; its build copies one file, writes one beside the sources, and counts how often it ran."""
    folder = tmp_path / "console"
    (folder / "src").mkdir(parents=True)
    package = {"name": "small", "version": "1.0.0", "scripts": {"build": "node build.cjs"}}
    lock = {"name": "small", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "small", "version": "1.0.0"}}}
    for name, text in {
        "package.json": json.dumps(package),
        "package-lock.json": json.dumps(lock),
        "build.cjs": f"{BUILD} {COPY}",
        "src/page.html": "<h1>one</h1>",
        ".gitignore": "node_modules/\ndist/\nmade.ts\ncount\n",
        ".npmrc": "fetch-retries=0\n",
    }.items():
        (folder / name).write_text(text)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "SOURCES", folder)
    monkeypatch.setattr(build, "BUILT", folder / "dist")
    monkeypatch.setattr(build, "DOCUMENT", folder / "package.json")
    return folder


def ensure() -> str:
    said = io.StringIO()
    build.ensure(State.here(), Screen(said))
    return said.getvalue()


def test_it_is_built_once_and_again_when_something_was_written(sources: Path) -> None:
    assert "✓ Building the console" in ensure()
    assert ensure() == ""
    (sources / "src/page.html").write_text("<h1>two</h1>")
    said = ensure()
    assert "Building" in said
    assert "Installing the console's libraries" not in said
    assert (sources / "dist/index.html").read_text() == "<h1>two</h1>"
    assert (sources / "count").read_text() == "xx"


def test_a_build_by_hand_or_none_is_found_out(sources: Path) -> None:
    ensure()
    (sources / "dist/.orrery").unlink()
    assert not build.is_built()
    ensure()
    (sources / "dist/index.html").unlink()
    assert not build.is_built()


def test_a_build_that_fails_says_why_and_what_to_do(sources: Path) -> None:
    wrong = r"console.error('transforming\n\x1b[31m[PARSE_ERROR] \x1b[0mpage.html:3 is no page\n    at somewhere'); process.exit(1)"
    (sources / "build.cjs").write_text(wrong)
    with pytest.raises(
        Failure, match=r"`npm run build` failed in `console/`: \[PARSE_ERROR\] page\.html:3 is no page; mend it, then run `make console`"
    ):
        ensure()
    assert not build.is_built()


def test_without_the_registry_the_rest_goes_on_and_says_that_there_is_no_console(sources: Path) -> None:
    package = {"name": "small", "version": "1.0.0", "dependencies": {"far": "1.0.0"}}
    far = {"version": "1.0.0", "resolved": "http://127.0.0.1:1/far-1.0.0.tgz", "integrity": "sha512-" + "A" * 86 + "=="}
    lock = {**package, "lockfileVersion": 3, "packages": {"": package, "node_modules/far": far}}
    (sources / "package.json").write_text(json.dumps(package))
    (sources / "package-lock.json").write_text(json.dumps(lock))
    said = io.StringIO()
    build.ensure_if_possible(State.here(), Screen(said))
    assert "The console could not be built" in said.getvalue()
    assert "npm's registry cannot be reached; wait until it can, then run `make console`" in said.getvalue()


def test_the_real_console_loads_nothing_but_its_own_hashed_files_and_says_nothing_inline(built_console: Path) -> None:
    page = (built_console / "index.html").read_text()
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    found = {name: Files(built_console, "{}").find(name) for name in named}
    assert all(found.values()), found
    assert {each.keep for name, each in found.items() if each and name.endswith((".js", ".css"))} == {IMMUTABLE}
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\bon\w+=|javascript:", page)


def test_what_was_not_meant_for_anybody_is_served_to_nobody(built_console: Path) -> None:
    files = Files(built_console, "{}")
    assert (built_console / ".orrery").exists()
    assert files.find("/.orrery") is None
    assert not [each.key for each in files.every() if each.key.startswith(".")]
