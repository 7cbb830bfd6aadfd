"""An incident: something that is wrong with a Deployment now, as its home tells it, and since when it is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST = 20
"""Of one Deployment."""
SUBJECT, DESCRIPTION = 100, 300
"""Characters at most."""


class Severity(StrEnum):
    CRITICAL = "critical"
    """The whole Deployment."""
    WARNING = "warning"
    """Some tasks may fail."""
    INFO = "info"
    """Nothing fails."""


@dataclass(frozen=True)
class Incident:
    code: str
    """Stable, such as `OUT_OF_MEMORY`."""
    severity: Severity
    subject: str
    """What it is about, such as `scheduler`."""
    description: str
    """In words for the customer."""
    since: datetime
    """When it was first told; it is the same one for as long as it is told without a break."""

    @property
    def words(self) -> str:
        return f"{self.subject}: {self.description}"


def known(told: Iterable[Mapping[str, str]], before: Iterable[Incident], now: datetime) -> tuple[Incident, ...]:
    """What is told now, as the wire names it; what was known before of the same kind and severity keeps its beginning."""
    since = {(each.code, each.severity): each.since for each in before}
    return tuple(
        Incident(each["code"], severity, each["subject"], each["description"], since.get((each["code"], severity), now))
        for each in told
        for severity in [Severity(each["severity"])]
    )
