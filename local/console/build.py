"""Builds the console from `console/` when its sources changed, with a Node that is pinned like everything else."""

import fcntl
import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import environments
from local.console.files import INDEX
from local.environments import NODE
from local.progress import Screen
from local.state import ROOT, Failure, State, explain, write

SOURCES = ROOT / "console"
BUILT = SOURCES / "dist"
DOCUMENT = ROOT / "docs" / "openapi.json"
"""The console's types are made from it."""
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_TELLING = re.compile(r"\[[A-Z_]+\]|error TS|.*\bError:|npm error (?!code|A complete log)")
"""How the lines begin that say what is wrong: Vite's, TypeScript's, Node's, npm's own."""


def ensure(state: State, screen: Screen) -> None:
    """Leaves a console that is what its sources say; raises `Failure` with the reason and what to do about it."""
    if not (SOURCES / "package-lock.json").exists():
        raise Failure("there is no `console/` beside the code")
    state.venvs.mkdir(parents=True, exist_ok=True)
    with _alone(state):
        if is_built():
            return
        environments.ensure(state, screen, NODE.name)
        if not _is(_installed(), _locked()):
            with screen.step("Installing the console's libraries from console/package-lock.json"):
                _npm(state, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            write(_installed(), _locked())
        mark = _mark()
        with screen.step("Building the console"):
            _npm(state, "run", "build")
        write(_stamp(), mark)


def ensure_if_possible(state: State, screen: Screen) -> None:
    """The same, where everything else works without a console too: says why there is none."""
    try:
        ensure(state, screen)
    except Failure as failure:
        screen.line(f"  The console could not be built: {failure}")


def is_built() -> bool:
    return (BUILT / INDEX).exists() and _is(_stamp(), _mark())


def programs(state: State) -> Path:
    """The folder with `node` and `npm`."""
    return environments.python(state, NODE).parent


def _npm(state: State, *arguments: str) -> None:
    path = f"{programs(state)}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        done = subprocess.run(
            [programs(state) / "npm", *arguments], cwd=SOURCES, env={**os.environ, "PATH": path, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        raise Failure(f"cannot run npm: {explain(error)}") from error
    if done.returncode:
        log = state.path / "console.log"
        write(log, done.stdout)
        raise Failure(
            f"`npm {' '.join(arguments)}` failed in `console/`: {_reason(done.stdout)}, then run `make console` (all it said: {log})"
        )


def _reason(said: str) -> str:
    if "ENOSPC" in said:
        return "the disk is full; make room"
    if any(code in said for code in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT")):
        return "npm's registry cannot be reached; wait until it can"
    lines = [line.strip() for line in _COLOR.sub("", said).splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.match(line)] or lines[-2:] or ["npm gave no reason"]
    return f"{' '.join(telling[:2])}; mend it"


def _mark() -> str:
    digest = hashlib.sha256(environments.mark(NODE).encode())
    for path in (DOCUMENT, *_sources()):
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    """What somebody wrote: all but what the folder's .gitignore names, and tests, which change nothing of what is built."""
    made = {(SOURCES / line.strip("/")) for line in (SOURCES / ".gitignore").read_text().split()} | {SOURCES / "tests"}
    waiting = [SOURCES]
    while waiting:
        for path in sorted(set(waiting.pop().iterdir()) - made):
            if path.is_dir():
                waiting.append(path)
            else:
                yield path


def _locked() -> str:
    return hashlib.sha256((SOURCES / "package-lock.json").read_bytes() + environments.mark(NODE).encode()).hexdigest()


def _installed() -> Path:
    return SOURCES / "node_modules" / ".orrery"


def _stamp() -> Path:
    """It goes with what was built, also when somebody builds by hand; files with a dot in front are served to nobody."""
    return BUILT / ".orrery"


def _is(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


@contextmanager
def _alone(state: State) -> Iterator[None]:
    """Several platforms may start at once, and one build serves them all."""
    with (state.venvs / "console.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
