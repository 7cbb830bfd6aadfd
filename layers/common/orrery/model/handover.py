"""A handover: the word that lets one person into one Airflow, once, within a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LIFE = timedelta(seconds=60)


@dataclass(frozen=True)
class Handover:
    """Who may come in where, and as what; the code itself is kept by nobody."""

    deployment_id: str
    subject_id: str
    name: str
    role: str
    expires_at: datetime
