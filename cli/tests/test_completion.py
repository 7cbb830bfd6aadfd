"""Completion in a shell: what is offered while somebody types, how little that costs, and that no name is taken for a command."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_plane import Plane, error
from orrery_cli.main import cli

Run = Callable[..., Result]


@pytest.fixture
def offered(environment: dict[str, str]) -> Callable[[str], list[str]]:
    """What bash is offered after these words; the last one is being typed."""

    def offer(line: str) -> list[str]:
        words = f"orrery {line}".split(" ")
        asked = {"_ORRERY_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": f"{len(words) - 1}"}
        result = CliRunner().invoke(cli, [], env=asked)
        assert (result.exit_code, result.stderr) == (0, "")
        return [each.partition(",")[2] for each in result.stdout.split("\n") if each]

    return offer


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dep", ["deploy", "deployment"]),
        ("deployment wor", ["worker-queue"]),
        ("deployment worker-queue ", ["list", "create", "update", "delete"]),
        ("deployment list --al", ["--all"]),
        ("deployment list --wo", ["--workspace"]),
        ("-o ", ["json", "yaml", "table"]),
        ("completion f", ["fish"]),
        ("deployment inspect ", ["etl"]),
        ("deployment inspect x", []),
        ("deployment worker-queue list --deployment e", ["etl"]),
        ("deploy e", ["etl"]),
        ("deploy etl --da", ["--dags"]),
        ("env connection link e", ["etl"]),
        ("deployment list --workspace ", ["Data"]),
    ],
)
def test_commands_options_choices_and_names_are_offered(offered: Callable[[str], list[str]], line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_commands_are_offered_without_asking_the_api(offered: Callable[[str], list[str]], plane: Plane) -> None:
    offered("deployment ")
    assert plane.requests == []


def test_nothing_is_offered_and_nothing_said_where_the_api_refuses(offered: Callable[[str], list[str]], plane: Plane) -> None:
    plane.answer("GET", "/v1/organizations", error(403, "no"))
    assert offered("deployment inspect ") == []


@pytest.mark.parametrize("name", ["x; touch /tmp/y", "$(id)", "`id`", "a b", "-rf", "a,b", "a\nfile,/etc/passwd", "*"])
def test_a_name_that_a_shell_could_take_for_more_than_a_word_is_not_offered(
    offered: Callable[[str], list[str]], plane: Plane, name: str
) -> None:
    plane.deployments.append(plane.deployments[0] | {"name": name})
    assert offered("deployment inspect ") == ["etl"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_goes_to_stdout_and_how_to_install_it_to_stderr(orrery: Run, shell: str) -> None:
    result = orrery("completion", shell)
    assert "_ORRERY_COMPLETE" in result.stdout
    assert "Install it once" not in result.stdout
    assert f"orrery completion {shell} > " in result.stderr


def test_zsh_knows_the_script_by_its_first_line(orrery: Run) -> None:
    assert orrery("completion", "zsh").stdout.startswith("#compdef orrery\n")


def test_another_shell_is_refused(orrery: Run) -> None:
    assert orrery("completion", "tcsh").exit_code == 2


def test_a_real_bash_completes_with_it(orrery: Run, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    script = tmp_path / "completion"
    script.write_text(orrery("completion", "bash").stdout)
    typed = "COMP_WORDS=(orrery deplo); COMP_CWORD=1; _orrery_completion orrery deplo orrery; echo ${COMPREPLY[@]}"
    run = subprocess.run(
        [bash, "--norc", "-c", f"source {script}; {typed}"], capture_output=True, text=True, check=True, env=_with_orrery()
    )
    assert run.stdout.split() == ["deploy", "deployment"]


def _with_orrery() -> dict[str, str]:
    return os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
