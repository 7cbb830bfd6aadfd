"""Carries sleep out: what the rules say at a look, and waking at once for whoever needs a Deployment.

Both write a new generation, conditional on the one that was read, and start its saga; a look that changes nothing writes down only when the
next one is due. Two looks at once, or a look and a person, are harmless: the second write is refused, and whoever made it looks again.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from orrery import workflows
from orrery.errors import StaleGeneration, StillChanging
from orrery.hypervisor import sleep
from orrery.hypervisor.sleep import Action, Decision, Event, EventType
from orrery.model.deployment import Deployment, Phase, Sleep
from orrery.model.subject import Subject
from orrery.store import deployments
from orrery.store.fleets import Seen, is_fresh

log = logging.getLogger(__name__)

AT_LEAST_EVERY = timedelta(minutes=5)
"""How often an awake Deployment with rules is looked at when nothing is due: it may have come to rest in the meantime.

One that sleeps after a shorter rest is looked at as often as that: whoever knows since when it rests in time also knows when it sleeps.
"""
_TRIES = 3


class Stands(StrEnum):
    """How a Deployment stands that somebody needs."""

    AWAKE = "AWAKE"
    WAKING = "WAKING"
    ASLEEP = "ASLEEP"


@dataclass(frozen=True)
class Sight:
    """What its agent told of a Deployment; nothing when it is silent, or too old to know."""

    idle_since: datetime | None = None
    next_run_at: datetime | None = None


def sight(seen: Seen | None, deployment_id: str, now: datetime) -> Sight:
    """What there is of it in a cluster's snapshot; the span of rest is taken on the agent's own clock, so its skew is harmless."""
    if seen is None or not is_fresh(seen.heard_at, now):
        return Sight()
    told: Mapping[str, Any] = next((each for each in seen.snapshot["deployments"] if each["id"] == deployment_id), {})
    idle, run = _time(told.get("idleSince")), _time(told.get("nextRunAt"))
    ahead = seen.heard_at - datetime.fromisoformat(seen.snapshot["takenAt"])
    return Sight(idle + ahead if idle and not _works(told) else None, run)


def look(deployment: Deployment, now: datetime, seen: Sight) -> str:
    """What its rules make of a settled Deployment now; says what was done. `StaleGeneration` when somebody else was here."""
    decision = sleep.decide(sleep.of(deployment, now, idle_since=seen.idle_since, next_run_at=seen.next_run_at))
    if decision.action is Action.STAY:
        return _stay(deployment, decision, now)
    falls = Sleep(decision.cause, decision.reason, now, seen.next_run_at) if decision.cause else None
    changed = deployment.fall_asleep(falls) if falls else deployment.wake(by=deployment.updated_by, now=now)
    _carry_out(changed)
    log.info("deployment %s: %s, %s", deployment.id, decision.action, decision.reason)
    return "put to sleep" if falls else "woken"


def release(deployment: Deployment, *, by: Subject, now: datetime) -> Deployment:
    """The next generation without anybody's word, as its rules have it now: asleep if they put it to sleep, awake otherwise."""
    decision = sleep.decide(replace(sleep.of(deployment, now), override=None))
    falls = Sleep(decision.cause, decision.reason, now) if decision.cause else None
    return replace(deployment.override_hibernation(None, by=by, now=now), asleep=falls)


def need(deployment: Deployment, *, by: Subject, now: datetime, is_visit: bool = False) -> tuple[Stands, str]:
    """Somebody needs it: it wakes at once, unless a person said until when it sleeps, or it does not wake for visitors.

    How it stands then, and why, in words. Safe to ask again and again: one that wakes already is left alone.
    """
    for _ in range(_TRIES):
        if deployment.phase is not Phase.ACTIVE:
            return Stands.AWAKE, ""
        if not deployment.is_hibernating:
            return (Stands.AWAKE, "") if deployment.is_settled else (Stands.WAKING, "it is starting")
        if refusal := _stays_asleep(deployment, now, is_visit=is_visit):
            return Stands.ASLEEP, refusal
        try:
            _carry_out(deployment.wake(by=by, now=now))
        except StaleGeneration:
            deployment = deployments.load(deployment.organization_id, deployment.id)
        else:
            return Stands.WAKING, "it wakes up"
    raise StillChanging(f"deployment `{deployment.name}` is being changed by many at once; try again")


def _stays_asleep(deployment: Deployment, now: datetime, *, is_visit: bool) -> str:
    until = deployment.hibernation_override.until if deployment.hibernation_override else None
    if until and until > now:
        return f"somebody put it to sleep until {until:%Y-%m-%d %H:%M} UTC"
    return "it does not wake for visitors; wake it over the API" if is_visit and not deployment.wakes_on_visit else ""


def _stay(deployment: Deployment, decision: Decision, now: datetime) -> str:
    """It is as it should be. A word that ran out is taken off the record, and sleep is told under the rule that keeps it."""
    override, asleep = deployment.hibernation_override, deployment.asleep
    has_lapsed = override is not None and override.until is not None and override.until <= now
    if has_lapsed or (decision.cause and asleep and not override and asleep.cause is not decision.cause):
        kept = Sleep(decision.cause, decision.reason, asleep.since if asleep else now, asleep.next_run_at if asleep else None) \
            if decision.cause else None  # fmt: skip
        deployment = deployment.ruled(kept)
        deployments.settle(deployment)
    deployments.look_again(deployment, _next_look(deployment, decision.next, now))
    return "left as it is"


def _next_look(deployment: Deployment, event: Event | None, now: datetime) -> datetime | None:
    if deployment.hibernation_override:
        return deployment.hibernation_override.until
    if deployment.is_hibernating:
        return event.due if event else None
    if not deployment.has_sleep_rules:
        return None
    idle = deployment.idle_rule
    soon = now + (min(AT_LEAST_EVERY, timedelta(minutes=idle.after_minutes)) if idle.is_enabled else AT_LEAST_EVERY)
    return min(event.due, soon) if event and event.type is EventType.HIBERNATE else soon


def _carry_out(changed: Deployment) -> None:
    deployments.save(changed)
    workflows.start(changed.workflow, changed)


def _works(told: Mapping[str, Any]) -> bool:
    return any(queue["queued"] + queue["running"] for queue in told.get("queues", ()))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
