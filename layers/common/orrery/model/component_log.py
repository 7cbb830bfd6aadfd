"""A component's log: entries of Airflow's own processes, and a search through them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEPT = timedelta(hours=24)
"""How far back a log can be read."""
MOST = 10_000
"""Entries that one search finds at most: the newest."""


class Source(StrEnum):
    """Which of Airflow's components wrote an entry."""

    SCHEDULER = "scheduler"
    TRIGGERER = "triggerer"
    WORKER = "worker"
    DAG_PROCESSOR = "dag-processor"
    API_SERVER = "apiserver"


@dataclass(frozen=True)
class Entry:
    """What a component said at once: a line, with the lines that belong to it (a traceback) behind it."""

    source: Source
    at: datetime
    raw: str


@dataclass(frozen=True)
class Search:
    """What is looked for: entries of these components between two moments, with a text in them ("" for all)."""

    sources: frozenset[Source]
    start: datetime
    end: datetime
    text: str = ""
    seen: datetime | None = None
    """Only what had arrived by then: so all pages of one search show the same entries."""

    def matcher(self) -> Callable[[Entry], bool]:
        """Whether an entry is one of them."""
        contains = matcher(self.text)
        return lambda entry: entry.source in self.sources and self.start <= entry.at <= self.end and contains(entry.raw)


def matcher(text: str) -> Callable[[str], bool]:
    """Whether a raw entry holds `text`, in capitals or not; with a `*` at its end, whether one of its words begins with it."""
    if text.endswith("*"):
        beginning = re.compile(rf"(?<!\w){re.escape(text[:-1])}", re.IGNORECASE)
        return lambda raw: beginning.search(raw) is not None
    wanted = text.casefold()
    return lambda raw: wanted in raw.casefold()
