"""What is usual at an hour of the year: that hour on the days around it."""

from datetime import datetime, timedelta
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
YEAR = 2010
DAYS_AROUND = 3


def report(moment: datetime, temperatures: dict[datetime, float]) -> dict[str, Any]:
    """What `moment` (with its zone) is usually like in Seattle; temperatures in °C by local hour of 2010."""
    local = moment.astimezone(ZONE).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    center = _in_year(local)
    around = [center + timedelta(days=shift) for shift in range(-DAYS_AROUND, DAYS_AROUND + 1)]
    same_hour = [temperatures[_in_year(hour)] for hour in around if _in_year(hour) in temperatures]
    the_day = {hour: temperatures[at] for hour in range(24) if (at := center.replace(hour=hour)) in temperatures}
    usual = fmean(same_hour)
    return {
        "local_hour": local.isoformat(timespec="minutes"),
        "usual": round(usual, 1),
        "coldest": round(min(same_hour), 1),
        "warmest": round(max(same_hour), 1),
        "against_the_day": round(usual - fmean(the_day.values()), 1),
        "warmest_hour": max(the_day, key=lambda hour: the_day[hour]),
        "samples": len(same_hour),
    }


def _in_year(hour: datetime) -> datetime:
    """The same day and hour of 2010, which has no 29 February."""
    day = 28 if (hour.month, hour.day) == (2, 29) else hour.day
    return hour.replace(year=YEAR, day=day)
