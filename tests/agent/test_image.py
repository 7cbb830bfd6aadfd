"""The agent's image has the dependency group `agent` and nothing else; so nothing else may be imported."""

import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Celery takes greenlet where it happens to be installed, as it is with the tests' browser.
LOADED = (
    "import sys; sys.modules['greenlet'] = None; import agent.__main__; print(*{n.partition('.')[0] for n, m in sys.modules.items() if m})"
)


def named(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")


def everything(name: str, seen: set[str]) -> Iterator[str]:
    """A distribution and whatever it may need, extras included."""
    if name not in seen:
        seen.add(name)
        yield name
        for each in (requires(name) or ()) if name in installed() else ():
            yield from everything(named(each), seen)


@functools.cache
def installed() -> set[str]:
    return {named(each) for all_of in packages_distributions().values() for each in all_of}


def test_what_the_agent_imports_is_in_its_image() -> None:
    group = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["agent"]
    there = {each for wanted in group for each in everything(named(wanted), set())}
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    owners = packages_distributions()
    needed = {named(owners[top][0]) for top in done.stdout.split() if top in owners and not top.startswith("_")}
    assert {"celery", "psycopg", "cronsim"} <= needed <= there
