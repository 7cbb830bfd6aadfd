"""Days into months, and months into a SQLite file that anybody can query."""

import sqlite3
from collections import Counter
from contextlib import closing
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any

_SCHEMA = """
CREATE TABLE days (date TEXT PRIMARY KEY, precipitation REAL, temp_max REAL, temp_min REAL, wind REAL, weather TEXT) WITHOUT ROWID;
CREATE TABLE months (month TEXT PRIMARY KEY, days INTEGER, precipitation REAL, wet_days INTEGER,
                     mean_max REAL, mean_min REAL, windiest REAL, commonest_weather TEXT) WITHOUT ROWID;
"""
_TOTALS = """
SELECT count(*) AS months, sum(days) AS days, round(sum(precipitation), 1) AS precipitation_mm,
       (SELECT month FROM months ORDER BY precipitation DESC LIMIT 1) AS wettest_month,
       (SELECT month FROM months ORDER BY mean_max DESC LIMIT 1) AS warmest_month
FROM months
"""


def monthly(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a month (`2012-01`), in order; temperatures in °C, precipitation in mm."""
    ordered = sorted(days, key=lambda day: day["date"])
    return [_month(month, list(group)) for month, group in groupby(ordered, key=lambda day: day["date"][:7])]


def write(path: Path, days: list[dict[str, Any]], months: list[dict[str, Any]]) -> dict[str, Any]:
    """Make the file anew, all of it or nothing, and return the totals as the file itself tells them."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as database, database:
        database.executescript(_SCHEMA)
        database.executemany("INSERT INTO days VALUES (:date, :precipitation, :temp_max, :temp_min, :wind, :weather)", days)
        database.executemany(
            "INSERT INTO months VALUES (:month, :days, :precipitation, :wet_days, :mean_max, :mean_min, :windiest, :commonest_weather)",
            months,
        )
    draft.replace(path)
    return totals(path)


def totals(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return dict(database.execute(_TOTALS).fetchone())


def _month(month: str, days: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "month": month,
        "days": len(days),
        "precipitation": round(sum(day["precipitation"] for day in days), 1),
        "wet_days": sum(day["precipitation"] >= 0.1 for day in days),
        "mean_max": round(fmean(day["temp_max"] for day in days), 2),
        "mean_min": round(fmean(day["temp_min"] for day in days), 2),
        "windiest": max(day["wind"] for day in days),
        "commonest_weather": Counter(day["weather"] for day in days).most_common(1)[0][0],
    }
