"""What agents and the hypervisor leave for each other: heartbeats, snapshots, leases, and the scaling decisions that are worth remembering.

A snapshot is written on change only and compressed; that it still holds is told by the cluster's heartbeat, a small row of its own. So a
fleet at rest costs one small write for every report, however many Deployments it has.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orrery.errors import StaleGeneration, TooLarge
from orrery.hypervisor.lease import Lease
from orrery.model.deployment import Deployment
from orrery.model.scaling import ScalingDecision
from orrery.store import reads, writes
from orrery.store.documents import freeze, thaw
from orrery.store.tables import item, table

_LARGEST = 350_000
"""Bytes of a packed snapshot or lease; DynamoDB's items end at 400 KB, keys and names included."""

_FORGOTTEN = timedelta(days=7)
"""A cluster that has been silent for so long is no shard any more."""

_REMEMBERED = timedelta(days=30)
"""How long a scaling decision can be looked up."""


@dataclass(frozen=True)
class Seen:
    """An agent's last word: the snapshot, as of the moment (on the agent's clock) when it last still held, and when we heard so."""

    snapshot: Mapping[str, Any]
    heard_at: datetime


def hear(cluster_id: str, *, taken_at: str, now: datetime) -> None:
    """The cluster's agent is there, and the snapshot that was kept last holds at `taken_at`."""
    beat = {"takenAt": taken_at, "heardAt": now.isoformat()}
    writes.commit(writes.put(table()("HEARTBEATS", f"CLUSTER#{cluster_id}", body=beat, expires=now + _FORGOTTEN)))


def shards() -> list[str]:
    """The clusters whose agents report, by id."""
    bound = table()
    with writes.speaking():
        rows = bound.query("HEARTBEATS", bound.sk.startswith("CLUSTER#"), consistent_read=True)
        return [row.sk.removeprefix("CLUSTER#") for row in rows]


def keep_snapshot(cluster_id: str, snapshot: Mapping[str, Any]) -> None:
    """Replaces the cluster's snapshot."""
    writes.commit(writes.put(table()(f"CLUSTER#{cluster_id}", "SNAPSHOT", body=_pack(snapshot))))


def snapshot(cluster_id: str) -> Mapping[str, Any] | None:
    """What the cluster's agent told when it last had something new to tell."""
    row = reads.row(f"CLUSTER#{cluster_id}", "SNAPSHOT")
    return _unpack(row.body) if row else None


def seen(cluster_id: str) -> Seen | None:
    """What the cluster's agent last told, brought up to its last heartbeat."""
    told, beat = snapshot(cluster_id), reads.row("HEARTBEATS", f"CLUSTER#{cluster_id}")
    if told is None or beat is None:
        return None
    return Seen({**told, "takenAt": beat.body["takenAt"]}, datetime.fromisoformat(beat.body["heardAt"]))


def lease(cluster_id: str) -> Lease | None:
    """The cluster's newest lease."""
    row = reads.row(f"CLUSTER#{cluster_id}", "LEASE")
    return thaw(Lease, dict(_unpack(row.body))) if row else None


def publish(cluster_id: str, lease: Lease) -> None:
    """Replaces the lease before this one; `StaleGeneration` when another tick was here in the meantime."""
    row = table()(f"CLUSTER#{cluster_id}", "LEASE", generation=lease.generation, body=_pack(freeze(lease)))
    crossed = StaleGeneration("another tick has published since this one read the lease")
    writes.commit(writes.put_new(row, crossed) if lease.generation == 1 else writes.put_next(row, crossed))


def placed(cluster_id: str, ids: Iterable[tuple[str, str]]) -> set[str]:
    """Of these (Organization, Deployment), the Deployments that are placed on the cluster: an agent may speak of no other."""
    found = reads.several(Deployment, ((f"ORG#{organization}", f"DEP#{deployment}") for organization, deployment in ids))
    return {deployment.id for deployment in found if deployment.cluster_id == cluster_id}


def record(decisions: Iterable[tuple[str, ScalingDecision]]) -> None:
    """Remembers decisions, each beside the Deployment it is about."""
    with writes.speaking(), table().batch_write() as batch:
        for deployment_id, decision in decisions:
            key = f"DECISION#{decision.decided_at.isoformat(timespec='milliseconds')}#{decision.queue}"
            batch.save(item(f"DEP#{deployment_id}", key, decision, expires=decision.decided_at + _REMEMBERED))


def decisions(deployment_id: str, *, offset: int, limit: int) -> tuple[list[ScalingDecision], int]:
    """A page of a Deployment's scaling decisions, newest first, and how many there are in all."""
    newest = reads.every(ScalingDecision, f"DEP#{deployment_id}", "DECISION#", newest_first=True, limit=offset + limit)
    bound = table()
    with writes.speaking():
        total = bound.count(f"DEP#{deployment_id}", bound.sk.startswith("DECISION#"), consistent_read=True)
    return newest[offset:], total


def _pack(document: Mapping[str, Any]) -> dict[str, str]:
    packed = base64.b85encode(gzip.compress(json.dumps(document, separators=(",", ":")).encode(), mtime=0)).decode()
    if len(packed) > _LARGEST:
        raise TooLarge("this cluster has more queues and workers than one snapshot can tell; place its Deployments on more clusters")
    return {"packed": packed}


def _unpack(body: Mapping[str, Any]) -> Mapping[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress(base64.b85decode(body["packed"])))
    return document
