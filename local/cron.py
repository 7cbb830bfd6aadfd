"""When a schedule is due: rate(), cron() and at() as EventBridge Scheduler writes them, in UTC.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

Next = Callable[[datetime], datetime | None]
"""The first moment after the given one, or None when there is none."""


def parse(expression: str, *, since: datetime) -> Next:
    """`since` is when the schedule began: a rate is due then and at every multiple of its period after it."""
    kind, _, rest = expression.strip().partition("(")
    text = rest.removesuffix(")").strip()
    readers = {"rate": lambda: _rate(text, since), "cron": lambda: _cron(text), "at": lambda: _at(text)}
    try:
        return readers[kind]()
    except (KeyError, ValueError, CronSimError) as error:
        raise ValueError(f"`{expression}` is no schedule: write rate(5 minutes), cron(0 3 * * ? *) or at(2030-01-31T12:00:00)") from error


def _rate(text: str, since: datetime) -> Next:
    number, unit = text.split()
    period = timedelta(seconds=int(number) * _UNITS[unit.removesuffix("s")])
    if period <= timedelta(0):
        raise ValueError(text)

    def following(moment: datetime) -> datetime:
        # counted from the beginning, not from the last firing, so that nothing drifts
        return since if moment < since else since + ((moment - since) // period + 1) * period

    return following


def _at(text: str) -> Next:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return lambda now: moment if now < moment else None


def _cron(text: str) -> Next:
    minute, hour, day, month, weekday, year = text.split()
    # AWS counts days of the week from 1 = Sunday, cron from 0; `?` says "whatever the other says"
    weekday = re.sub(r"(?<![#\w])(\d)", lambda found: _DAYS[(int(found[1]) - 1) % 7], weekday.upper())
    expression = " ".join([minute, hour, day.replace("?", "*"), month.upper(), weekday.replace("?", "*")])
    years = _years(year)
    CronSim(expression, datetime.now(UTC))  # refuses what it cannot read, now and not at the first firing

    def following(moment: datetime) -> datetime | None:
        return next((found for found in CronSim(expression, moment) if years(found.year)), None)

    return following


def _years(text: str) -> Callable[[int], bool]:
    if text in ("*", "?"):
        return lambda year: True
    first, _, last = text.partition("-")
    listed = {int(part) for part in text.split(",")} if not last else set(range(int(first), int(last) + 1))
    return lambda year: year in listed
