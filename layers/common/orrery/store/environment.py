"""Environment objects in the table, beside what they belong to; a change of any leaves a mark there until it is delivered.

The mark is written in the same transaction as the change, so that a delivery which was cut short is found by the sweeper.
"""

import functools
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Conflict, Error
from orrery.model.deployment import Deployment
from orrery.model.environment import EnvironmentObject, ObjectType, Reaching, Scope, digest, reaching
from orrery.store import agenda, reads, writes
from orrery.store.documents import freeze
from orrery.store.tables import Item, claim, item, table
from orrery.store.writes import Write


@dataclass(frozen=True)
class Undelivered:
    """A Workspace or a Deployment whose environment changed, and which change it was that nobody has finished delivering."""

    organization_id: str
    scope: Scope
    scope_entity_id: str
    change: str


@dataclass(frozen=True)
class Delivered:
    """What a Deployment's data plane was last given, as one text."""

    digest: str = ""


def fetch(principal: Principal, organization_id: str, id: str, verb: str) -> EnvironmentObject:
    """One object, for a caller who may `get`, `update` or `delete` those of the place it belongs to."""
    if organization_id != principal.organization_id:
        raise missing("environment object")
    found = load(organization_id, id)
    where = _places(found)
    if not principal.may(permission(found.scope, "get"), *where.values()):
        raise missing("environment object")
    require(principal, permission(found.scope, verb), **where)
    return found


def load(organization_id: str, id: str) -> EnvironmentObject:
    """One object, unguarded."""
    pointer = reads.row(f"ORG#{organization_id}", f"ENVOBJECT#{id}")
    found = reads.get(EnvironmentObject, f"ENV#{pointer.body['owner']}", f"OBJECT#{id}") if pointer else None
    if found is None:
        raise missing("environment object")
    return found


def permission(scope: Scope, verb: str) -> Permission:
    """What it takes to do something with the objects of a place, such as `workspace.envObjects.update`."""
    return Permission(f"{scope.value.lower()}.envObjects.{verb}")


def every(scope_entity_id: str) -> tuple[EnvironmentObject, ...]:
    """The objects of a Workspace or of a Deployment itself, oldest first, unguarded."""
    return tuple(reads.every(EnvironmentObject, f"ENV#{scope_entity_id}", "OBJECT#"))


def of(deployment: Deployment) -> Reaching:
    """Everything that a Deployment has, its Workspace's and its own, unguarded."""
    return _of(deployment, every)


def behind(deployments: Iterable[Deployment]) -> list[Deployment]:
    """Those of these Deployments whose data plane has not got what they have now, unguarded; each place is read once."""
    known = functools.cache(every)
    there = tuple(deployments)
    rows = reads.rows([(f"DEP#{each.id}", "ENVIRONMENT") for each in there])
    given = {pk: str(row.body["digest"]) for (pk, _), row in rows.items()}
    return [each for each in there if given.get(f"DEP#{each.id}", "") != digest(_of(each, known), each.id)]


def create(found: EnvironmentObject) -> Undelivered:
    """Makes it and claims its key, or nothing at all; the place it belongs to must still be there."""
    change = _change(found)
    row = f"{'WS' if found.scope is Scope.WORKSPACE else 'DEP'}#{found.scope_entity_id}"
    place = table()(f"ORG#{found.organization_id}", row)
    writes.commit(
        writes.check(place, table().pk.exists(), missing(found.scope.value.lower())),
        writes.put_new(_row(found), _changed(found)),
        writes.put_new(_key(found), Conflict(f"there is already the {_called(found)}; update it instead")),
        writes.put_new(_pointer(found), _changed(found)),
        _marked(change, found.updated_at),
    )
    return change


def save(found: EnvironmentObject) -> Undelivered:
    """The next generation, if the one before it is still there."""
    change = _change(found)
    writes.commit(writes.put_next(_row(found), _changed(found)), _marked(change, found.updated_at))
    return change


def delete(leaving: EnvironmentObject) -> Undelivered:
    """Gone with its key; `leaving` is the generation after the one that was read, stamped by whoever lets it go."""
    row, change = _row(leaving), _change(leaving)
    gone = writes.delete(row, type(row).generation == leaving.generation - 1, _changed(leaving))
    names = writes.delete_anyway(_key(leaving)), writes.delete_anyway(_pointer(leaving))
    writes.commit(gone, *names, _marked(change, leaving.updated_at))
    return change


def forget(organization_id: str, scope_entity_id: str) -> None:
    """Everything of a place that is gone itself, mark included; running it twice is fine."""
    pointers = [table()(f"ORG#{organization_id}", f"ENVOBJECT#{each.id}") for each in every(scope_entity_id)]
    with writes.speaking():
        rows = [*table().query(f"ENV#{scope_entity_id}", attributes_to_get=["pk", "sk"], consistent_read=True)]
        with table().batch_write() as batch:
            for row in (*pointers, *rows):
                batch.delete(row)


def undelivered(before: datetime) -> tuple[Undelivered, ...]:
    """The changes from before then whose delivery was cut short, oldest first in each shard."""
    return agenda.legible(Undelivered, (row for row in agenda.rows(before) if row.sk == "UNDELIVERED"))


def mark_undelivered(deployment: Deployment, now: datetime) -> None:
    """Leaves the sweeper word that a Deployment has not got everything that it should have."""
    writes.commit(_marked(_change_in(deployment.organization_id, Scope.DEPLOYMENT, deployment.id), now))


def mark_delivered(done: Undelivered) -> None:
    """Takes the mark away, unless a newer change has left its own."""
    row = table()(f"ENV#{done.scope_entity_id}", "UNDELIVERED")
    try:
        writes.commit(writes.delete(row, table().body == freeze(done), Conflict("a newer change is on its way")))
    except Conflict:
        return


def keep_given(deployment_id: str, digest: str) -> None:
    """Remembers what a Deployment's data plane has got."""
    writes.commit(writes.put(item(f"DEP#{deployment_id}", "ENVIRONMENT", Delivered(digest))))


def _row(found: EnvironmentObject) -> Item:
    return item(f"ENV#{found.scope_entity_id}", f"OBJECT#{found.id}", found)


def _key(found: EnvironmentObject) -> Item:
    return claim(f"ENV#{found.scope_entity_id}", f"KEY#{found.type}#{found.key}", found.id)


def _pointer(found: EnvironmentObject) -> Item:
    return claim(f"ORG#{found.organization_id}", f"ENVOBJECT#{found.id}", found.scope_entity_id)


def _of(deployment: Deployment, read: Callable[[str], tuple[EnvironmentObject, ...]]) -> Reaching:
    return reaching((*read(deployment.workspace_id), *read(deployment.id)), deployment.id)


def _change(found: EnvironmentObject) -> Undelivered:
    return _change_in(found.organization_id, found.scope, found.scope_entity_id)


def _change_in(organization_id: str, scope: Scope, id: str) -> Undelivered:
    return Undelivered(organization_id, scope, id, secrets.token_hex(8))


def _marked(change: Undelivered, since: datetime) -> Write:
    id = change.scope_entity_id
    return writes.put(item(f"ENV#{id}", "UNDELIVERED", change, **agenda.keys(id, since, 1)))


def _places(found: EnvironmentObject) -> dict[str, str]:
    deployment = found.scope_entity_id if found.scope is Scope.DEPLOYMENT else ""
    return {"organization": found.organization_id, "workspace": found.workspace_id, "deployment": deployment}


def _called(found: EnvironmentObject) -> str:
    kind = "Airflow variable" if found.type is ObjectType.AIRFLOW_VARIABLE else found.type.value.lower().replace("_", " ")
    return f"{kind} `{found.key}` in this {found.scope.value.lower()}"


def _changed(found: EnvironmentObject) -> Error:
    return writes.changed(_called(found))
