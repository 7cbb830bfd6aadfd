"""How a run fails, asks and is interrupted: the part of the contract that scripts lean on."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fake_plane import DEPLOYMENT, Answer, Plane, error

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [
        (400, "usage", 2),
        (401, "unauthenticated", 1),
        (403, "forbidden", 1),
        (404, "not_found", 1),
        (409, "conflict", 1),
        (413, "usage", 2),
        (429, "api_unavailable", 1),
        (500, "api_unavailable", 1),
    ],
)
def test_a_refusal_has_a_kind_the_apis_code_and_the_request_id(orrery: Run, plane: Plane, status: int, kind: str, exit_code: int) -> None:
    plane.answer("GET", "/v1/users/self", error(status, "no `thing` here", code="THE_CODE"))
    result = orrery("whoami", "-o", "json")
    assert result.stdout == ""
    assert json.loads(result.stderr) == {"error": "no `thing` here", "code": "THE_CODE", "kind": kind, "requestId": "r-1"}
    assert result.exit_code == exit_code


def test_a_person_reads_the_message_the_fields_and_the_request_id(orrery: Run, plane: Plane) -> None:
    fields = [{"field": "name", "code": "too_long", "message": "at most 50 characters"}]
    plane.answer("POST", "/v1/organizations/corganization0000000001aa/workspaces", error(400, "invalid request", fieldErrors=fields))
    result = orrery("workspace", "create", "x" * 51)
    assert result.stderr == "Error: invalid request\n  name: at most 50 characters\n  (usage, request r-1)\n"
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["workspce", "list"], "Did you mean 'workspace'"),
        (["deployment", "lst"], "Did you mean 'list'"),
        (["deployment", "list", "--everywhere"], "no such option '--everywhere'"),
        (["deployment", "list", "--worksace", "Data"], "Did you mean '--workspace'"),
        (["deployment", "create", "x", "--scheduler-size", "TINY"], "'TINY' is not one of"),
        (["-o", "xml", "whoami"], "'xml' is not one of"),
        (["deploy", "etl"], "`--dags`"),
        (["deploy", "lits"], "did you mean `list`"),
        (["deployment", "create", "x", "--queue", "heavy:size=3"], "not `size`"),
        (["deployment", "create", "x", "--queue", "heavy:min=few"], "whole number, not `few`"),
        (["deployment", "logs", "etl", "--run-id", "r"], "`--run-id` needs `--dag-id`"),
    ],
)
def test_wrong_usage_is_told_with_a_way_out_and_exit_code_two(orrery: Run, words: list[str], part: str) -> None:
    result = orrery(*words)
    assert result.exit_code == 2
    assert part in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["deployment", "inspect", "etk"], "etl"),
        (["deploy", "etk", "--dags", "--path", "."], "etl"),
        (["deployment", "worker-queue", "update", "defult", "--max", "2"], "default"),
        (["deployment", "variable", "delete", "STAG", "--yes"], "STAGE"),
        (["workspace", "get", "Dta"], "Data"),
        (["cluster", "get", "standart"], "standard"),
        (["team", "get", "platfrom"], "platform"),
        (["user", "get", "eva@example.com"], "eve@example.com"),
        (["token", "get", "cii"], "ci"),
        (["role", "get", "runer"], "runner"),
        (["env", "connection", "get", "--key", "sale"], "sales"),
        (["organization", "allowed-ip-range", "remove", "203.0.113.0/25", "--yes"], "203.0.113.0/24"),
        (["whoami", "--context", "prd"], "prod"),
        (["workspace", "list", "--organization", "Acne"], "Acme"),
    ],
)
def test_a_mistyped_name_is_told_with_the_nearest_one(
    orrery: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], near: str
) -> None:
    (tmp_path / "dags").mkdir()
    monkeypatch.chdir(tmp_path)
    orrery("context", "set", "prod")
    result = orrery(*words)
    assert result.exit_code == 1
    assert f"did you mean `{near}`" in result.stderr


def test_a_parse_error_is_json_where_json_was_asked_for_even_after_it(orrery: Run) -> None:
    result = orrery("deployment", "list", "--nonsense", "-o", "json")
    assert json.loads(result.stderr)["kind"] == "usage"


@pytest.mark.parametrize("words", [["deployment", "delete", "etl"], ["token", "rotate", "ci"], ["deployment", "hibernate", "etl"]])
@pytest.mark.parametrize("output", ["json", "table"])
def test_without_anybody_to_ask_a_destructive_command_wants_yes_and_does_nothing(
    orrery: Run, plane: Plane, words: list[str], output: str
) -> None:
    result = orrery(*words, "-o", output)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert plane.asked("DELETE") == plane.asked("POST") == []


def test_no_token_is_unauthenticated_and_says_how_to_get_one(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORRERY_API_TOKEN")
    result = orrery("whoami", "-o", "json")
    assert json.loads(result.stderr)["kind"] == "unauthenticated"
    assert "orrery login" in result.stderr
    assert plane.requests == []


def test_an_api_that_is_away_is_named_with_its_address(orrery: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORRERY_API_URL", "http://127.0.0.1:9")
    failure = json.loads(orrery("whoami", "-o", "json").stderr)
    assert failure["kind"] == "api_unavailable"
    assert "http://127.0.0.1:9" in failure["error"]


def test_a_get_is_tried_again_when_the_service_asks_for_it(orrery: Run, plane: Plane) -> None:
    later = [Answer(status, headers={"retry-after": "0"}) for status in (503, 502, 504)]
    plane.answer("GET", "/v1/users/self", *later)
    assert orrery("whoami").exit_code == 0
    assert len(plane.asked("GET", "/users/self")) == 4


def test_a_get_is_not_tried_for_ever(orrery: Run, plane: Plane) -> None:
    plane.answer("GET", "/v1/users/self", *[Answer(503, headers={"retry-after": "0"}) for _ in range(9)])
    assert orrery("whoami").exit_code == 1
    assert len(plane.asked("GET", "/users/self")) == 4


def test_a_post_is_never_sent_twice(orrery: Run, plane: Plane) -> None:
    path = "/v1/organizations/corganization0000000001aa/workspaces"
    plane.answer("POST", path, Answer(503, headers={"retry-after": "0"}))
    assert orrery("workspace", "create", "Data").exit_code == 1
    assert len(plane.asked("POST")) == 1


def test_requests_say_which_client_they_come_from(orrery: Run, plane: Plane) -> None:
    orrery("whoami")
    headers = plane.requests[0].headers
    assert headers["user-agent"].startswith("orrery-cli/")
    assert headers["x-orrery-client-identifier"] == "cli"
    assert headers["authorization"] == f"Bearer {plane.token}"


class _Terminal:
    """`orrery` with a person at stdin and stderr, and its stdout in a pipe."""

    def __init__(self, *words: str) -> None:
        self._person, side = pty.openpty()
        command = [sys.executable, "-m", "orrery_cli", *words]
        self.process = subprocess.Popen(
            command, stdin=side, stderr=side, stdout=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=_heed_interrupts
        )
        os.close(side)

    def reads(self, part: str) -> str:
        seen = ""
        while part not in seen:
            seen += os.read(self._person, 1024).decode()
        return seen

    def types(self, text: str) -> None:
        os.write(self._person, text.encode())

    def ends(self) -> tuple[int, str]:
        stdout, _ = self.process.communicate(timeout=20)
        os.close(self._person)
        return self.process.returncode, stdout


def _heed_interrupts() -> None:
    """As a terminal starts its commands; a shell that starts the tests in the background has them ignore SIGINT, and so all they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_person_is_asked_on_stderr_and_may_say_no(environment: dict[str, str], plane: Plane) -> None:
    terminal = _Terminal("deployment", "delete", "etl")
    terminal.reads("delete the Deployment `etl`")
    terminal.types("n\n")
    assert terminal.ends() == (1, "")
    assert plane.asked("DELETE") == []


def test_a_person_who_says_yes_gets_what_was_asked(environment: dict[str, str], plane: Plane) -> None:
    terminal = _Terminal("deployment", "delete", "etl")
    terminal.reads("[y/N]")
    terminal.types("y\n")
    exit_code, stdout = terminal.ends()
    assert exit_code == 0
    assert "deleted  yes" in stdout
    assert [each.path for each in plane.asked("DELETE")] == [f"/v1/organizations/corganization0000000001aa/deployments/{DEPLOYMENT}"]


def test_a_person_reads_the_plan_before_the_question(environment: dict[str, str], plane: Plane, tmp_path: Path) -> None:
    (tmp_path / "etl.yaml").write_text("name: etl\ndescription: nightly\n")
    terminal = _Terminal("deployment", "apply", str(tmp_path / "etl.yaml"))
    said = terminal.reads("[y/N]")
    assert said.index("nightly") < said.index("change the Deployment `etl` in the Workspace `Data`")
    terminal.types("n\n")
    assert terminal.ends() == (1, "")
    assert plane.asked("POST") == []


def test_an_interrupt_ends_a_wait_with_130(environment: dict[str, str], plane: Plane) -> None:
    plane.deployments[0]["status"] = "DEPLOYING"
    terminal = _Terminal("deployment", "wake-up", "etl", "--wait")
    terminal.reads("DEPLOYING")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.ends() == (130, "")


def test_a_terminal_shows_no_colour_where_none_is_wanted(environment: dict[str, str]) -> None:
    person, side = pty.openpty()
    shown = {}
    for name, extra in (("plain", {"NO_COLOR": "1"}), ("painted", {})):
        command = [sys.executable, "-m", "orrery_cli", "deployment", "list"]
        subprocess.run(command, stdout=side, env=os.environ | extra, check=True)
        shown[name] = os.read(person, 4096).decode()
    os.close(person)
    os.close(side)
    assert "\x1b[" not in shown["plain"]
    assert "\x1b[" in shown["painted"]
