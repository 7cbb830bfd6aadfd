"""Things to test with: each function makes one that is complete and ordinary; name what matters, leave the rest."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from orrery import names
from orrery.authz.principal import Kind, Principal
from orrery.model.deployment import Deployment, Executor, SchedulerSize
from orrery.model.queue import Machine, Queue
from orrery.model.subject import Subject, SubjectType
from orrery.model.token import Grant, TokenScope

SOMEBODY = Subject("c" + "0" * 24, SubjectType.USER, "Some Body", "somebody@example.com")
BORN = datetime(2026, 1, 1, tzinfo=UTC)


def a_queue(**changes: Any) -> Queue:
    """The default queue: none to three workers."""
    return replace(Queue(names.new_id(), "default", Machine.A5, min_workers=0, max_workers=3, concurrency=5), **changes)


def a_deployment(**changes: Any) -> Deployment:
    """A Deployment that was just asked for."""
    deployment = Deployment(
        id=names.new_id(),
        organization_id=names.new_id(),
        workspace_id=names.new_id(),
        name="etl",
        namespace=names.new_namespace(),
        type="STANDARD",
        cluster_id=names.new_id(),
        region="us-east-1",
        runtime_version="3.3-1",
        executor=Executor.CELERY,
        scheduler_size=SchedulerSize.SMALL,
        queues=(a_queue(),),
        created_at=BORN,
        created_by=SOMEBODY,
        updated_at=BORN,
        updated_by=SOMEBODY,
    )
    return replace(deployment, **changes)


def a_principal(*grants: tuple[str, str], organization_id: str = "organization") -> Principal:
    """Somebody with the roles given as (role, id of the thing)."""
    roles = tuple(Grant(TokenScope(role.partition("_")[0]), entity, role) for role, entity in grants)
    return Principal("c" + "1" * 24, Kind.SERVICEKEY, "a key", organization_id, roles)
