"""What waits and what runs in each Airflow: one query on its metadata database.

Tasks that are only scheduled are not demand yet (Airflow's own limits hold them back), and deferred ones need no worker.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.doors import Connection, Doors

QUERY = """
    SELECT left(queue::text, 256), state::text, left(coalesce(hostname::text, ''), 256), count(*)
    FROM task_instance WHERE state IN ('queued', 'running') GROUP BY 1, 2, 3 LIMIT 10000
"""
_MOST_QUEUED, _MOST_ON_ONE = 1_000_000, 1000
"""Tasks of one queue, and of one worker, that are believed: the plane refuses a cluster's whole snapshot for one absurd number in it."""


@dataclass(frozen=True)
class Counts:
    """Queued tasks by queue, and running tasks by queue and the host name that they report."""

    queued: Mapping[str, int]
    running: Mapping[tuple[str, str], int]


class Demand:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def read(self, urls: Mapping[str, str]) -> dict[str, Counts | None]:
        """The counts of each Deployment; None where the database does not answer now."""
        await self._doors.keep(urls)
        return await self._doors.ask("demand", _count, urls)


async def _count(_: str, connection: Connection) -> Counts:
    return counted(await (await connection.execute(QUERY)).fetchall())


def counted(rows: Iterable[tuple[str, str, str, int]]) -> Counts:
    queued: Counter[str] = Counter()
    running: Counter[tuple[str, str]] = Counter()
    for queue, state, hostname, count in rows:
        if state == "queued":
            queued[queue] = min(queued[queue] + count, _MOST_QUEUED)
        else:
            running[queue, hostname] = min(running[queue, hostname] + count, _MOST_ON_ONE)
    return Counts(queued, running)
