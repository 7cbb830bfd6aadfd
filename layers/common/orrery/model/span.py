"""A span of time as a request asks for it: two days or two instants, both within."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from orrery.errors import Invalid

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Span:
    """From the first to the last millisecond, both within, in UTC; empty if the last comes before the first."""

    first: datetime
    last: datetime

    @classmethod
    def asked(cls, start: str | None, end: str | None, *, usual: timedelta, now: datetime) -> Self:
        """What `startDate` and `endDate` name; without an end until now, without a start the `usual` time before the end.

        A day counts whole: as a start from its first millisecond on, as an end until its last one.
        """
        last = _instant("endDate", end, time.max) if end else floor(now)
        first = _instant("startDate", start, time.min) if start else max(last, _EARLIEST + usual) - usual
        if first > last:
            raise Invalid.clause("startDate", f"is later than `endDate`, which is {said(last)}")
        return cls(first, last)

    def within(self, first: datetime, last: datetime) -> Self:
        """The part of it between two moments; empty where it does not reach."""
        return type(self)(max(self.first, floor(first)), min(self.last, floor(last)))

    @property
    def days(self) -> list[date]:
        """The days that it touches, in order."""
        count = (self.last.date() - self.first.date()).days + 1 if self.first <= self.last else 0
        return [self.first.date() + timedelta(days=number) for number in range(count)]


_EARLIEST = datetime.min.replace(tzinfo=UTC)


def floor(moment: datetime) -> datetime:
    """To the millisecond, in UTC."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def said(moment: datetime) -> str:
    """As in `2026-03-16T03:50:36.817Z`, which sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(field: str, text: str, of_day: time) -> datetime:
    try:
        if _DAY.fullmatch(text):
            return floor(datetime.combine(date.fromisoformat(text), of_day, UTC))
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return floor(moment)
    except (ValueError, OverflowError) as problem:
        wrong = "must be a day such as `2026-03-16` or a time with its zone such as `2026-03-16T03:50:36Z`"
        raise Invalid.clause(field, wrong) from problem
