"""One tick: over each shard, what an agent saw becomes a plan, and a plan that passes the check becomes a lease and a record; and over the
Deployments whose sleep is due for a look, their rules become a saga."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TypedDict

from orrery import hibernation
from orrery.errors import StaleGeneration
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor import inputs, shadow
from orrery.hypervisor.check import check
from orrery.hypervisor.fleet import Fleet, Queue
from orrery.hypervisor.lease import RENEWED, RENEWED_AT_REST, Lease, news, renew
from orrery.hypervisor.plan import Decision, plan
from orrery.model.deployment import Deployment
from orrery.model.scaling import ScalingDecision
from orrery.store import decisions, deployments
from orrery.store import fleets as store

log = logging.getLogger(__name__)

LOOKS = 200
"""Deployments whose sleep is looked at in one round, those that are due longest first; a round comes every ten seconds."""


class Shard(TypedDict):
    """One shard to plan, as the state machine carries it."""

    cluster: str
    number: int
    whole: bool


def list_shards(*, whole: bool, now: datetime | None = None) -> list[Shard]:
    """The shards to plan: all of them when `whole`, and in between those in which something moves, as far as was just heard."""
    now = now or datetime.now(UTC)
    return [
        Shard(cluster=beat.cluster_id, number=number, whole=whole)
        for beat in store.heartbeats()
        for number, moves in enumerate(beat.moving)
        if whole or (moves and store.is_fresh(beat.heard_at, now))
    ]


def plan_shard(cluster_id: str, number: int = 0, *, whole: bool = True, now: datetime | None = None) -> dict[str, int | str]:
    """Plan one shard, without `whole` only what moves; says which lease is in force and how many queues and decisions it was about.

    Two ticks may cross: the lease is conditional on the one that was read, so the second to write gives way and records nothing.
    """
    now = now or datetime.now(UTC)
    done: dict[str, int | str] = {"shard": f"{cluster_id}#{number}" if number else cluster_id}
    seen, last = store.look(cluster_id, number, whole=whole)
    if seen is None:
        return {**done, "lease": last.generation if last else 0, "queues": 0, "recorded": 0}
    fleet = fleets.read(cluster_id, seen.snapshot, silence=max(0.0, (now - seen.heard_at).total_seconds()))
    planned = check(fleet, plan(fleet))
    lease = renew(last, planned, now, renewed=RENEWED_AT_REST if whole else RENEWED)
    told = news(last, planned)
    if lease and not _published(cluster_id, lease, number):
        return {**done, "lease": lease.generation, "queues": len(planned), "recorded": 0}
    generation = (lease or last or _none(now)).generation
    imagined = shadow.imagined(fleet, seen.snapshot)
    thought = _think(cluster_id, number, imagined) if imagined.queues else ()
    remembered = [*_remembered(fleet, told, generation, now), *_remembered(imagined, thought, generation, now, is_shadow=True)]
    decisions.record(cluster_id, number, remembered)
    return {**done, "lease": generation, "queues": len(planned), "recorded": len(remembered)}


def _think(cluster_id: str, number: int, imagined: Fleet) -> tuple[Decision, ...]:
    """What another style would have decided anew; queues that are not looked at this time keep what was thought of them."""
    before = store.thoughts(cluster_id, number)
    told, thought = shadow.think(imagined, before)
    if told:
        store.keep_thoughts(cluster_id, number, {**before, **thought})
    return told


def look_at_sleep(now: datetime | None = None) -> dict[str, int]:
    """Follows the sleep rules of every Deployment that is due for a look; says how many came to which end.

    Two rounds may cross, and a person may be faster: who writes second gives way. One bad Deployment never stops the rest, and however many
    there are, they do not keep the others from their turn: each is due again only after a while.
    """
    now, tally = now or datetime.now(UTC), Counter[str]()
    seen = cache(store.seen)
    for deployment in deployments.due(now, LOOKS):
        tally[_looked_at(deployment, now, seen)] += 1
    return dict(tally)


def _looked_at(deployment: Deployment, now: datetime, seen: Callable[[str], store.Seen | None]) -> str:
    try:
        return hibernation.look(deployment, now, hibernation.sight(seen(deployment.cluster_id), deployment.id, now))
    except StaleGeneration:
        return "changed meanwhile"
    except Exception:  # whatever is wrong with one, the others have their turn
        log.exception("could not look at the sleep of deployment %s", deployment.id)
        _set_back(deployment, now)
        return "broken"


def _set_back(deployment: Deployment, now: datetime) -> None:
    try:
        deployments.look_again(deployment, now + hibernation.AT_LEAST_EVERY)
    except StaleGeneration:
        return
    except Exception:  # it is looked at again at once, which is no worse than before
        log.exception("could not set back the sleep of deployment %s", deployment.id)


def _published(cluster_id: str, lease: Lease, number: int) -> bool:
    try:
        store.publish(cluster_id, lease, number)
    except StaleGeneration:
        return False
    return True


def _none(now: datetime) -> Lease:
    return Lease(0, now, now, ())


def _remembered(
    fleet: Fleet, told: Iterable[Decision], lease_generation: int, now: datetime, *, is_shadow: bool = False
) -> Iterator[tuple[str, ScalingDecision]]:  # fmt: skip
    queues = {(queue.deployment, queue.name): queue for queue in fleet.queues}
    for decision in told:
        made = _remember(decision, queues[decision.deployment, decision.queue], lease_generation, now)
        yield decision.deployment, replace(made, is_shadow=is_shadow)


def _remember(decision: Decision, queue: Queue, lease_generation: int, now: datetime) -> ScalingDecision:
    return ScalingDecision(
        id="",
        decided_at=now,
        queue=decision.queue,
        action=decision.action.value,
        cause=decision.cause.value,
        current=decision.current,
        target=decision.target,
        queued=decision.queued,
        running=decision.running,
        reason=decision.reason,
        lease_generation=lease_generation,
        inputs=inputs.of(queue),
        style=queue.style.value,
    )
