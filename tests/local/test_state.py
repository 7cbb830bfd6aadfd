"""What an installation remembers, who holds it, and the one line that a user gets when something is in the way."""

import os
import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from orrery_cli.local import ports

from local import listening
from local.progress import Screen
from local.state import ROOT, Failure, Lock, State, explain, write


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "state")
    state.prepare()
    return state


def test_what_is_remembered_is_there_in_the_next_run(state: State) -> None:
    state.remember("apiPort", 9000)
    state.remember("awsPort", 9001)
    assert (State(state.path).recall("apiPort"), State(state.path).recall("awsPort"), State(state.path).recall("other")) == (
        9000,
        9001,
        None,
    )


def test_what_is_written_can_be_read_by_its_owner_alone(state: State) -> None:
    write(state.agent_token, "secret")
    assert state.agent_token.stat().st_mode & 0o777 == 0o600
    for folder in (state.cli, state.logs, state.executions):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_second_holder_is_told_who_the_first_is(state: State) -> None:
    first, second = Lock(state), Lock(state)
    assert first.take()
    assert not second.take()
    assert second.holder() == os.getpid()


def test_a_lock_whose_holder_died_is_free(state: State) -> None:
    code = "import os; from local.state import Lock, State; Lock(State.here()).take(); os._exit(0)"
    subprocess.run([sys.executable, "-c", code], env={"ORRERY_STATE": str(state.path)}, cwd=ROOT, check=True)
    assert Lock(state).holder() is None


def test_a_full_disk_says_what_to_do() -> None:
    with pytest.raises(OSError) as raised:
        Path("/dev/full").write_text("x")
    assert explain(raised.value) == "the disk is full; make room and start again"


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match=r"cannot write `.*file/state`: not a directory"):
        State(tmp_path / "file" / "state").prepare()


def test_the_holder_of_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        assert not ports.free(port)
        assert listening.holder(port).endswith(f"(pid {os.getpid()})")
    assert ports.free(port)


def run(command: str, state: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "ORRERY_STATE": str(state),
        "PYTHONPATH": f"{ROOT}:{ROOT}/layers/common",
    }
    return subprocess.run(
        [sys.executable, "-m", "local", command], env=environment | more, capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_a_taken_port_is_one_line_that_says_who_has_it_and_how_to_choose_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        done = run("up", tmp_path, ORRERY_PORT=str(port))
    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert last.startswith(f"make up: port {port} is taken by ")
    assert f"(pid {os.getpid()})" in last
    assert last.endswith(f"`ORRERY_PORT={port + 1} make up`")


def test_a_second_up_is_refused_while_the_first_runs(state: State) -> None:
    lock = Lock(state)
    assert lock.take()
    done = run("up", state.path)
    assert done.returncode == 1
    assert f"`make up` is running already here (pid {os.getpid()})" in done.stdout


def test_down_and_status_of_what_never_ran(tmp_path: Path) -> None:
    assert run("status", tmp_path / "none").returncode == 3
    done = run("down", tmp_path / "none")
    assert (done.returncode, done.stdout) == (0, "Nothing was ever started here.\n")


def test_a_step_that_fails_is_marked_and_one_that_is_quick_says_no_time() -> None:
    stream = StringIO()
    screen = Screen(stream)
    with screen.step("Quick"):
        pass
    try:
        with screen.step("Broken") as step:
            step.say("halfway")
            raise LookupError
    except LookupError:
        pass
    assert stream.getvalue().splitlines()[0] == "✓ Quick"
    assert stream.getvalue().splitlines()[1].startswith("✗ Broken: halfway (")
