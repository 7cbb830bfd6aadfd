"""Whether a Deployment should sleep: a pure function from its rules, and from what is known of it, to a decision with a reason.

Three things are asked in this order, and the first that has an opinion decides:

    override     a person's word, until its time
    schedule     the newest of all `hibernateAtCron` and `wakeAtCron` that has come, in each schedule's own time zone
    idle rule    nothing has run for `afterMinutes`, and the next run is far enough away

A wake begins as long before its time as the last wakes took, so that the Airflow is ready then. Nothing here reads a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cronsim import CronSim

from orrery.model.deployment import Deployment, HibernationOverride, HibernationSchedule, IdleRule, SleepCause

MARGIN = timedelta(seconds=30)
"""What a wake gets beside its own measured time: a tick (10 s), the start of a saga, and the first loop of the scheduler."""

WORTH = timedelta(minutes=5)
"""The least sleep that is worth its own wake: a shorter one would cost more in starts and stops than it saves."""


class Action(StrEnum):
    SLEEP = "SLEEP"
    WAKE = "WAKE"
    STAY = "STAY"


class EventType(StrEnum):
    """As the wire has it."""

    HIBERNATE = "HIBERNATE"
    WAKE = "WAKE"


@dataclass(frozen=True, order=True)
class Event:
    """What comes next: `due` is when the plane acts, `at` is when people see it done (a wake is due before its time)."""

    due: datetime
    at: datetime
    type: EventType


@dataclass(frozen=True)
class Facts:
    """All that a decision may depend on; times are aware."""

    now: datetime
    asleep_by: SleepCause | None = None
    """Why it sleeps now; None while it is awake."""
    asleep_since: datetime | None = None
    woken_at: datetime | None = None
    """When somebody, or a rule, last wanted it awake."""
    override: HibernationOverride | None = None
    schedules: tuple[HibernationSchedule, ...] = ()
    idle: IdleRule = field(default_factory=IdleRule)
    idle_since: datetime | None = None
    """Since when nothing has been queued or running; None when something is, or when that is not known."""
    next_run_at: datetime | None = None
    """When its next DAG run is due."""
    wake_seconds: float = 0.0
    """How long a wake takes, as measured."""

    @property
    def lead(self) -> timedelta:
        """How long before its time a wake must begin."""
        return timedelta(seconds=self.wake_seconds) + MARGIN


def of(deployment: Deployment, now: datetime, *, idle_since: datetime | None = None, next_run_at: datetime | None = None) -> Facts:
    """What is known of a Deployment: its record, and what its agent told; while it sleeps, what its agent told last."""
    asleep, override = deployment.asleep, deployment.hibernation_override
    by = SleepCause.OVERRIDE if override and override.is_hibernating else asleep.cause if asleep and not override else None
    return Facts(
        now=now,
        asleep_by=by,
        asleep_since=asleep.since if asleep else None,
        woken_at=deployment.woken_at,
        override=override,
        schedules=deployment.hibernation_schedules,
        idle=deployment.idle_rule,
        idle_since=None if by else idle_since,
        next_run_at=asleep.next_run_at if asleep else next_run_at,
        wake_seconds=deployment.wake_seconds,
    )


@dataclass(frozen=True)
class Decision:
    """What to do, on whose account and why; and what comes next if nothing else happens."""

    action: Action
    cause: SleepCause | None
    """Why it should sleep; None when it should be awake."""
    reason: str
    next: Event | None = None


@dataclass(frozen=True)
class _Opinion:
    cause: SleepCause | None
    reason: str
    next: Event | None = None


def decide(facts: Facts) -> Decision:
    """Sleep, wake or stay; the same facts give the same decision, and one that was carried out is followed by STAY."""
    opinion = _override(facts) or _schedules(facts) or _idle(facts) or _Opinion(None, "no rule puts it to sleep")
    sleeps, should = facts.asleep_by is not None, opinion.cause is not None
    action = Action.STAY if sleeps == should else Action.SLEEP if should else Action.WAKE
    return Decision(action, opinion.cause, opinion.reason, opinion.next)


def last(cron: str, zone: str, until: datetime) -> datetime | None:
    """The newest moment, at `until` at the latest, that a cron expression names in a time zone."""
    after = until.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    return next((moment.astimezone(UTC) for moment in CronSim(cron, after.astimezone(ZoneInfo(zone)), reverse=True)), None)


def following(cron: str, zone: str, since: datetime) -> datetime | None:
    """The first moment after `since` that a cron expression names in a time zone.

    A time that a change of the clocks leaves out comes when they have changed; one that it brings twice comes once.
    """
    return next((moment.astimezone(UTC) for moment in CronSim(cron, since.astimezone(ZoneInfo(zone)))), None)


def _override(facts: Facts) -> _Opinion | None:
    told = facts.override
    if told is None or (told.until is not None and told.until <= facts.now):
        return None
    until = f" until {_time(told.until)}" if told.until else ""
    follows = EventType.WAKE if told.is_hibernating else EventType.HIBERNATE
    then = _afterwards(facts, told) if told.until else None
    event = Event(told.until, told.until, follows) if told.until and then is not told.is_hibernating and then is not None else None
    if told.is_hibernating:
        return _Opinion(SleepCause.OVERRIDE, f"somebody put it to sleep{until}", event)
    return _Opinion(None, f"somebody wants it awake{until}", event)


def _afterwards(facts: Facts, told: HibernationOverride) -> bool | None:
    """Whether the schedules have it asleep when a person's word ends."""
    assert told.until
    hibernated, woken = _newest(facts, told.until)
    return hibernated is not None and (woken is None or hibernated > woken)


def _schedules(facts: Facts) -> _Opinion | None:
    hibernated, woken = _newest(facts, facts.now)
    if hibernated is not None and (woken is None or hibernated > woken):
        return _asleep_by_schedule(facts, hibernated)
    if woken is not None and facts.asleep_by is SleepCause.IDLE and facts.asleep_since and woken - facts.lead <= facts.asleep_since:
        return None  # it fell asleep by the idle rule after its morning: that rule knows when it ends
    if woken is not None and facts.asleep_by is not None:
        return _Opinion(None, f"its schedule has it awake since {_time(woken)}" if woken <= facts.now else _ahead(woken), _sleeps(facts))
    if any(each.is_enabled for each in facts.schedules) and not facts.idle.is_enabled:
        return _Opinion(None, "its schedule has it awake", _sleeps(facts))
    return None


def _asleep_by_schedule(facts: Facts, hibernated: datetime) -> _Opinion:
    """Its time to sleep; whoever woke it in the meantime has it until nothing has run for as long as the idle rule says."""
    wakes = _wakes(facts)
    until = f" until {_time(wakes.at)}" if wakes else ""
    asleep = _Opinion(SleepCause.SCHEDULE, f"its schedule has it asleep since {_time(hibernated)}{until}", wakes)
    if facts.asleep_by is not None or facts.woken_at is None or facts.woken_at < hibernated:
        return asleep
    quiet = _quiet_at(facts)
    if quiet is None or quiet > facts.now:
        event = Event(quiet, quiet, EventType.HIBERNATE) if quiet else None
        words = f"it was woken at {_time(facts.woken_at)} and sleeps again after {facts.idle.after_minutes} min at rest"
        return _Opinion(None, words, event)
    return asleep


def _idle(facts: Facts) -> _Opinion | None:
    if not facts.idle.is_enabled:
        return None
    return _idle_asleep(facts) if facts.asleep_by is SleepCause.IDLE else _idle_awake(facts)


def _idle_asleep(facts: Facts) -> _Opinion:
    run = facts.next_run_at
    if run is not None and run - facts.lead <= facts.now:
        return _Opinion(None, f"its next run is due at {_time(run)}")
    if run is None:
        return _Opinion(SleepCause.IDLE, "it was idle and no run is due", _wakes(facts))
    wakes = Event(run - facts.lead, run, EventType.WAKE)
    return _Opinion(SleepCause.IDLE, f"it was idle and its next run is due at {_time(run)}", _first(wakes, _wakes(facts)))


def _idle_awake(facts: Facts) -> _Opinion:
    quiet, after, run = _quiet_at(facts), facts.idle.after_minutes, facts.next_run_at
    if quiet is None:
        return _Opinion(None, f"it sleeps after {after} min at rest", _sleeps(facts))
    if quiet > facts.now:
        asleep = Event(quiet, quiet, EventType.HIBERNATE)
        return _Opinion(None, f"it has been at rest for less than {after} min", _first(asleep, _sleeps(facts)))
    if run is not None and run - facts.lead - facts.now < WORTH:
        return _Opinion(None, f"a run is due at {_time(run)}, too soon for sleep to be worth it", _sleeps(facts))
    return _Opinion(SleepCause.IDLE, f"nothing has run for {after} min" + (f" and the next run is due at {_time(run)}" if run else ""))


def _quiet_at(facts: Facts) -> datetime | None:
    """When it will have been at rest for long enough; None while it is at work, or while nobody knows."""
    if facts.idle_since is None:
        return None
    return max(facts.idle_since, facts.woken_at or facts.idle_since) + timedelta(minutes=facts.idle.after_minutes)


def _newest(facts: Facts, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The newest time to sleep and the newest time to wake, of all schedules; a wake counts from when it must begin."""
    followed = [each for each in facts.schedules if each.is_enabled]
    return (
        max(_known(last(each.hibernate_at_cron, each.time_zone, now) for each in followed), default=None),
        max(_known(last(each.wake_at_cron, each.time_zone, now + facts.lead) for each in followed), default=None),
    )


def _wakes(facts: Facts) -> Event | None:
    """The next scheduled wake that has not begun."""
    since = facts.now + facts.lead
    at = min(_known(following(each.wake_at_cron, each.time_zone, since) for each in facts.schedules if each.is_enabled), default=None)
    return Event(at - facts.lead, at, EventType.WAKE) if at else None


def _sleeps(facts: Facts) -> Event | None:
    """The next scheduled time to sleep."""
    ats = (following(each.hibernate_at_cron, each.time_zone, facts.now) for each in facts.schedules if each.is_enabled)
    at = min(_known(ats), default=None)
    return Event(at, at, EventType.HIBERNATE) if at else None


def _first(*events: Event | None) -> Event | None:
    return min((event for event in events if event), default=None)


def _known(moments: Iterable[datetime | None]) -> Iterable[datetime]:
    return (moment for moment in moments if moment)


def _ahead(woken: datetime) -> str:
    return f"its schedule has it awake at {_time(woken)}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
