"""When runs are due again, and how long workers are taken to start: small rules, without any database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.startups import Startups
from agent.timetables import Timetable, following, read

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


def a_cron(expression: Any, zone: Any = "UTC") -> dict[str, Any]:
    return {"__type": "airflow.timetables.interval.CronDataIntervalTimetable", "__var": {"expression": expression, "timezone": zone}}


def test_a_cron_expression_is_followed_up_to_the_horizon() -> None:
    assert following(read(a_cron("*/1 * * * *")), NOON, NOON + 180) == [NOON + 60, NOON + 120, NOON + 180]
    assert following(read(a_cron("0 12 * * *")), NOON, NOON + 180) == []


def test_a_cron_expression_holds_in_its_time_zone() -> None:
    half_past = following(read(a_cron("31 17 * * *", "Asia/Kolkata")), NOON, NOON + 180)
    assert half_past == [NOON + 60], "12:01 UTC is 17:31 in India"


def test_an_interval_is_followed_too() -> None:
    assert following(read({"__var": {"delta": 45.0, "interval": 0.0}}), NOON, NOON + 100) == [NOON + 45, NOON + 90]


@pytest.mark.parametrize(
    "told",
    [None, "x", [], {}, {"__var": None}, {"__var": {"delta": {"months": 1}}}, {"__var": {"delta": 0}}, a_cron("* * * * * *"), a_cron(7)],
)
def test_other_timetables_are_airflows_alone(told: Any) -> None:
    assert following(read(told), NOON, NOON + 180) == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_expression_and_no_zone_breaks_anything(expression: str, zone: str) -> None:
    assert following(Timetable(cron=expression, zone=zone), NOON, NOON + 180) == sorted(
        following(Timetable(cron=expression, zone=zone), NOON, NOON + 180)
    )


@given(st.floats(1, 1e6))
def test_no_interval_brings_runs_without_end(every: float) -> None:
    assert len(following(Timetable(every=every), NOON, NOON + 1e9)) <= 60


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=40))
def test_a_start_is_the_median_of_the_last_twenty_within_bounds(seen: list[float]) -> None:
    starts = Startups()
    for seconds in seen:
        starts.took("d1", "default", seconds)
    kept = sorted(seen[-20:])
    assert max(5, min(600, kept[0])) - 0.1 <= starts.seconds("d1", "default") <= max(5, min(600, kept[-1])) + 0.1
    assert starts.seconds("d1", "heavy") == 30
    starts.forget(["d2"])
    assert starts.seconds("d1", "default") == 30
