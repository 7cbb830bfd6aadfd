"""What waits and what runs in each Airflow, and whether its scheduler lives: queries on its metadata database.

Tasks that are only scheduled are not demand yet (Airflow's own limits hold them back), and deferred ones need no worker.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from agent.doors import Connection, Doors

QUERY = """
    SELECT left(queue::text, 256), state::text, left(coalesce(hostname::text, ''), 256), count(*)
    FROM task_instance WHERE state IN ('queued', 'running') GROUP BY 1, 2, 3 LIMIT 10000
"""
_HEARTBEAT = "SELECT coalesce(extract(epoch FROM now() - max(latest_heartbeat)), 0)::float8 FROM job WHERE job_type = 'SchedulerJob'"
_EVERY = 30
"""Looks at the demand for each at the heartbeat: a minute."""
_MOST_QUEUED, _MOST_ON_ONE = 1_000_000, 1000
"""Tasks of one queue, and of one worker, that are believed: the plane refuses a cluster's whole snapshot for one absurd number in it."""


@dataclass(frozen=True)
class Counts:
    """Queued tasks by queue, and running tasks by queue and the host name that they report."""

    queued: Mapping[str, int]
    running: Mapping[tuple[str, str], int]
    silence: float | None = field(default=None, compare=False)
    """Seconds since a scheduler last noted that it lives, when last looked at; None when nobody can tell."""


class Demand:
    def __init__(self, doors: Doors) -> None:
        self._doors, self._looks = doors, 0
        self._silences: dict[str, float | None] = {}

    async def read(self, urls: Mapping[str, str]) -> dict[str, Counts | None]:
        """The counts of each Deployment; None where the database does not answer now."""
        await self._doors.keep(urls)
        found = await self._doors.ask("demand", _count, urls)
        if self._looks % _EVERY == 0:
            self._silences = await self._doors.ask("heartbeat", _silence, urls)
        self._looks += 1
        return {id: counts and replace(counts, silence=self._silences.get(id)) for id, counts in found.items()}


async def _count(_: str, connection: Connection) -> Counts:
    return counted(await (await connection.execute(QUERY)).fetchall())


async def _silence(_: str, connection: Connection) -> float:
    ((seconds,),) = await (await connection.execute(_HEARTBEAT)).fetchall()
    return float(seconds)


def counted(rows: Iterable[tuple[str, str, str, int]]) -> Counts:
    queued: Counter[str] = Counter()
    running: Counter[tuple[str, str]] = Counter()
    for queue, state, hostname, count in rows:
        if state == "queued":
            queued[queue] = min(queued[queue] + count, _MOST_QUEUED)
        else:
            running[queue, hostname] = min(running[queue, hostname] + count, _MOST_ON_ONE)
    return Counts(queued, running)
