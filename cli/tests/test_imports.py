"""What a run does not import, by list: a command starts as fast as what it leaves out (`benchmarks/command_cost.py` has the figures)."""

import os
import subprocess
import sys

import pytest

HEAVY = frozenset(
    "asyncio concurrent.futures difflib email email.message hashlib http.client http.server httpcore2 httpx2 importlib.metadata logging "
    "multiprocessing orrery_cli.http platformdirs secrets socket ssl subprocess tarfile tempfile unittest urllib.request webbrowser "
    "yaml".split()
)
"""Each costs milliseconds: the network, other formats, other processes, and what only failures and writers need."""
PROGRAM = "import sys; from orrery_cli.main import main\ntry: main()\nfinally: print('\\n', *sys.modules, file=sys.stderr)"


def imported(environment: dict[str, str], line: str) -> set[str]:
    """Every module that a run of these words imports; the platform's own start-up counts for none."""
    run = [
        subprocess.run([sys.executable, "-c", program, *words], env=os.environ | environment, capture_output=True, text=True, check=False)
        for program, words in (("import sys; print('\\n', *sys.modules, file=sys.stderr)", []), (PROGRAM, line.split()))
    ]
    before, after = (set(each.stderr.splitlines()[-1].split()) for each in run)
    assert "click" in after
    return after - before


@pytest.mark.parametrize("line", ["--help", "--version", "deployment --help", "deployment apply --help", "env connection create --help",
                                  "completion bash", "context list", "context show", "context use local", "init --help", "check --help",
                                  "local --help", "local status"])  # fmt: skip
def test_what_asks_nobody_imports_nothing_heavy(environment: dict[str, str], line: str) -> None:
    allowed = {"tempfile"} if line.startswith("context use") else set()
    assert imported(environment, line) & HEAVY == allowed


def test_help_imports_no_command_and_a_command_no_other(environment: dict[str, str]) -> None:
    of_commands = {
        line: {each for each in imported(environment, line) if each.startswith("orrery_cli.commands.")}
        for line in ("--help", "context list")
    }
    assert of_commands == {"--help": set(), "context list": {"orrery_cli.commands.context"}}


def test_one_call_imports_the_network_and_nothing_else_that_is_heavy(environment: dict[str, str]) -> None:
    modules = imported(environment, "whoami -o json")
    assert {"httpx2", "orrery_cli.http"} <= modules
    assert not {"yaml", "asyncio", "platformdirs", "webbrowser", "http.server", "tarfile", "unittest", "orrery_cli.lookup"} & modules
