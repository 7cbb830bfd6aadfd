"""How sure is a figure of a month? A moving-block bootstrap: days come in blocks of a week, because warm days follow warm days.

Künsch, "The Jackknife and the Bootstrap for General Stationary Observations", Annals of Statistics 17 (1989).
"""

from collections.abc import Callable
from itertools import chain
from random import Random
from statistics import fmean
from typing import Any

BLOCK = 7

Series = list[list[float]]
"""One stretch of consecutive days for each year; no block crosses from one to the next."""


def interval(series: Series, statistic: Callable[[list[float]], float], *, resamples: int, seed: int) -> dict[str, float]:
    """A statistic of all days and its 95 % interval, by the percentiles of its resamples."""
    days = list(chain.from_iterable(series))
    blocks = [stretch[start : start + BLOCK] for stretch in series for start in range(len(stretch) - BLOCK + 1)]
    count = round(len(days) / BLOCK)
    random = Random(seed)  # noqa: S311 - statistics, not secrets
    found = sorted(statistic(list(chain.from_iterable(random.choices(blocks, k=count)))) for _ in range(resamples))
    return {
        "value": round(statistic(days), 2),
        "low": round(found[int(0.025 * (resamples - 1))], 2),
        "high": round(found[int(0.975 * (resamples - 1))], 2),
    }


def month(days: list[dict[str, Any]], number: int, *, resamples: int) -> dict[str, Any]:
    """The mean of a month's days, its hot days, its cold nights and its wet days, each with its interval; °C and mm."""
    highest, lowest, rain = (_years(days, number, column) for column in ("temp_max", "temp_min", "precipitation"))
    return {
        "month": number,
        "days": sum(map(len, highest)),
        "resamples": resamples,
        "mean": interval(highest, fmean, resamples=resamples, seed=number),
        "hot_day": interval(highest, _ninetieth, resamples=resamples, seed=number),
        "cold_night": interval(lowest, _tenth, resamples=resamples, seed=number),
        "wet_day": interval(rain, _ninetieth, resamples=resamples, seed=number),
    }


def _years(days: list[dict[str, Any]], number: int, column: str) -> Series:
    years: dict[str, list[float]] = {}
    for day in days:
        if int(day["date"][5:7]) == number:
            years.setdefault(day["date"][:4], []).append(day[column])
    return list(years.values())


def _ninetieth(values: list[float]) -> float:
    return sorted(values)[9 * len(values) // 10]


def _tenth(values: list[float]) -> float:
    return sorted(values)[len(values) // 10]
