"""Scaling decisions in the table: all that one plan had to tell is one row of its shard, and a Deployment's are found among its shard's.

A row for each decision would cost more than everything else that the hypervisor does. The price is paid by whoever looks: newest first, a
thousand rows a call, and no further back than `FURTHEST` rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from heapq import merge
from typing import Any

from orrery import names
from orrery.hypervisor import shards
from orrery.model.scaling import ScalingDecision
from orrery.store import reads, writes
from orrery.store.documents import freeze, thaw
from orrery.store.packing import pack, unpack
from orrery.store.tables import table

FURTHEST = 10_000
"""Rows of a shard that are looked at: more than a day of one that never rests, and a month of one that has something to tell every four
minutes."""

_REMEMBERED = timedelta(days=30)
_SHARED = ("decided_at", "lease_generation")
"""What all decisions of one plan have in common."""
_OWN = tuple(field.name for field in fields(ScalingDecision) if field.name not in ("id", *_SHARED))


def record(cluster_id: str, number: int, decisions: Iterable[tuple[str, ScalingDecision]]) -> None:
    """Remembers what one plan of a shard decided, each with the Deployment it is about."""
    told = list(decisions)
    if not told:
        return
    first = told[0][1]
    frozen = [(deployment_id, freeze(decision)) for deployment_id, decision in told]
    shared = {name: frozen[0][1][name] for name in _SHARED}
    rows = [[deployment_id, *(each[name] for name in _OWN)] for deployment_id, each in frozen]
    key = f"DECISIONS#{first.decided_at.isoformat(timespec='milliseconds')}"
    expires = first.decided_at + _REMEMBERED
    packed = pack({**shared, "names": list(_OWN), "rows": rows})
    writes.commit(writes.put(table()(_shard(cluster_id, number), key, body={}, packed=packed, expires=expires)))


def page(cluster_id: str, deployment_id: str, *, offset: int, limit: int) -> tuple[list[ScalingDecision], int]:
    """A page of a Deployment's scaling decisions, newest first, and how many there are as far back as is looked."""
    heard = reads.row("HEARTBEATS", f"CLUSTER#{cluster_id}")
    numbers = shards.homes(deployment_id, len(heard.body.get("moving", [True])) if heard else 1)
    found = list(merge(*(_of(cluster_id, each, deployment_id) for each in numbers), key=lambda decision: decision.decided_at, reverse=True))
    return found[offset : offset + limit], len(found)


def _of(cluster_id: str, number: int, deployment_id: str) -> Iterator[ScalingDecision]:
    bound = table()
    with writes.speaking():
        rows = bound.query(_shard(cluster_id, number), bound.sk.startswith("DECISIONS#"), scan_index_forward=False, limit=FURTHEST)
        for row in rows:
            plan = unpack(row.packed)
            yield from (_thaw(plan, each) for each in plan["rows"] if each[0] == deployment_id)


def _thaw(plan: Mapping[str, Any], row: list[Any]) -> ScalingDecision:
    """The id is made from what it names, so that it costs nothing to keep."""
    about = dict(zip(plan["names"], row[1:], strict=True)) | {name: plan[name] for name in _SHARED}
    return thaw(ScalingDecision, {**about, "id": names.id_of(row[0], about["queue"], about["decided_at"])})


def _shard(cluster_id: str, number: int) -> str:
    return f"CLUSTER#{cluster_id}#{number}"
