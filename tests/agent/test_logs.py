"""Bringing component logs: everything once, whatever dies in between, and never in the way of scaling."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from orrery.api.wire.component_logs import LogBatch

from agent.logs import EVERY, LONGEST_PAUSE, Shipper
from agent.process_home import ProcessHome
from agent.report import PlaneTrouble
from tests.support.home import FakeClock, FakeHome, serve


class LogStore:
    """The plane's side: real wire models, a batch counts once; it may be away, or die after it took a batch."""

    def __init__(self) -> None:
        self.batches: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.trouble: PlaneTrouble | None = None
        self.dies_afterwards = False

    def take(self, batch: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(batch["deploymentId"])
        if self.trouble:
            raise self.trouble
        told = LogBatch.model_validate_json(json.dumps(batch))
        self.batches.setdefault(told.batch, [each.raw for each in told.entries])
        if self.dies_afterwards:
            raise KeyboardInterrupt  # as a kill does: nobody hears the answer
        return {"kept": len(told.entries)}

    @property
    def lines(self) -> list[str]:
        return [raw.split()[-1] for batch in self.batches.values() for raw in batch]


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder, self.plane = folder, LogStore()
        self.home = FakeHome(FakeClock(), logs=folder / "deployments")
        self.shipper = self.fresh()

    def fresh(self) -> Shipper:
        """An agent that remembers only what is on disk."""
        self.shipper = Shipper(ProcessHome(self.folder / "home.sock"), self.plane.take, self.folder / "logs")
        return self.shipper

    def write(self, *lines: str, deployment: str = "d1", component: str = "scheduler") -> Path:
        file = self.folder / "deployments" / deployment / f"{component}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "a") as log:
            log.writelines(f"2026-03-01T00:00:00Z {line}\n" for line in lines)
        return file


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    scene.home.add("d1")
    server = serve(scene.home, tmp_path / "home.sock")
    yield scene
    server.shutdown()
    server.server_close()


def test_what_is_new_is_brought_once(scene: Scene) -> None:
    scene.write("one", "two")
    assert scene.shipper.look() == EVERY
    scene.shipper.look()
    scene.write("three", component="worker-w1")
    scene.shipper.look()
    assert scene.plane.lines == ["one", "two", "three"]


def test_a_deployment_at_rest_costs_nothing(scene: Scene) -> None:
    scene.write("one")
    scene.shipper.look()
    asked, kept = len(scene.plane.asked), (scene.folder / "logs" / "d1.json").stat().st_mtime_ns
    scene.shipper.look()
    assert (len(scene.plane.asked), (scene.folder / "logs" / "d1.json").stat().st_mtime_ns) == (asked, kept)


def test_killed_after_the_plane_took_a_batch_it_is_not_brought_twice(scene: Scene) -> None:
    scene.write("one")
    scene.plane.dies_afterwards = True
    with pytest.raises(KeyboardInterrupt):
        scene.shipper.look()
    scene.plane.dies_afterwards = False
    scene.write("two")
    scene.fresh().look()
    assert scene.plane.lines == ["one", "two"]
    assert scene.plane.asked == ["d1", "d1", "d1"]


def test_killed_before_a_batch_is_written_down_everything_is_brought(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.write("one")

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Shipper, "_keep", dies)
        with pytest.raises(KeyboardInterrupt):
            scene.shipper.look()
    scene.fresh().look()
    assert scene.plane.lines == ["one"]


def test_while_the_plane_is_away_lines_wait_and_it_is_asked_less_and_less(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.write("one")
    scene.plane.trouble = PlaneTrouble("the control plane does not answer: refused")
    pauses = [scene.shipper.look() for _ in range(5)]
    assert pauses == [10, 20, 40, LONGEST_PAUSE, LONGEST_PAUSE]
    scene.write("two")
    scene.plane.trouble = None
    assert scene.fresh().look() == EVERY
    assert scene.plane.lines == ["one", "two"]
    assert capsys.readouterr().out.count("they wait where they were written") == 1


def test_what_the_files_no_longer_hold_is_said_to_be_gone(scene: Scene) -> None:
    file = scene.write("one")
    scene.shipper.look()
    for number in ("two", "three"):
        file.with_suffix(".1.log").write_text(f"2026-03-01T00:00:00Z {number} {'long ' * 20}{number}\n")
        file.write_text("")
    scene.write("four")
    for _ in range(2):
        scene.shipper.look()
    assert scene.plane.lines == ["one", "read", "three", "four"]


@pytest.mark.parametrize("status", [400, 404, 413])
def test_a_batch_that_the_plane_will_never_take_is_let_go_and_holds_up_nobody(
    scene: Scene, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.home.add("d2")
    scene.write("one")
    scene.write("other", deployment="d2")
    scene.plane.trouble = PlaneTrouble(f"the control plane answered {status}: no", status)
    assert scene.shipper.look() == EVERY
    assert scene.plane.asked == ["d1", "d2"]
    scene.plane.trouble = None
    scene.write("two")
    scene.shipper.look()
    assert scene.plane.lines == ["two"]
    assert "logs of deployment d1 are let go" in capsys.readouterr().out


@pytest.mark.parametrize("status", [0, 401, 403, 429, 500, 503])
def test_any_other_refusal_is_waited_out(scene: Scene, status: int) -> None:
    scene.write("one")
    scene.plane.trouble = PlaneTrouble("no", status)
    scene.shipper.look()
    scene.plane.trouble = None
    scene.shipper.look()
    assert scene.plane.lines == ["one"]


def test_a_flood_is_brought_in_pieces_that_the_plane_takes(scene: Scene) -> None:
    lines = [f"{'x' * 400}-{number}" for number in range(3000)]
    scene.write(*lines)
    for _ in range(5):
        scene.shipper.look()
    assert len(scene.plane.asked) == 5
    assert scene.plane.lines == lines


def test_a_deployment_that_is_gone_is_forgotten(scene: Scene) -> None:
    scene.write("one")
    scene.shipper.look()
    del scene.home.deployments["d1"]
    scene.shipper.look()
    assert list((scene.folder / "logs").glob("*.json")) == []


def test_a_home_that_is_away_is_met_again(scene: Scene) -> None:
    scene.write("one")
    scene.home.is_away = True
    assert scene.shipper.look() == EVERY
    scene.home.is_away = False
    scene.shipper.look()
    assert scene.plane.lines == ["one"]


def test_a_plane_that_does_not_answer_holds_up_nothing_but_its_own_thread(scene: Scene) -> None:
    scene.write("one")
    asked, stop = threading.Event(), threading.Event()

    def never(_: dict[str, Any]) -> dict[str, Any]:
        asked.set()
        stop.wait(60)
        return {}

    Shipper(ProcessHome(scene.folder / "home.sock"), never, scene.folder / "logs").begin(stop)
    assert asked.wait(10)
    assert scene.home.answer("GET", "/deployments", {})[0] == 200
    stop.set()
