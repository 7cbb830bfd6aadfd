"""What agents and the hypervisor leave for each other: heartbeats, snapshots and leases.

That a snapshot still holds is told by the cluster's heartbeat, a small row of its own. So a fleet at rest costs one small write for every
report, however many Deployments it has. A lease is one shard's; the agent is given all of its cluster's as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from orrery.errors import StaleGeneration
from orrery.hypervisor.lease import Lease, Target, merge
from orrery.hypervisor.plan import SILENCE
from orrery.model.deployment import Deployment
from orrery.store import reads, snapshots, writes
from orrery.store.documents import freeze, thaw
from orrery.store.packing import pack, unpack
from orrery.store.tables import Item, table

_FORGOTTEN = timedelta(days=7)
"""A cluster that has been silent for so long is no shard any more."""


@dataclass(frozen=True)
class Seen:
    """An agent's last word: the snapshot, as of the moment (on the agent's clock) when it last still held, and when we heard so."""

    snapshot: Mapping[str, Any]
    heard_at: datetime


@dataclass(frozen=True)
class Heartbeat:
    """An agent's last sign of life, and in which of its cluster's shards something moves."""

    cluster_id: str
    taken_at: str
    heard_at: datetime
    moving: tuple[bool, ...]


def is_fresh(heard_at: datetime, now: datetime) -> bool:
    """Whether what was heard then still says something about now."""
    return (now - heard_at).total_seconds() <= SILENCE


def hear(cluster_id: str, *, taken_at: str, now: datetime, moving: Sequence[bool] = (True,)) -> None:
    """The cluster's agent is there, the snapshot that was kept last holds at `taken_at`, and in these of its shards something moves."""
    beat = {"takenAt": taken_at, "heardAt": now.isoformat(), "moving": list(moving)}
    writes.commit(writes.put(table()("HEARTBEATS", f"CLUSTER#{cluster_id}", body=beat, expires=now + _FORGOTTEN)))


def heartbeats() -> list[Heartbeat]:
    """The clusters whose agents report, by id."""
    bound = table()
    with writes.speaking():
        rows = bound.query("HEARTBEATS", bound.sk.startswith("CLUSTER#"))
        return [_heartbeat(row) for row in rows]


def keep_snapshot(cluster_id: str, snapshot: Mapping[str, Any], *, resting: frozenset[str] = frozenset()) -> None:
    """Replaces the cluster's snapshot; `resting` are the Deployments in it that are at rest."""
    snapshots.keep(cluster_id, snapshot, resting=resting, before=snapshots.load(cluster_id))


def snapshot(cluster_id: str, *, consistent: bool = True) -> Mapping[str, Any] | None:
    """What the cluster's agent told when it last had something new to tell."""
    shares = snapshots.load(cluster_id, consistent=consistent)
    return snapshots.merged(shares) if shares else None


def look(cluster_id: str, number: int = 0, *, whole: bool = True) -> tuple[Seen | None, Lease | None]:
    """What a shard's agent last told, brought up to its last heartbeat, and the shard's newest lease; without `whole` what moves alone.

    One call, and as of up to a second ago: a lease written on an older one than there is gives way, and agents look again before they act.
    """
    beat, lease = ("HEARTBEATS", f"CLUSTER#{cluster_id}"), (f"CLUSTER#{cluster_id}", f"LEASE#{number}")
    rows = reads.rows([beat, lease, *snapshots.keys(cluster_id, number, whole=whole)], consistent=False)
    share = snapshots.share(rows, cluster_id, number)
    seen = None
    if share and beat in rows:
        heard = _heartbeat(rows[beat])
        seen = Seen({**share.document(), "takenAt": heard.taken_at}, heard.heard_at)
    return seen, _lease(rows[lease]) if lease in rows else None


def seen(cluster_id: str) -> Seen | None:
    """All that a cluster's agent last told, brought up to its last heartbeat; as of up to a second ago."""
    told, beat = snapshot(cluster_id, consistent=False), reads.row("HEARTBEATS", f"CLUSTER#{cluster_id}")
    if told is None or beat is None:
        return None
    heard = _heartbeat(beat)
    return Seen({**told, "takenAt": heard.taken_at}, heard.heard_at)


def leases(cluster_id: str) -> list[Lease]:
    """The newest lease of each of the cluster's shards."""
    bound = table()
    with writes.speaking():
        return [_lease(row) for row in bound.query(f"CLUSTER#{cluster_id}", bound.sk.startswith("LEASE#"), consistent_read=True)]


def lease(cluster_id: str) -> Lease | None:
    """The cluster's newest lease, of all its shards."""
    return merge(leases(cluster_id))


def publish(cluster_id: str, lease: Lease, number: int = 0) -> None:
    """Replaces the shard's lease before this one; `StaleGeneration` when another tick was here in the meantime."""
    row = table()(f"CLUSTER#{cluster_id}", f"LEASE#{number}", generation=lease.generation, body={}, packed=pack(_frozen(lease)))
    crossed = StaleGeneration("another tick has published since this one read the lease")
    writes.commit(writes.put_new(row, crossed) if lease.generation == 1 else writes.put_next(row, crossed))


def thoughts(cluster_id: str, number: int = 0) -> Mapping[str, str]:
    """What other styles last thought of a shard's queues; nothing when none was asked."""
    row = reads.row(f"CLUSTER#{cluster_id}", f"SHADOW#{number}")
    return unpack(row.packed) if row else {}


def keep_thoughts(cluster_id: str, number: int, thoughts: Mapping[str, str]) -> None:
    """Replaces what other styles last thought; forgotten when nothing new is thought for long, and then told once more."""
    expires = datetime.now(UTC) + _FORGOTTEN
    writes.commit(writes.put(table()(f"CLUSTER#{cluster_id}", f"SHADOW#{number}", body={}, packed=pack(thoughts), expires=expires)))


def placed(cluster_id: str, ids: Iterable[tuple[str, str]]) -> set[str]:
    """Of these (Organization, Deployment), the Deployments that are placed on the cluster: an agent may speak of no other."""
    found = reads.several(Deployment, ((f"ORG#{organization}", f"DEP#{deployment}") for organization, deployment in ids))
    return {deployment.id for deployment in found if deployment.cluster_id == cluster_id}


def _frozen(lease: Lease) -> dict[str, Any]:
    """Targets that differ in their Deployment alone stand together: ids are long and made by chance, and all else repeats itself."""
    alike: dict[tuple[Any, ...], list[str]] = {}
    for each in lease.targets:
        alike.setdefault((each.cause, each.queue, each.workers, each.deployment_generation), []).append(each.deployment_id)
    return {**freeze(replace(lease, targets=())), "targets": [[*what, " ".join(ids)] for what, ids in sorted(alike.items())]}


def _lease(row: Item) -> Lease:
    document = unpack(row.packed)
    found = [
        Target(id, queue, workers, generation, cause)
        for cause, queue, workers, generation, ids in document.pop("targets")
        for id in ids.split(" ")
    ]  # fmt: skip
    targets = tuple(sorted(found, key=lambda each: (each.deployment_id, each.queue)))
    return replace(thaw(Lease, {**document, "targets": []}), targets=targets)


def _heartbeat(row: Item) -> Heartbeat:
    heard = datetime.fromisoformat(row.body["heardAt"])
    return Heartbeat(row.sk.removeprefix("CLUSTER#"), row.body["takenAt"], heard, tuple(row.body.get("moving", [True])))
