"""What the home sees of a Deployment: for the port's `observe`, and for the agent, which must know its queues and the way to its demand."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from orrery import names
from orrery.dataplane import trouble
from orrery.dataplane.port import Incident, Observation
from orrery.dataplane.trouble import Kind, Trouble

from local.home import airflow, broker, health, releases
from local.home.places import Places
from local.home.postgres import Postgres
from local.home.records import Record
from local.home.supervisor import Supervisor

ABSENT = Observation(generation=0, healthy=False, reason="this Deployment is not here", address="", workers=0)


class Observer:
    def __init__(self, places: Places, supervisor: Supervisor, postgres: Postgres) -> None:
        self._places = places
        self._supervisor = supervisor
        self._postgres = postgres
        self._seen: dict[str, health.Health] = {}

    def observe(self, record: Record) -> Observation:
        """A fresh look."""
        found = self.look(record)
        return Observation(
            generation=record.applied,
            healthy=found.healthy,
            reason=found.reason,
            address=_address(record),
            workers=len(record.workers),
            incidents=self._incidents(record),
        )

    def look(self, record: Record) -> health.Health:
        self._seen[record.id] = found = self._health(record)
        return found

    def forget(self, deployment_id: str) -> None:
        self._seen.pop(deployment_id, None)

    def entry(self, record: Record) -> dict[str, Any]:
        """One line of the agent's inventory; its health is as of the last look, so the whole list never waits for a slow Airflow."""
        found = self._seen.get(record.id, health.Health(False, "it has not been looked at yet"))
        name = names.database(record.id)
        return {
            "id": record.id,
            "namespace": record.spec.namespace,
            "organizationId": record.spec.organization_id,
            "clusterId": record.spec.cluster_id,
            "generation": record.spec.generation,
            "hibernating": record.spec.hibernating,
            "observedGeneration": record.applied,
            "address": _address(record),
            "healthy": found.healthy,
            "reason": found.reason,
            "components": [self._component(record, each) for each in components(record)],
            "incidents": [asdict(each) for each in self._incidents(record)],
            "highAvailability": record.spec.high_availability,
            "queues": _queues(record),
            "style": record.spec.scaling_style,
            "shadowStyle": record.spec.shadow_style,
            "databaseUrl": self._postgres.url(login=names.reader(name), password=record.keys["reader"], database=name),
            "brokerUrl": broker.url(self._places, record),
            "release": releases.current(self._places.deployment(record.id) / "releases"),
        }

    def _component(self, record: Record, name: str) -> dict[str, Any]:
        pid = self._supervisor.pid(f"{record.id}/{name}")
        ends = self._supervisor.ends(f"{record.id}/{name}")
        reason = f"it ended ({ends} times so far) and was started again" if ends else ""
        return {"name": name, "state": "RUNNING" if pid else "STARTING", "reason": reason, "pid": pid or 0}

    def _incidents(self, record: Record) -> tuple[Incident, ...]:
        found = (each for name in components(record) for each in self._troubles(f"{record.id}/{name}", name))
        return trouble.incidents(found, datetime.now(UTC))

    def _troubles(self, key: str, name: str) -> Iterator[Trouble]:
        ends, starved_at = self._supervisor.ends(key), self._supervisor.starved_at(key)
        if starved_at:
            yield Trouble(Kind.OUT_OF_MEMORY, name, name, ends, at=datetime.fromtimestamp(starved_at, UTC), is_over=True)
        elif self._supervisor.is_looping(key):
            yield Trouble(Kind.CRASH_LOOP, name, name, ends)

    def _health(self, record: Record) -> health.Health:
        expected = components(record)
        if not expected:
            resting = record.spec.hibernating and "airflow" in record.things
            return health.Health(True) if resting else health.Health(False, "Airflow is not started")
        for name in expected:
            if not self._supervisor.pid(f"{record.id}/{name}"):
                return health.Health(False, f"its {name} is being started")
        return health.probe(record.port)


def components(record: Record) -> list[str]:
    """Which of Airflow's processes should run now: on the way to sleep all of them, until the last worker has ended its tasks."""
    if "airflow" not in record.things or (record.spec.hibernating and not record.workers):
        return []
    return [name for name in airflow.COMPONENTS if name != "triggerer" or record.triggerer]


def _address(record: Record) -> str:
    """A sleeping Deployment keeps its address: the agent answers there."""
    return airflow.address(record) if "ingress" in record.things and (components(record) or record.spec.hibernating) else ""


def _queues(record: Record) -> list[dict[str, Any]]:
    """The bounds that the agent scales within; a queue that is gone, or asleep, has bounds of zero until its workers are."""
    working = "queues" in record.things and not record.spec.hibernating
    queues = {
        queue.name: (queue.min_workers if working else 0, queue.max_workers if working else 0, queue.concurrency)
        for queue in record.spec.queues
    }
    for worker in record.workers.values():
        queues.setdefault(worker.queue, (0, 0, worker.concurrency))
    sizes = {queue.name: {"cpu": queue.cpu, "memory": queue.memory} for queue in record.spec.queues}
    return [
        {"name": name, "min": least, "max": most, "concurrency": each, **sizes.get(name, {})}
        for name, (least, most, each) in queues.items()
    ]
