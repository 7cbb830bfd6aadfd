"""The demand record: what changes is kept in pieces of ten minutes, and each piece reaches the plane."""

import json
from pathlib import Path
from typing import Any

import pytest
from orrery.api.wire.demand_records import DemandPiece

from agent.record import LONGEST, Recorder
from agent.report import PlaneTrouble
from tests.support.home import FakeClock


class Scene:
    def __init__(self, folder: Path) -> None:
        self.clock, self.pieces, self.trouble = FakeClock(), list[DemandPiece](), None
        self.clock.now = 0.0
        self.folder = folder
        self.recorder = Recorder(self.take, folder, self.clock)

    trouble: PlaneTrouble | None

    def take(self, piece: dict[str, Any]) -> dict[str, Any]:
        if self.trouble:
            raise self.trouble
        self.pieces.append(DemandPiece.model_validate_json(json.dumps(piece)))
        return {"kept": 1}

    def look(self, seconds: float, **queue: Any) -> None:
        """So many seconds of rounds at which one queue stands like this."""
        until = self.clock.now + seconds
        while self.clock.now < until:
            stand = {"name": "default", "queued": 0, "running": 0, "min": 0, "max": 4, "concurrency": 5, "workers": [], **queue}
            entry = {"id": "d1", "organizationId": "o1", "queues": [stand]}
            self.recorder.note({"takenAt": self.clock.wall().isoformat(), "deployments": [entry]})
            self.clock.now += 2

    def bring(self) -> list[list[tuple[float, int]]]:
        """Of each piece that came: seconds since its start and queued tasks, in order."""
        while self.recorder.bring():
            pass
        told = [[each.sample() for queue in piece.queues for each in queue.samples] for piece in self.pieces]
        starts = [piece.started_at.timestamp() for piece in self.pieces]
        return [[(sample.at - start, sample.queued) for sample in samples] for start, samples in zip(starts, told, strict=True)]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_change_is_kept_and_what_stays_is_told_once(scene: Scene) -> None:
    scene.look(100, queued=3)
    scene.look(500)
    scene.look(10)
    assert scene.bring() == [[(0.0, 3), (100.0, 0)]]


def test_each_piece_stands_for_itself(scene: Scene) -> None:
    scene.look(2 * LONGEST + 10, queued=3)
    assert scene.bring() == [[(0.0, 3)], [(0.0, 3)]]


def test_an_empty_queue_is_not_told_of_and_its_piece_still_says_that_somebody_looked(scene: Scene) -> None:
    scene.look(LONGEST + 10)
    assert scene.bring() == [[]]


def test_while_the_plane_is_away_pieces_wait_and_then_all_come(scene: Scene) -> None:
    scene.trouble = PlaneTrouble("the control plane does not answer")
    scene.look(3 * LONGEST + 10, queued=1)
    with pytest.raises(PlaneTrouble):
        scene.recorder.bring()
    scene.trouble = None
    assert len(scene.bring()) == 3


def test_a_piece_that_waits_survives_the_agents_death(scene: Scene) -> None:
    scene.look(LONGEST + 10, queued=1)
    scene.recorder = Recorder(scene.take, scene.folder, scene.clock)
    assert scene.bring() == [[(0.0, 1)]]


def test_what_the_plane_will_never_take_is_let_go(scene: Scene) -> None:
    scene.trouble = PlaneTrouble("no such deployment", 404)
    scene.look(LONGEST + 10, queued=1)
    assert scene.recorder.bring()
    assert list(scene.folder.glob("*.json")) == []


def test_what_is_foretold_is_kept_as_far_as_a_plan_can_look(scene: Scene) -> None:
    scene.look(10, queued=1, ahead=[[2.0, 50], [1.0, 900], [3.0, 5]])
    scene.look(LONGEST)
    scene.bring()
    assert scene.pieces[0].queues[0].samples[0].ahead == [[2.0, 50.0], [1.0, 175.0]]
