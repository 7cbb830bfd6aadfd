"""The contract of a home's logs, as tests: every home inherits `LogsContract` and gives it a `scene` with one Deployment that runs."""

from typing import Any, Protocol

import pytest

from agent.home import Logs


class Scene(Protocol):
    @property
    def home(self) -> Logs: ...

    @property
    def id(self) -> str:
        """Of its Deployment."""

    def write(self, component: str, *lines: str) -> None:
        """Its process writes these lines; `worker` is some worker's."""

    def start_again(self, component: str) -> None:
        """Its process ends and another one begins."""


class LogsContract:
    @pytest.fixture
    def scene(self) -> Scene:
        pytest.fail("a home's own tests give the scene")

    def read(self, scene: Scene, after: dict[str, Any], *, most: int = 200_000) -> dict[str, Any]:
        told = scene.home.logs(scene.id, after, most=most)
        assert told.keys() == {"entries", "after", "more"}
        after.clear()
        after.update(told["after"])
        return told

    def raw(self, scene: Scene, after: dict[str, Any]) -> list[str]:
        return [entry["raw"].rpartition(" ")[2] for entry in self.read(scene, after)["entries"]]

    def test_its_deployments_are_told_with_whose_they_are(self, scene: Scene) -> None:
        (told,) = [each for each in scene.home.deployments() if each["id"] == scene.id]
        assert told["organizationId"]

    def test_every_component_has_its_source_and_a_line_the_moment_that_it_names(self, scene: Scene) -> None:
        components = {"api-server": "apiserver", "scheduler": "scheduler", "dag-processor": "dag-processor", "triggerer": "triggerer"}
        for component in (*components, "worker"):
            scene.write(component, f"2026-03-01T00:00:01.250Z {component}")
        told = self.read(scene, {})["entries"]
        assert {entry["raw"].split()[1]: entry["source"] for entry in told} == {**components, "worker": "worker"}
        assert {entry["at"] for entry in told} == {1772323201250}

    def test_what_is_new_is_told_once_and_in_order(self, scene: Scene) -> None:
        after: dict[str, Any] = {}
        scene.write("scheduler", "2026-03-01T00:00:00Z one", "2026-03-01T00:00:00Z two")
        assert self.raw(scene, after) == ["one", "two"]
        assert self.raw(scene, after) == []
        scene.write("scheduler", "2026-03-01T00:00:00Z three")
        scene.write("worker", "2026-03-01T00:00:00Z four")
        assert sorted(self.raw(scene, after)) == ["four", "three"]
        assert self.raw(scene, after) == []

    def test_lines_without_a_time_belong_to_the_one_before(self, scene: Scene) -> None:
        scene.write("scheduler", "2026-03-01T00:00:00Z it broke", "Traceback:", "  ValueError", "2026-03-01T00:00:01Z on it goes")
        told = [entry["raw"] for entry in self.read(scene, {})["entries"]]
        assert told == ["2026-03-01T00:00:00Z it broke\nTraceback:\n  ValueError", "2026-03-01T00:00:01Z on it goes"]

    def test_much_is_told_in_pieces_none_larger_than_asked_for(self, scene: Scene) -> None:
        lines = [f"2026-03-01T00:00:00Z {'x' * 400} {number}" for number in range(500)]
        after: dict[str, Any] = {}
        scene.write("scheduler", *lines)
        found: list[str] = []
        more = True
        while more:
            told = self.read(scene, after, most=50_000)
            more = told["more"]
            assert sum(len(entry["raw"]) for entry in told["entries"]) < 51_000
            found += [entry["raw"] for entry in told["entries"]]
        assert found == lines

    def test_who_writes_much_leaves_room_for_the_others(self, scene: Scene) -> None:
        scene.write("dag-processor", *(f"2026-03-01T00:00:00Z {'x' * 400} {number}" for number in range(500)))
        scene.write("worker", "2026-03-01T00:00:00Z a word")
        told = self.read(scene, {}, most=100_000)
        assert "worker" in {entry["source"] for entry in told["entries"]}
        assert told["more"]

    def test_the_last_words_of_a_process_that_was_started_again_come_before_its_next(self, scene: Scene) -> None:
        after: dict[str, Any] = {}
        scene.write("scheduler", "2026-03-01T00:00:00Z one")
        assert self.raw(scene, after) == ["one"]
        scene.write("scheduler", "2026-03-01T00:00:00Z two")
        scene.start_again("scheduler")
        scene.write("scheduler", "2026-03-01T00:00:00Z three")
        assert self.raw(scene, after) == ["two", "three"]
        assert self.raw(scene, after) == []
