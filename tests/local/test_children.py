"""The supervisor's children: started in order, started again when they die, ended together; strays are told from bystanders."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from local import strays
from local.children import Child, Keeper, environment
from local.progress import Screen
from local.state import Failure, State

PYTHON = [sys.executable, "-c"]


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "state")
    state.prepare()
    return state


@pytest.fixture
def said() -> StringIO:
    return StringIO()


@pytest.fixture
def screen(said: StringIO) -> Screen:
    return Screen(said)


@pytest.fixture
def keeper(state: State, screen: Screen) -> Iterator[Keeper]:
    keeper = Keeper(state, screen)
    yield keeper
    keeper.stop()


def child(name: str, code: str, ready: Callable[[], bool]) -> Child:
    return Child(name, [*PYTHON, code], environment({}), ready, patience=20)


def sleeper(name: str, mark: Path) -> Child:
    """Writes its process id and stays."""
    code = f"import os, pathlib, time; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(60)"
    return child(name, code, lambda: mark.exists() and mark.read_text() != "")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_that_dies_is_started_again_and_its_end_is_said(keeper: Keeper, state: State, said: StringIO, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    keeper.start(sleeper("plane", mark))
    first = int(mark.read_text())
    os.kill(first, signal.SIGKILL)
    until(lambda: mark.read_text() not in ("", str(first)))
    assert alive(int(mark.read_text()))
    assert "plane ended (killed by SIGKILL); starting it again in 0.5 s" in said.getvalue()
    until(lambda: json.loads((state.path / "children.json").read_text()) == {"plane": int(mark.read_text())})


def test_stop_ends_them_all_and_starts_none_again(state: State, screen: Screen, tmp_path: Path) -> None:
    keeper = Keeper(state, screen)
    marks = [tmp_path / "one", tmp_path / "two"]
    for mark in marks:
        keeper.start(sleeper(mark.name, mark))
    keeper.stop()
    assert not any(alive(int(mark.read_text())) for mark in marks)
    assert json.loads((state.path / "children.json").read_text()) == {}
    assert strays.find(state.path) == []


def test_a_child_that_cannot_start_fails_with_the_last_line_it_said(keeper: Keeper) -> None:
    code = "import sys; print('plane: starting'); sys.exit('plane: port 8888 is taken')"
    with pytest.raises(Failure, match=r"^plane: port 8888 is taken$"):
        keeper.start(child("plane", code, lambda: False))


def test_a_program_that_is_not_there_is_one_line(keeper: Keeper) -> None:
    with pytest.raises(Failure, match="cannot start aws: no such file or directory: `/nowhere/python`"):
        keeper.start(Child("aws", ["/nowhere/python"], environment({}), lambda: True))


def test_a_child_knows_nothing_of_the_users_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("ORRERY_API_TOKEN", "secret")
    assert not {"AWS_PROFILE", "ORRERY_API_TOKEN"} & environment({}).keys()


def start(state: Path, **marks: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [*PYTHON, "print(flush=True); import time; time.sleep(60)"], env={"ORRERY_STATE": str(state), **marks}, stdout=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.readline()
    return process


def test_strays_are_what_carries_the_mark_of_a_part(tmp_path: Path) -> None:
    ours, homes = start(tmp_path, ORRERY_PART="plane"), start(tmp_path, ORRERY_PROCESS="home/postgres")
    shell, elsewhere = start(tmp_path), start(tmp_path / "other", ORRERY_PART="plane")
    try:
        assert set(strays.find(tmp_path)) == {ours.pid, homes.pid}
        assert strays.end(tmp_path) == 2
        assert (ours.wait(10), homes.wait(10)) == (-signal.SIGTERM, -signal.SIGTERM)
        assert shell.poll() is None
        assert elsewhere.poll() is None
    finally:
        for process in (ours, homes, shell, elsewhere):
            process.kill()
            process.communicate()


def test_a_stray_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    deaf = subprocess.Popen([*PYTHON, code], env={"ORRERY_STATE": str(tmp_path), "ORRERY_PART": "home"}, stdout=subprocess.PIPE)
    assert deaf.stdout
    deaf.stdout.readline()
    strays.end(tmp_path, soft_seconds=0.3)
    assert deaf.wait(10) == -signal.SIGKILL
    deaf.communicate()
