"""Schedules fire when AWS would fire them, by a clock that the test turns."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from local import cron
from local.schedules import Ticker
from local.template import Schedule

NOON = datetime(2030, 1, 15, 12, 0, tzinfo=UTC)  # a Tuesday


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Target:
    """Counts firings; holds them while its gate is shut."""

    def __init__(self) -> None:
        self.gate, self.calls, self.called = threading.Event(), 0, threading.Semaphore(0)
        self.gate.set()

    def __call__(self, schedule: Schedule) -> None:
        self.calls += 1
        self.called.release()
        self.gate.wait(20)

    def fired(self, times: int) -> bool:
        return all(self.called.acquire(timeout=20) for _ in range(times)) and not self.called.acquire(blocking=False)


def minutely(name: str = "m") -> Schedule:
    return Schedule(name, "rate(1 minute)", "arn", None)


def test_a_rate_fires_at_once_and_then_at_every_period() -> None:
    clock, target = Clock(), Target()
    ticker = Ticker([minutely()], target, now=clock)
    assert ticker.tick() == [minutely()]
    clock.forward(seconds=59)
    assert ticker.tick() == []
    clock.forward(seconds=1)
    assert ticker.tick() == [minutely()]
    assert target.fired(2)


def test_a_late_tick_does_not_shift_the_next() -> None:
    clock = Clock()
    ticker = Ticker([minutely()], Target(), now=clock)
    ticker.tick()
    clock.forward(seconds=75)
    ticker.tick()
    assert ticker.pause() == 45


def test_what_was_missed_is_fired_once() -> None:
    clock, target = Clock(), Target()
    ticker = Ticker([minutely()], target, now=clock)
    clock.forward(hours=8)
    assert ticker.tick() == [minutely()]
    assert ticker.tick() == []
    assert target.fired(1)


def test_a_slow_target_never_piles_up() -> None:
    clock, target = Clock(), Target()
    target.gate.clear()
    ticker = Ticker([minutely()], target, now=clock)
    for _ in range(5):
        ticker.tick()
        clock.forward(minutes=1)
    assert target.fired(2)
    target.gate.set()


def test_a_slow_target_does_not_hold_another_schedule() -> None:
    clock, fired, gate = Clock(), threading.Event(), threading.Event()

    def fire(schedule: Schedule) -> None:
        if schedule.name == "slow":
            gate.wait(20)
        else:
            fired.set()

    ticker = Ticker([minutely("slow"), minutely("quick")], fire, now=clock)
    ticker.tick()
    assert fired.wait(20)
    gate.set()


def test_a_target_that_fails_is_fired_again() -> None:
    clock, again = Clock(), threading.Semaphore(0)

    def fail(schedule: Schedule) -> None:
        again.release()
        raise LookupError

    ticker = Ticker([minutely()], fail, now=clock)
    for _ in range(3):
        ticker.tick()
        assert again.acquire(timeout=20)
        for thread in [thread for thread in threading.enumerate() if thread.name == "schedule-m"]:
            thread.join(20)
        clock.forward(minutes=1)


def test_stop_ends_the_loop() -> None:
    ticker = Ticker([], Target())
    thread = threading.Thread(target=ticker.run)
    thread.start()
    ticker.stop()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 3 * * ? *)", datetime(2030, 1, 16, 3, 0)),
        ("cron(0/15 * * * ? *)", datetime(2030, 1, 15, 12, 15)),
        ("cron(0 8 ? * 2 *)", datetime(2030, 1, 21, 8, 0)),  # 2 = Monday
        ("cron(0 8 ? * MON-FRI *)", datetime(2030, 1, 16, 8, 0)),
        ("cron(0 8 ? * 2#1 *)", datetime(2030, 2, 4, 8, 0)),
        ("cron(0 0 L * ? *)", datetime(2030, 1, 31, 0, 0)),
        ("cron(0 0 1 JAN ? 2032)", datetime(2032, 1, 1, 0, 0)),
        ("rate(2 hours)", datetime(2030, 1, 15, 14, 0)),
        ("at(2031-05-01T10:00:00)", datetime(2031, 5, 1, 10, 0)),
    ],
)
def test_expressions(expression: str, expected: datetime) -> None:
    assert cron.parse(expression, since=NOON)(NOON) == expected.replace(tzinfo=UTC)


def test_a_moment_that_is_over_never_comes_again() -> None:
    assert cron.parse("at(2029-05-01T10:00:00)", since=NOON)(NOON) is None


@pytest.mark.parametrize(
    "expression", ["rate(0 minutes)", "rate(1 fortnight)", "cron(61 * * * ? *)", "cron(* * *)", "every minute", "at(soon)"]
)
def test_what_is_no_schedule_is_refused_with_an_example(expression: str) -> None:
    with pytest.raises(ValueError, match=r"is no schedule: write rate\(5 minutes\)"):
        cron.parse(expression, since=NOON)
