"""Deployments: desired state, the names it holds, and what a saga or the sweeper needs; every write of it conditional on its generation.

One write transaction makes a Deployment: its row, its name within its Workspace, its namespace over all Organizations, its release pointer
and one more on its Workspace's count, which is what keeps a Workspace from going while something lies in it. `forget` takes all of it back.
"""

import hashlib
from datetime import datetime, timedelta

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Conflict, Invalid
from orrery.model.deploy import Release
from orrery.model.deployment import Deployment, Phase
from orrery.store import agenda, reads, writes
from orrery.store.tables import Item, claim, item, table
from orrery.store.writes import Write

ILLEGIBLE = timedelta(minutes=5)
"""How much later a Deployment that is due and that nobody can read is tried again."""


def fetch(principal: Principal, organization_id: str, id: str, permission: Permission) -> Deployment:
    """One Deployment, for a caller who may do `permission` with it; 404 if it may not even see it, 403 if it may see but not do."""
    if organization_id != principal.organization_id:
        raise missing("deployment")
    deployment = load(organization_id, id)
    require(principal, permission, organization=organization_id, workspace=deployment.workspace_id, deployment=id)
    return deployment


def load(organization_id: str, id: str) -> Deployment:
    """One Deployment, unguarded: for sagas and for what acts on its own behalf."""
    deployment = reads.get(Deployment, f"ORG#{organization_id}", f"DEP#{id}")
    if deployment is None:
        raise missing("deployment")
    return deployment


def list(principal: Principal, organization_id: str) -> tuple[Deployment, ...]:
    """The Deployments that the caller may see, oldest first."""
    require(principal, Permission.ORGANIZATION_GET, organization=organization_id)
    return tuple(
        each
        for each in reads.every(Deployment, f"ORG#{organization_id}", "DEP#")
        if principal.may(Permission.DEPLOYMENT_GET, organization_id, each.workspace_id, each.id)
    )


def inside(organization_id: str, workspace_id: str) -> tuple[Deployment, ...]:
    """The Deployments of a Workspace, oldest first, unguarded."""
    return tuple(each for each in reads.every(Deployment, f"ORG#{organization_id}", "DEP#") if each.workspace_id == workspace_id)


def several(organization_id: str, ids: set[str]) -> dict[str, Deployment]:
    """Many Deployments by their ids, unguarded; what is not there is left out."""
    return {each.id: each for each in reads.several(Deployment, {(f"ORG#{organization_id}", f"DEP#{id}") for id in ids})}


def create(deployment: Deployment) -> None:
    """Makes it and claims its names, or nothing at all: `Invalid` names the field that stands in the way."""
    writes.commit(
        writes.put_new(_row(deployment), writes.changed(f"deployment `{deployment.name}`")),
        _name_taken(deployment),
        writes.put_new(_namespace(deployment), Conflict(f"the namespace `{deployment.namespace}` was drawn twice; try again")),
        writes.put_new(item(f"DEP#{deployment.id}", "RELEASE", Release(deployment.id)), writes.changed(f"deployment `{deployment.name}`")),
        _counted(deployment, 1),
    )


def save(deployment: Deployment, *, renamed_from: Deployment | None = None) -> None:
    """The next generation, if the one before it is still there; a new name is claimed and the old one let go in the same breath."""
    row = writes.put_next(_row(deployment), writes.changed(f"deployment `{deployment.name}`"))
    if renamed_from is None or renamed_from.name == deployment.name:
        return writes.commit(row)
    return writes.commit(row, _name_taken(deployment), writes.delete_anyway(_name(renamed_from)))


def settle(deployment: Deployment) -> None:
    """The end of a saga on the same generation: no bump, so it never crosses a change; `StaleGeneration` if one came in between."""
    row = _row(deployment)
    same = type(row).generation == row.generation
    writes.commit(Write(writes.Kind.PUT, row, same, writes.changed(f"deployment `{deployment.name}`")))


def retry(deployment: Deployment) -> Deployment:
    """The next attempt at the same generation, stored, so that two sweeps at once start one execution and not two."""
    row = _row(deployment.retried())
    same = (type(row).generation == row.generation) & (type(row).opensk == _row(deployment).opensk)
    writes.commit(Write(writes.Kind.PUT, row, same, writes.changed(f"deployment `{deployment.name}`")))
    return deployment.retried()


def keep_good(deployment: Deployment) -> None:
    """Remembers this generation, whole, as the last one that ran well."""
    writes.commit(writes.put(item(f"DEP#{deployment.id}", "GOOD", deployment)))


def good(id: str) -> Deployment | None:
    """The last generation that ran well; none before the first."""
    return reads.get(Deployment, f"DEP#{id}", "GOOD")


def forget(deployment: Deployment) -> None:
    """Takes away what it left under its own id first, and its record with its names last, so that a run cut short can run again."""
    bound = table()
    with writes.speaking():
        rows = [*bound.query(f"DEP#{deployment.id}", attributes_to_get=["pk", "sk"], consistent_read=True)]
        with bound.batch_write() as batch:
            for row in rows:
                batch.delete(row)
    row = _row(deployment)
    writes.commit(
        writes.delete(row, type(row).generation == row.generation, writes.changed(f"deployment `{deployment.name}`")),
        writes.delete_anyway(_name(deployment)),
        writes.delete_anyway(_namespace(deployment)),
        _counted(deployment, -1),
    )


def unchanged(deployment: Deployment) -> Write:
    """That it is still what was read, among writes that must not come after a change of it, such as the beginning of its end."""
    row = _row(deployment)
    return writes.check(row, type(row).generation == row.generation, writes.changed(f"deployment `{deployment.name}`"))


def open_work(before: datetime) -> tuple[Deployment, ...]:
    """Deployments whose saga is not settled and that last changed before then: what the sweeper looks at, oldest first in each shard."""
    return agenda.legible(Deployment, (row for row in agenda.rows(before) if row.sk.startswith("DEP#")))


def due(now: datetime, most: int) -> tuple[Deployment, ...]:
    """At most so many settled Deployments whose sleep must be looked at by now, the longest due first: a word ran out, a schedule's time
    has come, a run is near. One that nobody can read has its turn again later, behind the others."""
    rows = agenda.due_rows(now + timedelta(microseconds=1), most)
    read = [(row, agenda.read(Deployment, row)) for row in rows]
    for row in (row for row, value in read if value is None):
        agenda.set_back(row, now + ILLEGIBLE)
    return tuple(value for _, value in read if value)


def look_again(deployment: Deployment, at: datetime | None) -> None:
    """When a settled Deployment's sleep must be looked at next (None: not before it changes); its desired state stays as it is."""
    row, bound = _row(deployment), table()
    where = agenda.due_keys(deployment.id, at, deployment.attempt) if at else {}
    actions = [
        attribute.set(where[name]) if at else attribute.remove() for name, attribute in (("openpk", bound.openpk), ("opensk", bound.opensk))
    ]
    same = type(row).generation == row.generation
    writes.commit(writes.update(row, *actions, condition=same, otherwise=writes.changed(f"deployment `{deployment.name}`")))


def _row(deployment: Deployment) -> Item:
    """Open work while a saga is not settled; and then due from the moment at which its sleep must be looked at."""
    return item(f"ORG#{deployment.organization_id}", f"DEP#{deployment.id}", deployment, **_place(deployment))


def _place(deployment: Deployment) -> dict[str, str]:
    if not deployment.is_settled:
        return agenda.keys(deployment.id, deployment.updated_at, deployment.attempt)
    at = _look_at(deployment)
    return agenda.due_keys(deployment.id, at, deployment.attempt) if at else {}


def _look_at(deployment: Deployment) -> datetime | None:
    """When a person's word runs out; at once where rules decide, because only a look can tell when the next one is due."""
    if deployment.phase is not Phase.ACTIVE:
        return None
    if deployment.hibernation_override:
        return deployment.hibernation_override.until
    return deployment.updated_at if deployment.asleep or deployment.has_sleep_rules else None


def _name(deployment: Deployment) -> Item:
    name = hashlib.sha256(deployment.name.encode()).hexdigest()  # 500 characters may be more bytes than a key can have
    return claim(f"ORG#{deployment.organization_id}", f"DEPNAME#{deployment.workspace_id}#{name}", deployment.id)


def _name_taken(deployment: Deployment) -> Write:
    return writes.claim_name(_name(deployment), f"deployment named `{deployment.name}` in this workspace")


def _namespace(deployment: Deployment) -> Item:
    return claim(f"NAMESPACE#{deployment.namespace}", "NAMESPACE", deployment.id)


def _counted(deployment: Deployment, by: int) -> Write:
    bound = table()
    workspace = bound(f"ORG#{deployment.organization_id}", f"WS#{deployment.workspace_id}")
    gone = Invalid.field("workspaceId", f"there is no workspace `{deployment.workspace_id}`, or you may not see it", code="NOT_FOUND")
    return writes.update(workspace, bound.deployments.add(by), condition=bound.pk.exists(), otherwise=gone)
