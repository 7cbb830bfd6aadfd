"""Wanted processes run, come back, are replaced and end; and a new supervisor goes on with what an old one started."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.home import memory, processes
from local.home.cells import Cell, Command
from local.home.supervisor import Supervisor
from tests.local.home.running import wait_until

Make = Callable[..., Command]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.end_all(tmp_path, prefix="")


@pytest.fixture
def supervisor(state: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(state)
    supervisor.begin()
    yield supervisor
    supervisor.close()


@pytest.fixture
def make(state: Path) -> Make:
    def make(script: str = "exec sleep 60", *, key: str = "d1/part", env: dict[str, str] | None = None, stdin: str = "") -> Command:
        cell = Cell(uid=None, home=state)
        return Command(key=key, argv=("/bin/sh", "-c", script), cell=cell, log=state / "log", env=env or {}, stdin=stdin)

    return make


def running(supervisor: Supervisor, key: str = "d1/part") -> int:
    return int(wait_until(lambda: supervisor.pid(key), seconds=10, what=f"{key} to run"))


def said(state: Path, word: str) -> None:
    log = state / "log"
    wait_until(lambda: log.exists() and word in log.read_text(), seconds=10, what=f"`{word}` in the log")


def test_a_process_that_dies_is_started_again(supervisor: Supervisor, make: Make) -> None:
    supervisor.want(make())
    first = running(supervisor)
    os.kill(first, signal.SIGKILL)
    second = wait_until(lambda: supervisor.pid("d1/part") not in (None, first) and supervisor.pid("d1/part"), seconds=10, what="a new one")
    assert os.path.exists(f"/proc/{second}")
    assert supervisor.ends("d1/part") == 1


def test_what_ends_again_and_again_soon_after_its_start_is_looping_until_it_is_mended(supervisor: Supervisor, make: Make) -> None:
    supervisor.want(make("exit 1"))
    assert not supervisor.is_looping("d1/part")
    wait_until(lambda: supervisor.is_looping("d1/part"), seconds=30, what="three ends in a row")
    assert supervisor.ends("d1/part") == 3
    supervisor.unwant("d1/part")
    wait_until(lambda: not supervisor.is_looping("d1/part"), seconds=30, what="nothing to loop")


def test_what_is_killed_while_the_machine_is_short_of_memory_was_starved(
    supervisor: Supervisor, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "kills", lambda: 7)
    supervisor.want(make())
    supervisor.want(make("exec sleep 59", key="d1/other"))
    one, other = running(supervisor), running(supervisor, "d1/other")
    os.kill(one, signal.SIGKILL)
    wait_until(lambda: supervisor.ends("d1/part") == 1, seconds=10, what="its end")
    assert supervisor.starved_at("d1/part") == 0, "somebody killed it, and the kernel did not"
    monkeypatch.setattr(memory, "kills", lambda: 8)
    os.kill(other, signal.SIGKILL)
    wait_until(lambda: supervisor.starved_at("d1/other"), seconds=10, what="the reason of its end")


def test_the_kernels_count_is_read_and_missed_where_it_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_COUNTERS", tmp_path / "vmstat")
    assert memory.kills() == 0
    (tmp_path / "vmstat").write_text("nr_free_pages 5\noom_kill 3\n")
    assert memory.kills() == 3


def test_wanting_the_same_again_changes_nothing_and_wanting_another_replaces_it(supervisor: Supervisor, make: Make) -> None:
    supervisor.want(make())
    first = running(supervisor)
    supervisor.want(make())
    supervisor.want(make(key="d1/other"))
    running(supervisor, "d1/other")
    assert supervisor.pid("d1/part") == first
    changed = make(env={"NEW": "value"})
    supervisor.want(changed)
    wait_until(lambda: supervisor.fingerprint("d1/part") == changed.fingerprint, seconds=10, what="the replacement")
    assert not os.path.exists(f"/proc/{first}")
    assert supervisor.ends("d1/part") == 0, "being replaced is not dying"


def test_what_is_no_longer_wanted_ends_even_if_it_will_not_listen(supervisor: Supervisor, make: Make, state: Path) -> None:
    supervisor.want(make("trap '' TERM; echo deaf; while :; do sleep 1; done"), patience=0.5)
    pid = running(supervisor)
    said(state, "deaf")
    supervisor.unwant("d1/part")
    assert supervisor.wait_gone(["d1/part"], seconds=10)
    assert not os.path.exists(f"/proc/{pid}")


def test_a_worker_is_not_started_again_and_is_only_ever_asked_to_end(supervisor: Supervisor, make: Make, state: Path) -> None:
    supervisor.want(
        make("trap 'echo asked; sleep 1.5; echo done; exit' TERM; echo up; while :; do sleep 0.1; done"), again=False, patience=0.1
    )
    running(supervisor)
    said(state, "up")
    supervisor.ask_to_end("d1/part")
    said(state, "asked")
    assert not supervisor.wait_gone(["d1/part"], seconds=0.5), "it is left to finish"
    assert supervisor.wait_gone(["d1/part"], seconds=10)
    said(state, "done")
    assert supervisor.keys() == []


def test_a_new_supervisor_goes_on_with_what_it_finds(state: Path, make: Make) -> None:
    old = Supervisor(state)
    old.begin()
    for key in ("d1/part", "d1/worker/w1", "d9/gone"):
        old.want(make(key=key))
    before = {key: running(old, key) for key in ("d1/part", "d1/worker/w1", "d9/gone")}
    old.close()

    new = Supervisor(state)
    new.begin()
    try:
        assert {key: new.pid(key) for key in before} == before
        new.want(make())
        assert new.claim("d1/worker/w1")
        assert not new.claim("d1/worker/w2")
        new.unwant_unclaimed()
        assert new.wait_gone(["d9/gone"], seconds=10)
        assert new.pid("d1/part") == before["d1/part"]
        assert new.pid("d1/worker/w1") == before["d1/worker/w1"]
        os.kill(before["d1/part"], signal.SIGKILL)
        wait_until(lambda: new.pid("d1/part") not in (None, before["d1/part"]), seconds=10, what="the adopted one to come back")
    finally:
        new.close()


def test_what_a_process_left_behind_is_not_taken_for_the_process(state: Path, make: Make, supervisor: Supervisor) -> None:
    orphan = "setsid sh -c 'echo left; exec sleep 60' & "
    supervisor.want(make(f"({orphan}); exec sleep 60"))
    before = running(supervisor)
    said(state, "left")
    assert len([pid for pid, _ in processes._of_home(state)]) == 2
    assert [(found.key, found.pid) for found in processes.running(state)] == [("d1/part", before)]


def test_who_pretends_to_be_another_process_is_not_adopted_in_its_place(state: Path, make: Make, supervisor: Supervisor) -> None:
    supervisor.want(make())
    before = running(supervisor)
    marks = f"ORRERY_STATE={state} ORRERY_PROCESS=d1/part ORRERY_FINGERPRINT=x"
    supervisor.want(make(f"setsid sh -c 'echo born; exec env {marks} ORRERY_PID=$$ sleep 60'", key="d2/part"))
    said(state, "born")
    assert [found.pid for found in processes.running(state) if found.key == "d1/part"] == [before]


def test_another_homes_processes_are_none_of_ours(
    state: Path, make: Make, tmp_path_factory: pytest.TempPathFactory, supervisor: Supervisor
) -> None:
    supervisor.want(make())
    running(supervisor)
    assert processes.running(tmp_path_factory.mktemp("other")) == []
    assert [found.key for found in processes.running(state)] == ["d1/part"]


def test_secrets_travel_by_environment_and_input_and_never_by_command_line(supervisor: Supervisor, make: Make, state: Path) -> None:
    supervisor.want(make('echo "$SECRET"; cat; exec sleep 60', env={"SECRET": "sesame"}, stdin="open"))
    pid = running(supervisor)
    said(state, "sesame\nopen")
    assert "sesame" not in Path(f"/proc/{pid}/cmdline").read_text()
    assert (state / "log").stat().st_mode & 0o077 == 0


def test_nothing_of_our_own_environment_leaks_into_a_process(
    supervisor: Supervisor, make: Make, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the plane's")
    supervisor.want(make("env; echo end; exec sleep 60"))
    said(state, "end")
    assert "the plane's" not in (state / "log").read_text()


def test_a_program_that_is_not_there_is_tried_again_with_longer_pauses(supervisor: Supervisor, state: Path) -> None:
    cell = Cell(uid=None, home=state)
    supervisor.want(Command(key="d1/part", argv=("/no/such/program",), cell=cell, log=state / "log"))
    wait_until(lambda: supervisor.ends("d1/part") >= 2, seconds=15, what="a second try")
    assert "cannot start: " in (state / "log").read_text()
