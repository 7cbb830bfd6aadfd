"""Spans of time: days count whole, both ends are within, and what cannot be meant is refused by name."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orrery.errors import Invalid
from orrery.model.span import MILLISECOND, Span, floor, said

NOW = datetime(2026, 3, 16, 12, 30, 15, 123456, UTC)
WEEK = timedelta(days=7)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def asked(start: str | None = None, end: str | None = None) -> Span:
    return Span.asked(start, end, usual=WEEK, now=NOW)


def told(start: str | None = None, end: str | None = None) -> tuple[str, str]:
    span = asked(start, end)
    return said(span.first), said(span.last)


def test_without_anything_it_is_the_usual_time_until_now() -> None:
    assert told() == ("2026-03-09T12:30:15.123Z", "2026-03-16T12:30:15.123Z")
    assert told(end="2026-03-10T00:00:00Z") == ("2026-03-03T00:00:00.000Z", "2026-03-10T00:00:00.000Z")
    assert told(start="2026-03-15") == ("2026-03-15T00:00:00.000Z", "2026-03-16T12:30:15.123Z")


def test_a_day_counts_whole_and_a_time_counts_where_it_is() -> None:
    assert told("2026-03-01", "2026-03-01") == ("2026-03-01T00:00:00.000Z", "2026-03-01T23:59:59.999Z")
    assert told("2026-03-01T02:00:00.123456789+02:00", "2026-03-01T00:00:01Z") == ("2026-03-01T00:00:00.123Z", "2026-03-01T00:00:01.000Z")


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-03-01T00:00:00", "20260301", "2026-W01-1", "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize("field", ["startDate", "endDate"])
def test_what_is_no_time_is_refused_by_name(field: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        asked(**{"start" if field == "startDate" else "end": text})

    assert [each.field for each in refused.value.field_errors] == [field]
    assert refused.value.message.startswith(f"`{field}` must be a day such as")


@settings(deadline=None)
@given(MOMENTS, MOMENTS)
def test_a_start_after_its_end_is_refused_and_any_other_is_taken_as_it_is(start: datetime, end: datetime) -> None:
    if floor(start) > floor(end):
        with pytest.raises(Invalid, match="`startDate` is later than `endDate`"):
            asked(start.isoformat(), end.isoformat())
    else:
        assert asked(start.isoformat(), end.isoformat()) == Span(floor(start), floor(end))


@settings(deadline=None)
@given(DAYS, st.integers(0, 200))
def test_days_are_the_sum_of_their_days(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    whole = asked(str(first), str(last))
    apart = [asked(str(each), str(each)) for each in whole.days]

    assert len(apart) == more + 1
    assert (apart[0].first, apart[-1].last) == (whole.first, whole.last)
    assert all(one.last + MILLISECOND == next.first for one, next in itertools.pairwise(apart))


@settings(deadline=None)
@given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_within_is_what_both_have(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    (a, b), (c, d) = sorted((a, b)), sorted((c, d))
    both = Span(floor(a), floor(b)).within(c, d)

    assert both == Span(floor(c), floor(d)).within(a, b)
    assert bool(both.days) == (max(floor(a), floor(c)) <= min(floor(b), floor(d)))


@pytest.mark.parametrize(("start", "end"), [("0001-01-01", "9999-12-31"), (None, "0001-01-01")])
def test_the_ends_of_time_are_no_trouble(start: str | None, end: str) -> None:
    assert asked(start, end).within(NOW - WEEK, NOW).first >= NOW - WEEK - MILLISECOND
