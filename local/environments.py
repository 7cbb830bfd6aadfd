"""Makes the Python environments beside the plane's own from their lock files: the tools, and the runtime that holds Airflow."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.progress import Screen
from local.state import ROOT, Failure, State, explain, write

NEWEST_FOR_AIRFLOW = (3, 13)


@dataclass(frozen=True)
class Environment:
    name: str
    words: str
    project: Path
    options: tuple[str, ...]


TOOLS = Environment("tools", "the local AWS engine", ROOT / "tools", ("--only-group", "aws"))
# compiled now: Airflow runs as users that may not write here, and would compile its modules again in each process
RUNTIME = Environment("runtime", "Airflow", ROOT / "runtime", ("--compile-bytecode",))
SAM = Environment("sam", "SAM CLI and cfn-lint", ROOT / "tools", ("--only-group", "sam"))
CHECKOV = Environment("checkov", "checkov", ROOT / "tools", ("--only-group", "checkov"))
NODE = Environment("node", "Node", ROOT / "tools", ("--only-group", "node"))
ALL = {environment.name: environment for environment in (TOOLS, RUNTIME, SAM, CHECKOV, NODE)}


def python(state: State, environment: Environment) -> Path:
    return state.venvs / environment.name / "bin" / "python"


def ensure(state: State, screen: Screen, *names: str) -> None:
    """Installs the named environments, or those that `up` needs; one that is what its lock says is left alone."""
    if unknown := set(names) - ALL.keys():
        raise Failure(f"there is no environment `{min(unknown)}`: there are {', '.join(ALL)}")
    for environment in [ALL[name] for name in names] or [TOOLS, RUNTIME]:
        stamp, wanted = state.venvs / f"{environment.name}.stamp", mark(environment)
        if python(state, environment).exists() and stamp.exists() and stamp.read_text() == wanted:
            continue
        with screen.step(f"Installing {environment.words} from {environment.project.name}/uv.lock"):
            _sync(state, environment)
        write(stamp, wanted)


def uv() -> str:
    found = shutil.which("uv") or str(ROOT / ".orrery" / "uv" / "bin" / "uv")
    if not os.access(found, os.X_OK):
        raise Failure("uv is missing: run `make up`, which installs it, or see https://docs.astral.sh/uv")
    return found


def _sync(state: State, environment: Environment) -> None:
    argv = [uv(), "sync", "--frozen", "--project", str(environment.project), *environment.options, *_interpreter()]
    settings = {
        "UV_PROJECT_ENVIRONMENT": str(state.venvs / environment.name),
        # an interpreter that uv has to fetch lies where users without rights may read it
        "UV_PYTHON_INSTALL_DIR": str(ROOT / ".orrery" / "python"),
    }
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(argv, env=inherited | settings, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failure(f"cannot run uv: {explain(error)}") from error
    if done.returncode:
        raise Failure(f"cannot install {environment.words}: {_reason(done.stderr)}")


def _interpreter() -> list[str]:
    """The plane's own interpreter (the Makefile chose one that everybody may run), unless it is too new for Airflow."""
    return ["--python", str(Path(sys.executable).resolve())] if sys.version_info[:2] <= NEWEST_FOR_AIRFLOW else []


def _reason(stderr: str) -> str:
    if "No space left" in stderr or "os error 28" in stderr:
        return "the disk is full; make room and start again"
    lines = [line.strip().removeprefix("error: ") for line in stderr.splitlines() if line.strip()]
    return " ".join(lines[-3:]) or "uv gave no reason"


def mark(environment: Environment) -> str:
    """Changes whenever the environment is to be made anew."""
    content = (environment.project / "uv.lock").read_bytes() + (environment.project / "pyproject.toml").read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} {sys.version_info[:2]} {environment.options}"
