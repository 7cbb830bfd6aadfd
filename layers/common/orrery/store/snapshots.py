"""Snapshots as they lie in the table: of each shard what it is like at rest, and beside that, in a small row, whatever differs from it now.

The row at rest is long and hardly ever written; the other is written on change and holds every Deployment with something to plan. So both
writing what an agent tells and reading it for a plan cost by what moves, not by what is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orrery.hypervisor import shards
from orrery.store import writes
from orrery.store.packing import pack, unpack
from orrery.store.tables import Item, table

SETTLED = 50
"""So many Deployments may be at rest otherwise than their shard's row at rest says, before that is written anew."""

Deployment = Mapping[str, Any]


@dataclass(frozen=True)
class Share:
    """One shard's part of a snapshot."""

    rest: Mapping[str, Deployment] = field(default_factory=dict)
    now: Mapping[str, Deployment | None] = field(default_factory=dict)
    """What differs from `rest`, by id; None is a Deployment that is gone."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """The rest of the snapshot: when it was taken, and by which agent."""

    def document(self) -> dict[str, Any]:
        """The snapshot that it is a part of, as far as it tells."""
        merged = {**self.rest, **self.now}
        return {**self.about, "deployments": [deployment for deployment in merged.values() if deployment is not None]}


def keys(cluster_id: str, number: int, *, whole: bool) -> list[tuple[str, str]]:
    """The rows of one shard; without `whole` only what differs from rest."""
    now, rest = f"SNAPSHOT#{number}#NOW", f"SNAPSHOT#{number}#REST"
    return [(f"CLUSTER#{cluster_id}", each) for each in ([now, rest] if whole else [now])]


def share(rows: Mapping[tuple[str, str], Item], cluster_id: str, number: int) -> Share | None:
    """A shard's part from its rows; None when there is none."""
    now, rest = (rows.get(key) for key in keys(cluster_id, number, whole=True))
    if now is None:
        return None
    told = unpack(now.packed)
    return Share(unpack(rest.packed) if rest else {}, told.pop("deployments"), told)


def load(cluster_id: str, *, consistent: bool = True) -> tuple[Share, ...]:
    """All parts of a cluster's snapshot, by number; not `consistent` is half the price, and as of up to a second ago."""
    bound = table()
    with writes.speaking():
        found = {
            (row.pk, row.sk): row
            for row in bound.query(f"CLUSTER#{cluster_id}", bound.sk.startswith("SNAPSHOT#"), consistent_read=consistent)
        }
    parts = (share(found, cluster_id, number) for number in range(len(found)))
    return tuple(part for part in parts if part)


def merged(shares: Iterable[Share]) -> dict[str, Any]:
    """One document of all parts; its Deployments in the order of their ids."""
    documents = [share.document() for share in shares]
    every = [deployment for document in documents for deployment in document["deployments"]]
    about = documents[0] if documents else {}
    return {**about, "deployments": sorted(every, key=lambda deployment: str(deployment["id"]))}


def keep(cluster_id: str, snapshot: Mapping[str, Any], *, resting: frozenset[str], before: tuple[Share, ...]) -> tuple[bool, ...]:
    """Writes what has changed since `before`; says of each shard whether anything moves in it. `resting` are the ids of those at rest."""
    about = {name: value for name, value in snapshot.items() if name != "deployments"}
    told = shards.split(snapshot["deployments"], shards.count(len(snapshot["deployments"]), at_least=max(1, len(before))))
    for number, deployments in enumerate(told):
        _keep_share(cluster_id, number, deployments, about, resting=resting, before=before[number] if number < len(before) else None)
    return tuple(not resting.issuperset(deployments) for deployments in told)


def _keep_share(
    cluster_id: str, number: int, told: Mapping[str, Deployment], about: Mapping[str, Any], *, resting: frozenset[str], before: Share | None
) -> None:
    """The row at rest goes first: cut short in between, the other one still says what is so now."""
    now_row, rest_row = keys(cluster_id, number, whole=True)
    rest = before.rest if before else {}
    now = _difference(rest, told)
    if len(now.keys() - (told.keys() - resting)) > SETTLED:
        rest = {id: deployment if id in resting else rest[id] for id, deployment in told.items() if id in resting or id in rest}
        now = _difference(rest, told)
        _write(rest_row, rest)
    if before is None or now != before.now or _undated(about) != _undated(before.about):
        _write(now_row, {**about, "deployments": now})


def _difference(rest: Mapping[str, Deployment], told: Mapping[str, Deployment]) -> dict[str, Deployment | None]:
    changed: dict[str, Deployment | None] = {id: deployment for id, deployment in told.items() if rest.get(id) != deployment}
    return {**changed, **{id: None for id in rest if id not in told}}


def _undated(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if name != "takenAt"}


def _write(key: tuple[str, str], document: Mapping[str, Any]) -> None:
    writes.commit(writes.put(table()(*key, body={}, packed=pack(document))))
