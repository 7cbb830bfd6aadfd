"""Advice says what a queue's recorded days say, with a saving that can be reckoned by hand; and nothing when there is nothing to say."""

from orrery.hypervisor import advice
from orrery.hypervisor.replay import Outcome
from orrery.model.demand_record import Sample
from orrery.model.scaling import AdviceKind, Style

DAY = 86_400.0


def stood(*active: tuple[float, int], floor: int = 0, ceiling: int = 10, concurrency: int = 1) -> list[Sample]:
    """So many tasks from each moment on."""
    return [Sample(at, 0, tasks, 0, max(floor, tasks), 0, floor, ceiling, concurrency, 30.0) for at, tasks in active]


def kinds(samples: list[Sample], end: float = DAY) -> list[AdviceKind]:
    return [each.kind for each in advice.on_queue("default", samples, end)]


def test_workers_that_are_kept_and_hardly_used_are_advised_away_with_their_hours() -> None:
    (told,) = advice.on_queue("default", stood((0, 1), (DAY / 2, 0), floor=3, ceiling=3), DAY)
    assert (told.kind, told.current, told.proposed) == (AdviceKind.FLOOR, "3", "1")
    assert told.saved == 2 * 24 * 7
    assert "more than 1 had tasks for 0.0 % of the time" in told.reason


def test_a_floor_that_is_used_is_left_alone() -> None:
    assert kinds(stood((0, 3), (DAY / 2, 0), floor=3, ceiling=3)) == []


def test_a_ceiling_that_is_in_the_way_is_advised_up_and_its_cost_is_told() -> None:
    (told,) = advice.on_queue("default", stood((0, 1), (DAY / 2, 4), ceiling=2), DAY)
    assert (told.kind, told.proposed, told.saved) == (AdviceKind.CEILING_REACHED, "4", -2 * 12 * 7)


def test_a_ceiling_that_is_never_reached_bounds_nothing() -> None:
    (told,) = advice.on_queue("default", stood((0, 2), (DAY / 2, 0), ceiling=20), DAY)
    assert (told.kind, told.proposed, told.saved) == (AdviceKind.CEILING_UNUSED, "3", 0.0)


def test_a_worker_that_takes_many_tasks_and_never_has_more_than_a_few_may_be_smaller() -> None:
    (told,) = advice.on_queue("default", stood((0, 3), (DAY / 2, 0), ceiling=1, concurrency=16), DAY)
    assert (told.kind, told.current, told.proposed) == (AdviceKind.CONCURRENCY, "16", "3")


def test_too_short_a_record_gives_no_advice() -> None:
    assert kinds(stood((0, 0), floor=3), advice.LEAST_SECONDS - 1) == []
    assert kinds([]) == []


def test_the_style_that_saves_is_advised_and_one_that_does_not_is_left() -> None:
    dear, cheap = Outcome(worker_seconds=20 * 3600.0, waits=(0.0,)), Outcome(worker_seconds=15 * 3600.0, waits=(20.0,))
    (told,) = advice.on_style(Style.BALANCED, {Style.BALANCED: dear, Style.ECONOMY: cheap}, DAY)
    assert (told.proposed, told.saved) == ("ECONOMY", 35.0)
    assert "25 % fewer worker-hours" in told.reason
    assert advice.on_style(Style.BALANCED, {Style.BALANCED: dear, Style.ECONOMY: dear}, DAY) == ()


def test_waiting_that_saves_nothing_is_advised_against() -> None:
    slow, quick = Outcome(worker_seconds=3600.0, waits=(40.0,)), Outcome(worker_seconds=3600.0, waits=(2.0,))
    (told,) = advice.on_style(Style.ECONOMY, {Style.BALANCED: quick, Style.ECONOMY: slow}, DAY)
    assert told.proposed == "BALANCED"
