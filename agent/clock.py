"""Time, in one place so that tests can hold it: what the wall says, and seconds that never jump."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def wall(self) -> datetime:
        """Now, for people and for the plane."""

    def seconds(self) -> float:
        """Seconds since some moment: for spans, whatever happens to the wall's clock."""


class SystemClock:
    def wall(self) -> datetime:
        return datetime.now(UTC)

    def seconds(self) -> float:
        return time.monotonic()
