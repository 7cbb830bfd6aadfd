"""`orrery local`: what is started, seen, run and ended, with a small Airflow in place of the real one."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fake_plane import Plane
from local_project import Workbench
from orrery_cli.failures import Failure
from orrery_cli.local import ports, processes, serving
from orrery_cli.local.place import read, write

Run = Callable[..., Result]


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def local(orrery: Run, bench: Workbench) -> Run:
    """`orrery local WORDS` in the project, as json."""
    return lambda *words: orrery("local", words[0], "--path", str(bench.root), "-o", "json", *words[1:])


def kill(*pids: int) -> None:
    """Returns when they are dead: a signal takes its time on a busy machine."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    while any(processes.birth(pid) for pid in pids):
        time.sleep(0.01)


def seen(bench: Workbench, *, path: str = "", cwd: Path | None = None) -> dict[str, str]:
    """The environment that a program in the project's Airflow sees."""
    command = [sys.executable, "-m", "orrery_cli", "local", "shell", "--path", path or str(bench.root), "python", "show"]
    shown = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    return dict(json.loads(shown.stdout))


def test_start_says_where_it_is_and_how_to_sign_in_once_all_of_it_is_healthy(local: Run) -> None:
    told = document(local("start"))
    assert told["running"] is told["healthy"] is True
    assert told["url"].startswith("http://localhost:")
    assert (told["username"], len(told["password"]) >= 12) == ("admin", True)
    assert {each["status"] for each in told["components"].values()} == {"healthy"}
    assert document(local("status")) == told


def test_a_second_start_starts_nothing(local: Run, bench: Workbench) -> None:
    first = document(local("start"))
    before = bench.whole()
    assert document(local("start")) == first
    assert bench.pids() == before


def test_stop_leaves_nothing_running_not_even_what_left_its_session(local: Run, bench: Workbench) -> None:
    local("start")
    before = bench.whole()
    assert document(local("stop"))["endedProcesses"] == len(before)
    assert bench.pids() == set()
    assert document(local("status"))["running"] is False


def test_what_does_not_heed_is_killed_when_its_time_is_up(local: Run, bench: Workbench) -> None:
    bench.has("stubborn")
    local("start")
    document(local("stop", "--timeout", "0"))
    assert bench.pids() == set()


def test_stopping_what_does_not_run_is_no_failure(local: Run) -> None:
    assert document(local("stop"))["endedProcesses"] == 0


def test_a_component_that_was_killed_is_told_and_a_start_makes_it_whole(local: Run, bench: Workbench) -> None:
    told = document(local("start"))
    bench.whole()
    kill(told["components"]["scheduler"]["pid"])
    now = document(local("status"))
    assert (now["running"], now["components"]["scheduler"]) == (False, {"status": "stopped", "pid": None})
    assert now["components"]["triggerer"]["status"] == "healthy"
    again = document(local("start"))
    assert again["healthy"] is True


def test_what_a_component_left_behind_when_it_was_killed_is_ended_too(local: Run, bench: Workbench) -> None:
    told = document(local("start"))
    triggerer = told["components"]["triggerer"]["pid"]
    bench.whole()
    kill(triggerer)
    assert [pid for pid in bench.pids() if os.getsid(pid) == triggerer]
    document(local("stop"))
    assert bench.pids() == set()


def test_a_pid_that_now_is_somebody_elses_is_neither_running_nor_ended(local: Run, bench: Workbench) -> None:
    local("start")
    bench.end()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        stale = {"pid": other.pid, "birth": "long ago"}
        write(bench.place.running, {"port": 1, "components": dict.fromkeys(serving.COMPONENTS, stale)})
        assert document(local("status"))["running"] is False
        assert document(local("stop"))["endedProcesses"] == 0
        assert other.poll() is None
        other.kill()


def test_a_component_that_cannot_begin_is_told_with_its_last_words_and_nothing_stays(local: Run, bench: Workbench) -> None:
    bench.has("no-triggerer")
    result = local("start")
    failure = json.loads(result.stderr.splitlines()[-1])
    assert (failure["kind"], failure["code"], result.exit_code) == ("not_running", "component_ended", 1)
    assert "cannot begin" in failure["error"]
    assert bench.pids() == set()


def test_a_wait_has_an_end_and_leaves_what_was_started(local: Run, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_health", lambda port: {})
    failure = json.loads(local("start", "--timeout", "1").stderr.splitlines()[-1])
    assert failure["code"] == "wait_timeout"
    assert bench.pids() != set()


def test_restart_keeps_the_port_and_takes_up_new_requirements(local: Run, bench: Workbench) -> None:
    before = document(local("start"))
    bench.has("requirements.txt", "pendulum\n")
    after = document(local("restart"))
    assert after["url"] == before["url"]
    assert after["components"]["scheduler"]["pid"] != before["components"]["scheduler"]["pid"]
    assert "pendulum" in bench.installed()


def test_a_port_that_is_taken_is_refused_before_anything_is_built(local: Run, bench: Workbench, plane: Plane) -> None:
    result = local("start", "--port", str(plane.port))
    assert json.loads(result.stderr)["kind"] == "conflict"
    assert not bench.place.state.exists()


def test_two_projects_that_start_at_once_never_choose_one_port() -> None:
    # nothing listens yet, as in the seconds that an api-server takes
    with ports.claimed(None, None) as first, ports.claimed(None, None) as second, ports.claimed(None, first.number) as third:
        assert len({first.number, second.number, third.number}) == 3
        with pytest.raises(Failure, match="is in use"), ports.claimed(first.number, None):
            pass
    with ports.claimed(first.number, None) as again:
        assert again.number == first.number


def test_a_claim_lasts_as_long_as_the_process_that_was_started_with_it(bench: Workbench) -> None:
    with ports.claimed(None, None) as port:
        words = ["sleep", "60"]
        leader = processes.start(words, cwd=bench.root, environment=os.environ, log=bench.root / "log", kept=(port.claim,))
    with pytest.raises(Failure), ports.claimed(port.number, None):
        pass
    processes.end([leader], seconds=5)
    with ports.claimed(port.number, None) as again:
        assert again.number == port.number


def test_logs_are_entries_of_components(local: Run, bench: Workbench) -> None:
    local("start")
    entries = document(local("logs", "scheduler", "triggerer"))["logs"]
    assert entries == [{"source": "scheduler", "raw": "scheduler begins"}, {"source": "triggerer", "raw": "triggerer begins"}]


def test_logs_of_what_was_never_started_are_not_running(local: Run) -> None:
    assert json.loads(local("logs").stderr)["kind"] == "not_running"


def test_followed_logs_are_one_entry_a_line(local: Run, bench: Workbench) -> None:
    local("start")
    words = ["local", "logs", "scheduler", "--follow", "-o", "json", "--path", str(bench.root)]
    with subprocess.Popen([sys.executable, "-m", "orrery_cli", *words], stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        assert json.loads(following.stdout.readline())["raw"] == "scheduler begins"
        time.sleep(0.5)
        with serving.log(bench.place, "scheduler").open("a") as file:
            file.write("one more\n")
        assert json.loads(following.stdout.readline()) == {"source": "scheduler", "raw": "one more"}
        following.kill()


def test_a_run_says_what_became_of_it_and_needs_nothing_started(local: Run, bench: Workbench) -> None:
    told = document(local("run", "one", "--date", "2026-01-31", "--conf", '{"days": 3}'))
    assert (told["dagId"], told["state"]) == ("one", "success")
    assert told["tasks"] == [{"taskId": "hi", "mapIndex": -1, "state": "success", "seconds": 1.5}]
    assert told["startedAt"] == "2026-01-02T03:04:05.678Z"
    assert bench.pids() == set()


def test_each_run_has_a_database_of_its_own(local: Run, bench: Workbench) -> None:
    # the small Airflow fails where there was a run before
    assert (local("run", "one").exit_code, local("run", "one").exit_code) == (0, 0)
    assert list(bench.place.state.glob("run-*")) == []


def test_a_run_that_failed_is_a_document_and_exit_code_one(local: Run) -> None:
    result = local("run", "broken")
    assert (json.loads(result.stdout)["state"], result.exit_code) == ("failed", 1)


def test_a_dag_that_is_not_here_is_not_found(local: Run) -> None:
    assert json.loads(local("run", "absent").stderr.splitlines()[-1])["kind"] == "not_found"


@pytest.mark.parametrize("words", [("--date", "soon"), ("--conf", "[1]"), ("--conf", "{"), ("--no-environment", "--offline")])
def test_a_run_that_nobody_could_mean_is_wrong_usage(local: Run, words: tuple[str, ...]) -> None:
    assert local("run", "one", *words).exit_code == 2


def test_a_project_may_be_named_from_where_one_stands(local: Run, bench: Workbench) -> None:
    shown = seen(bench, path=bench.root.name, cwd=bench.root.parent)
    assert shown["AIRFLOW__CORE__DAGS_FOLDER"] == str(bench.root / "dags")


def test_a_command_in_the_shell_ends_as_it_ended(local: Run) -> None:
    result = local("shell", "python", "-c", "exit", "3")
    assert json.loads(result.stdout) == {"command": ["python", "-c", "exit", "3"], "exitCode": 3}
    assert result.exit_code == 3


def test_a_shell_wants_a_terminal(local: Run) -> None:
    assert json.loads(local("shell").stderr)["kind"] == "input_required"


def test_reset_wants_yes_and_then_leaves_the_projects_own_files_alone(local: Run, bench: Workbench) -> None:
    local("start")
    before = bench.whole()
    assert json.loads(local("reset").stderr)["kind"] == "input_required"
    assert bench.pids() == before
    assert document(local("reset", "--yes"))["reset"] is True
    assert bench.pids() == set()
    assert {each.name for each in bench.place.state.iterdir()} == {"lock", ".gitignore"}
    assert (bench.root / "dags" / "one.py").exists()


def test_outside_of_a_project_there_is_nothing_to_start(orrery: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for line in ("local start", "local status", "local run one", "check", "pytest"):
        assert json.loads(orrery(*line.split(), "-o", "json").stderr)["kind"] == "no_project"


def test_what_cannot_be_installed_is_told_in_uvs_words(local: Run, bench: Workbench) -> None:
    bench.has("requirements.txt", "impossible\n")
    failure = json.loads(local("start").stderr.splitlines()[-1])
    assert failure["code"] == "install_failed"
    assert "`impossible` is not to be had" in failure["error"]


def test_an_environment_that_was_cut_short_is_built_again(local: Run, bench: Workbench) -> None:
    local("run", "one")
    (environment,) = bench.place.environments.iterdir()
    (environment / "orrery.json").unlink()
    assert local("run", "one").exit_code == 0
    assert read(environment / "orrery.json")["runtime"] == "3.3-1"


def test_the_airflow_of_another_project_or_shell_has_no_say(local: Run, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "KubernetesExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_SALES", "postgres://elsewhere")
    environment = seen(bench)
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW_CONN_SALES" not in environment
    assert not [name for name in environment if name.startswith("ORRERY_")]


def test_nobody_else_may_look_into_the_folder_or_its_secrets(local: Run, bench: Workbench) -> None:
    local("start")
    assert stat.S_IMODE(bench.place.state.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [*bench.place.secrets.iterdir(), bench.place.home / "airflow.db"]}
    assert modes == {0o600}


def test_a_birth_is_a_processs_own(bench: Workbench) -> None:
    leader = processes.start(["sleep", "60"], cwd=bench.root, environment=os.environ, log=bench.root / "log")
    assert leader.alive
    assert not processes.Leader(leader.pid, "another").alive
    assert processes.members([leader]) == {leader.pid}
    assert processes.end([leader], seconds=5) == 1
    assert not leader.alive
