"""StatsD lines become series: counters and timers add up for as long as the process lives, gauges are what was said last."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

MOST_SERIES = 10_000
"""Names beyond this many are dropped: a DAG that makes up names must not fill the memory."""
FORGET_SECONDS = 3600.0
"""A series of which nothing was heard for so long is no longer sent."""
_LINE = re.compile(r"(?P<name>[^:|]{1,250}):(?P<value>[+-]?[^|]{1,50})\|(?P<type>c|g|ms|h)(?:\|@(?P<rate>[0-9.]{1,20}))?(?:\|#.*)?")


class Series:
    """Everything that was heard, by the names that Prometheus knows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[str, float] = {}
        self._heard: dict[str, float] = {}
        self.dropped = 0

    def hear(self, datagram: bytes) -> None:
        """Take one datagram; lines that are none of StatsD are passed over."""
        for line in datagram.decode(errors="replace").splitlines():
            if found := _LINE.fullmatch(line.strip()):
                self._take(found)

    def values(self) -> dict[str, float]:
        """What there is now; series that fell silent are forgotten."""
        silent = [name for name, heard in self._heard.items() if self._clock() - heard > FORGET_SECONDS]
        for name in silent:
            del self._values[name], self._heard[name]
        return dict(self._values)

    def _take(self, found: re.Match[str]) -> None:
        name, text, kind = prometheus_name(found["name"]), found["value"], found["type"]
        try:
            value, rate = float(text), float(found["rate"] or 1)
        except ValueError:
            return
        if not math.isfinite(value) or not 0 < rate <= 1:
            return
        if kind == "c":
            self._add(f"{name}_total", value / rate)
        elif kind == "g":
            self._add(name, value) if text[0] in "+-" else self._set(name, value)
        else:
            self._add(f"{name}_seconds_sum", value / 1000 / rate)
            self._add(f"{name}_seconds_count", 1 / rate)

    def _add(self, name: str, value: float) -> None:
        self._set(name, self._values.get(name, 0.0) + value)

    def _set(self, name: str, value: float) -> None:
        if name not in self._values and len(self._values) >= MOST_SERIES:
            self.dropped += 1
            return
        self._values[name], self._heard[name] = value, self._clock()


def prometheus_name(name: str) -> str:
    """`airflow.dag.my-dag.duration` as `airflow_dag_my_dag_duration`."""
    plain = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain
