"""Deploys, and the pointer that says which release a Deployment should run: its own sequence, so a deploy never fights new settings."""

from datetime import datetime
from typing import Any

from orrery.authz.principal import missing
from orrery.model.deploy import Deploy, Release
from orrery.store import agenda, reads, writes
from orrery.store.documents import freeze
from orrery.store.tables import Item, item, table
from orrery.store.writes import Kind, Write


def load(deployment_id: str, id: str) -> Deploy:
    """One deploy of a Deployment that the caller holds already."""
    deploy = reads.get(Deploy, f"DEP#{deployment_id}", f"DEPLOY#{id}")
    if deploy is None:
        raise missing("deploy")
    return deploy


def list(deployment_id: str) -> tuple[Deploy, ...]:
    """All of them, newest first."""
    return tuple(reads.every(Deploy, f"DEP#{deployment_id}", "DEPLOY#", newest_first=True))


def create(deploy: Deploy) -> None:
    """A new deploy, as long as its Deployment is there."""
    bound = table()
    deployment = bound(f"ORG#{deploy.organization_id}", f"DEP#{deploy.deployment_id}")
    writes.commit(
        writes.check(deployment, bound.pk.exists(), missing("deployment")),
        writes.put_new(_row(deploy), writes.changed(f"deploy `{deploy.id}`")),
    )


def save(deploy: Deploy) -> None:
    """The next generation, if the one before it is still there."""
    writes.commit(_next(deploy))


def release(deployment_id: str) -> Release:
    """What a Deployment should run; the first release comes with its first deploy."""
    found = reads.get(Release, f"DEP#{deployment_id}", "RELEASE")
    if found is None:
        raise missing("deployment")
    return found


def go_live(deploy: Deploy, pointer: Release) -> None:
    """A deploy that is done and the pointer that follows it, or neither; the pointer counts as open work until it is published."""
    done = writes.put_new(_row(deploy), writes.changed(f"deploy `{deploy.id}`")) if deploy.generation == 1 else _next(deploy)
    writes.commit(done, writes.put_next(_pointer(pointer, since=deploy.updated_at), writes.changed("the release of this deployment")))


def mark_published(pointer: Release) -> None:
    """The pointer lies in the release store; `StaleGeneration` if a newer one came meanwhile, which its own deploy publishes."""
    row = _pointer(pointer.lies_in_store())
    writes.commit(Write(Kind.PUT, row, type(row).generation == row.generation, writes.changed("the release of this deployment")))


def open_releases(before: datetime) -> tuple[Release, ...]:
    """Pointers that were moved before then and never published: what the sweeper publishes."""
    return agenda.legible(Release, (row for row in agenda.rows(before) if row.sk == "RELEASE"))


def _row(deploy: Deploy) -> Item:
    return item(f"DEP#{deploy.deployment_id}", f"DEPLOY#{deploy.id}", deploy)


def _next(deploy: Deploy) -> Write:
    return writes.put_next(_row(deploy), writes.changed(f"deploy `{deploy.id}`"))


def _pointer(pointer: Release, *, since: datetime | None = None) -> Item:
    """The row's generation is the sequence, counted from 1: a Deployment without a release is at sequence 0."""
    keys: dict[str, Any] = agenda.keys(pointer.deployment_id, since, pointer.sequence) if since else {}
    return table()(f"DEP#{pointer.deployment_id}", "RELEASE", generation=pointer.sequence + 1, body=freeze(pointer), **keys)
