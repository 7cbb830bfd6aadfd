"""A handover: the word that lets one person into one Airflow, once, within a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LIFE = timedelta(seconds=60)


@dataclass(frozen=True)
class DagAccess:
    """DAGs, by their ids and by their tags, with which somebody may do the same: permissions such as `dag.airflow.dagRun.create`."""

    permissions: tuple[str, ...]
    dag_ids: tuple[str, ...] = ()
    dag_tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handover:
    """Who may come in where, and as what; the code itself is kept by nobody."""

    deployment_id: str
    subject_id: str
    name: str
    role: str
    """What they are on all DAGs; empty for whoever has roles on single DAGs alone."""
    expires_at: datetime
    dags: tuple[DagAccess, ...] = ()
