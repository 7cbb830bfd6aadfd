"""A key that signs for one month: told a week before, and still told for a month after, so that no reader's cache ever lacks it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

PERIOD = timedelta(days=30)
AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class SigningKey:
    period: int
    """Which month since 1970 it signs in, counted by `PERIOD`."""
    id: str
    sealed: str
    """The private key as PEM, sealed in the vault."""
    public: dict[str, Any]
    """The public key as a JWK."""

    @property
    def forgotten_at(self) -> datetime:
        return start(self.period + 2)


def period_of(now: datetime) -> int:
    """The period whose key signs now."""
    return int(now.timestamp() // PERIOD.total_seconds())


def start(period: int) -> datetime:
    return datetime.fromtimestamp(period * PERIOD.total_seconds(), UTC)


def told(now: datetime) -> tuple[int, ...]:
    """The periods whose keys others must know now: the last one's, this one's, and soon the next one's."""
    return tuple(range(period_of(now) - 1, period_of(now + AHEAD) + 1))
