"""When the runs after the next one are due, for DAGs that run more often than the horizon is long."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_MOST = 60
"""Runs of one DAG that are told within one horizon."""


class Timetable(NamedTuple):
    """Either a cron expression of five fields in a time zone, or a number of seconds."""

    cron: str = ""
    zone: str = "UTC"
    every: float = 0.0


def read(told: Any) -> Timetable | None:
    """Out of a serialized DAG; None for a timetable whose runs only Airflow can tell."""
    values: Mapping[str, Any] = told.get("__var", {}) if isinstance(told, Mapping) and isinstance(told.get("__var", {}), Mapping) else {}
    expression, every = values.get("expression"), values.get("delta")
    if isinstance(expression, str) and len(expression) <= 200 and len(expression.split()) == 5:
        return Timetable(cron=expression, zone=str(values.get("timezone", "UTC"))[:100])
    if isinstance(every, int | float) and 1 <= every <= 1e6:
        return Timetable(every=float(every))
    return None


def following(timetable: Timetable | None, first: float, until: float) -> list[float]:
    """The runs after the one at `first`, up to `until`, both times of the epoch; none where the timetable cannot be followed."""
    found: list[float] = []
    for at in _after(timetable, first) if timetable else ():
        if at > until or len(found) >= _MOST:
            break
        found.append(at)
    return found


def _after(timetable: Timetable, first: float) -> Iterator[float]:
    if timetable.every:
        for count in range(1, _MOST + 1):
            yield first + count * timetable.every
        return
    try:
        moments = CronSim(timetable.cron, datetime.fromtimestamp(first, UTC).astimezone(ZoneInfo(timetable.zone)))
        yield from (moment.timestamp() for moment in moments)
    except (CronSimError, ValueError, OSError, KeyError, OverflowError):
        return
