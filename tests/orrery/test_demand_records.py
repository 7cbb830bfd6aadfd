"""Pieces of the demand record lie in one object for two hours of a cluster, and are put together for one Deployment."""

from datetime import UTC, datetime
from typing import Any

import pytest
from orrery import demand_records, s3
from orrery.model.demand_record import Piece, Sample
from orrery.model.span import Span

from tests.support.plane import Plane

pytestmark = pytest.mark.usefixtures("plane")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


def stood(at: float, queued: int = 0) -> Sample:
    return Sample(NOON + at, queued, 0, 0, 1, 0, 0, 4, 5, 30.0, 90.0, ((1.5, 3), (0.0, 7)))


def keep(start: float, *samples: Sample, end: float = 600, part: int = 0, deployment: str = "d1") -> None:
    told = {deployment: {"default": samples}} if samples else {}
    demand_records.keep("c1", Piece(NOON + start, NOON + start + end, told), part=part)


def read(first: float, last: float, deployment: str = "d1") -> tuple[list[tuple[float, int, int]], float]:
    """(Seconds from noon, queued, workers) of each sample, and how much time is covered."""
    span = Span(datetime.fromtimestamp(NOON + first, UTC), datetime.fromtimestamp(NOON + last, UTC))
    found = demand_records.read("c1", deployment, span)
    return [(each.at - NOON, each.queued, each.workers) for each in found.queues.get("default", ())], found.seconds


def test_what_was_kept_comes_back_as_it_was() -> None:
    keep(0, stood(0, 3), stood(40, 2))
    span = Span(datetime.fromtimestamp(NOON, UTC), datetime.fromtimestamp(NOON + 600, UTC))
    assert demand_records.read("c1", "d1", span).queues == {"default": (stood(0, 3), stood(40, 2))}


def test_pieces_follow_each_other_and_one_that_does_not_tell_of_a_queue_found_it_empty() -> None:
    keep(0, stood(0, 3))
    keep(600)
    keep(1200, stood(1300, 1))
    assert read(0, 1800) == ([(0, 3, 1), (600, 0, 0), (1200, 0, 0), (1300, 1, 1)], 1800)


def test_a_span_begins_with_how_the_queue_stood() -> None:
    keep(0, stood(0, 3), stood(500, 4))
    assert read(300, 550) == ([(300, 3, 1), (500, 4, 1)], 250)


def test_time_that_nobody_recorded_is_not_covered() -> None:
    keep(0, stood(0, 3))
    keep(3000, stood(3000, 1))
    assert read(0, 3600)[1] == 1200


def test_the_parts_of_a_large_piece_are_one_and_a_piece_that_comes_twice_counts_once() -> None:
    keep(0, stood(0, 3), end=50)
    keep(0, stood(0, 3), end=50)
    keep(0, stood(100, 2), part=1)
    assert read(0, 600) == ([(0, 3, 1), (100, 2, 1)], 600)


def test_nothing_is_told_of_another_deployment() -> None:
    keep(0, stood(0, 3), deployment="d2")
    assert read(0, 600) == ([], 600)


def test_a_deployment_named_like_the_piece_itself_is_no_trouble(plane: Plane) -> None:
    keep(0, stood(0, 3), deployment="clong0000000000000000001")
    assert read(0, 600, "clong0000000000000000001")[0] == [(0, 3, 1)]


def test_a_week_is_read_in_fewer_than_a_hundred_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    week, asked = 7 * 86_400, list[str]()
    for start in range(-2 * 3600, week, 3600):
        keep(start, stood(start, 1))
    fetch = s3.read

    def counted(bucket: str, key: str) -> Any:
        asked.append(key)
        return fetch(bucket, key)

    monkeypatch.setattr(s3, "read", counted)
    samples, seconds = read(0, week)
    assert (len(samples), seconds) == (7 * 24, 7 * 24 * 600)
    assert len(asked) <= 86


def test_a_piece_that_crosses_another_is_added_to_what_that_one_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    put_over = s3.put_over

    def meanwhile(*written: Any) -> bool:
        monkeypatch.setattr(s3, "put_over", put_over)
        keep(0, stood(0, 3))
        return put_over(*written)

    monkeypatch.setattr(s3, "put_over", meanwhile)
    keep(600, stood(600, 1))
    assert read(0, 1200) == ([(0, 3, 1), (600, 1, 1)], 1200)


def test_what_is_too_much_for_two_hours_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(0, stood(0, 3))
    monkeypatch.setattr(demand_records, "_LARGEST", 100)
    assert demand_records.keep("c1", Piece(NOON + 600, NOON + 1200)) is False
    assert demand_records.keep("c1", Piece(NOON, NOON + 600)) is True, "it is there already"
    assert read(0, 1200) == ([(0, 3, 1)], 600)
