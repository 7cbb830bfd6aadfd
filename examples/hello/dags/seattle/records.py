"""The data files as rows, and rows as facts: what does not hold together is named and left out."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from importlib.resources import files
from typing import Any

KINDS = frozenset({"drizzle", "fog", "rain", "snow", "sun"})


def daily() -> list[dict[str, str]]:
    """The rows of weather.csv as they are written there."""
    return list(_rows("weather.csv"))


def hourly() -> dict[datetime, float]:
    """Local hour of 2010 -> temperature in °C."""
    return {datetime.strptime(row["date"], "%Y/%m/%d %H:%M"): (float(row["temp"]) - 32) / 1.8 for row in _rows("temperatures.csv")}


def validated(rows: list[dict[str, str]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The days that hold together, in order, and one line for each row that does not."""
    days: dict[str, dict[str, Any]] = {}
    rejected = []
    for number, row in enumerate(rows, start=1):
        try:
            day = _day(row)
            if day["date"] in days:
                raise ValueError(f"the day {day['date']} is there twice")
            days[day["date"]] = day
        except (KeyError, ValueError) as error:
            rejected.append(f"row {number}: {error}")
    return [days[key] for key in sorted(days)], rejected


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text()
    return iter(csv.DictReader(text.splitlines()))


def _day(row: dict[str, str]) -> dict[str, Any]:
    when = datetime.strptime(row["date"], "%Y/%m/%d").date()
    day = {key: float(row[key]) for key in ("precipitation", "temp_max", "temp_min", "wind")}
    if day["temp_min"] > day["temp_max"]:
        raise ValueError(f"{when}: the lowest temperature is above the highest")
    if day["precipitation"] < 0 or day["wind"] < 0:
        raise ValueError(f"{when}: less than no rain or wind")
    if row["weather"] not in KINDS:
        raise ValueError(f"{when}: unknown weather `{row['weather']}`")
    return {"date": date.isoformat(when), **day, "weather": row["weather"]}
