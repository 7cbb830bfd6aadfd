"""One Deployment as the agent's round needs it, from the objects of its namespace. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from orrery.dataplane import trouble
from orrery.dataplane.kubernetes.parts import AIRFLOW
from orrery.dataplane.trouble import Trouble

from agent.kubernetes.seen import Bounds, Controlled, Pod, Tenant, Ways
from agent.kubernetes.workers import Worker


def entry(
    namespace: str,
    tenant: Tenant,
    ways: Ways,
    bounds: Bounds | None,
    *,
    controlled: Collection[Controlled],
    pods: Collection[Pod],
    workers: Iterable[Worker],
    domain: str,
    now: datetime,
) -> dict[str, Any]:
    """With the words of the agent's port."""
    components = sorted((each for each in controlled if each.part == AIRFLOW.name and each.wanted), key=lambda each: each.name)
    found = [*(pod.trouble for pod in pods), *(each.trouble for each in controlled)]
    troubles = trouble.ordered(each for each in found if each)
    told = [_component(each, troubles) for each in components]
    rests = bool(bounds and bounds.hibernating)
    reason = next((each["reason"] for each in told if each["reason"]), "" if told or rests else "Airflow is not started")
    return {
        "id": tenant.id,
        "namespace": namespace,
        "organizationId": tenant.organization_id,
        "generation": tenant.generation,
        "observedGeneration": max((each.generation for each in components), default=0),
        "hibernating": rests,
        "address": f"https://{namespace}.{domain}" if components or rests else "",
        "healthy": not reason,
        "reason": reason,
        "components": told,
        "incidents": [asdict(each) for each in trouble.incidents(troubles, now)],
        "highAvailability": bool(bounds and bounds.high_availability),
        "queues": _queues(bounds, workers),
        "style": bounds.style if bounds else "",
        "shadowStyle": bounds.shadow_style if bounds else "",
        "databaseUrl": ways.database,
    }


def _component(found: Controlled, troubles: Iterable[Trouble]) -> dict[str, Any]:
    if found.is_ready:
        return {"name": found.component, "state": "RUNNING", "reason": ""}
    reason = trouble.why(troubles, [found.component]) or f"its {found.component} is being started"
    return {"name": found.component, "state": "STARTING", "reason": reason}


def _queues(bounds: Bounds | None, workers: Iterable[Worker]) -> list[dict[str, Any]]:
    """A queue that is gone, or asleep, has bounds of zero until its workers are; so has every queue once the bounds are taken away."""
    works = bounds is not None and not bounds.hibernating
    found = {
        queue.name: {
            "name": queue.name,
            "min": queue.least if works else 0,
            "max": queue.most if works else 0,
            "concurrency": queue.concurrency,
            "cpu": queue.cpu,
            "memory": queue.memory,
        }
        for queue in (bounds.queues.values() if bounds else ())
    }
    for worker in workers:
        found.setdefault(worker.queue, {"name": worker.queue, "min": 0, "max": 0, "concurrency": 1})
    return list(found.values())
