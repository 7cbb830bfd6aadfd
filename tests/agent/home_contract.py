"""The contract of the agent's port, as tests: every home inherits `HomeContract` and gives it a `street` with one Deployment on it.

It has the queue `default` with bounds 0 to 4 and concurrency 2. What a test may wait for is only ever what the agent would see.
"""

from collections.abc import Callable
from typing import Any, Protocol

import pytest

from agent.home import Home, HomeTrouble

Workers = list[dict[str, Any]]


class Street(Protocol):
    @property
    def home(self) -> Home: ...

    @property
    def id(self) -> str:
        """Of its Deployment."""

    def close_queues(self) -> None:
        """The Deployment is asked to sleep, or its queues to be gone."""

    def until(self, holds: Callable[[Workers], bool]) -> Workers:
        """Time goes by; the Deployment's workers as soon as it holds of them."""


def states(workers: Workers) -> list[str]:
    return sorted(worker["state"] for worker in workers)


def all_in(*wanted: str) -> Callable[[Workers], bool]:
    return lambda workers: states(workers) == sorted(wanted)


class HomeContract:
    @pytest.fixture
    def street(self) -> Street:
        pytest.fail("a home's own tests give the street")

    def entry(self, street: Street) -> dict[str, Any]:
        return next(entry for entry in street.home.deployments() if entry["id"] == street.id)

    def launch(self, street: Street, count: int = 1) -> None:
        for _ in range(count):
            street.home.launch(street.id, "default", decision={"source": "a test", "target": count, "reason": "a test says so"})

    def test_a_deployment_is_told_with_the_bounds_of_its_queues_and_the_way_to_its_demand(self, street: Street) -> None:
        entry = self.entry(street)
        told = {name: entry["queues"][0][name] for name in ("name", "min", "max", "concurrency")}
        assert told == {"name": "default", "min": 0, "max": 4, "concurrency": 2}
        assert (entry["generation"], len(entry["queues"]), bool(entry["organizationId"])) == (1, 1, True)
        assert entry["databaseUrl"].startswith("postgresql://")

    def test_a_deployment_that_it_does_not_know_has_no_workers(self, street: Street) -> None:
        assert street.home.workers("d-unknown") == []

    def test_a_launched_worker_is_one_at_once_and_takes_tasks_when_it_is_up(self, street: Street) -> None:
        self.launch(street, 2)
        at_once = street.home.workers(street.id)
        assert (len(at_once), {worker["queue"] for worker in at_once}) == (2, {"default"})
        up = street.until(all_in("RUNNING", "RUNNING"))
        assert len({worker["id"] for worker in up}) == len({worker["hostname"] for worker in up}) == 2
        assert {worker["generation"] for worker in up} == {1}

    def test_a_queue_that_is_not_there_gets_no_worker(self, street: Street) -> None:
        with pytest.raises(HomeTrouble):
            street.home.launch(street.id, "nowhere", decision={})
        assert street.home.workers(street.id) == []

    def test_a_worker_that_is_not_there_can_be_told_nothing(self, street: Street) -> None:
        for verb in ("cordon", "uncordon", "drain"):
            with pytest.raises(HomeTrouble):
                street.home.tell(street.id, "w-unknown", verb)

    def test_a_worker_is_cordoned_and_taken_back(self, street: Street) -> None:
        self.launch(street)
        (worker,) = street.until(all_in("RUNNING"))
        street.home.tell(street.id, worker["id"], "cordon")
        street.until(all_in("CORDONED"))
        street.home.tell(street.id, worker["id"], "cordon")
        street.home.tell(street.id, worker["id"], "uncordon")
        (back,) = street.until(all_in("RUNNING"))
        assert back["id"] == worker["id"]

    def test_that_very_worker_ends_and_no_other(self, street: Street) -> None:
        self.launch(street, 3)
        first, second, third = (worker["id"] for worker in street.until(all_in("RUNNING", "RUNNING", "RUNNING")))
        street.home.tell(street.id, second, "cordon")
        street.until(all_in("CORDONED", "RUNNING", "RUNNING"))
        street.home.tell(street.id, second, "drain")
        left = street.until(lambda workers: second not in {worker["id"] for worker in workers} and len(workers) == 2)
        assert {worker["id"] for worker in left} == {first, third}
        assert states(left) == ["RUNNING", "RUNNING"]

    def test_closed_queues_keep_their_workers_until_these_are_ended(self, street: Street) -> None:
        self.launch(street)
        (worker,) = street.until(all_in("RUNNING"))
        street.close_queues()
        street.until(lambda _: self.entry(street)["queues"][0]["max"] == 0)
        assert [each["id"] for each in street.home.workers(street.id)] == [worker["id"]]
        with pytest.raises(HomeTrouble):
            self.launch(street)
