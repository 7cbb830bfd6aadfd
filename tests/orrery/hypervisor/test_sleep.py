"""Sleep is arithmetic: the order of who has a say, time zones and their clock changes, runs that are near, and a decision that settles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from orrery.hypervisor.sleep import MARGIN, WORTH, Action, Decision, EventType, Facts, decide, following, last
from orrery.model.deployment import HibernationOverride, HibernationSchedule, IdleRule, SleepCause

MONDAY = datetime(2026, 3, 16, tzinfo=UTC)
NIGHTS = HibernationSchedule("0 20 * * *", "0 7 * * *", is_enabled=True)
IDLE = IdleRule(is_enabled=True, after_minutes=30)
CRONS = ["0 20 * * *", "0 7 * * *", "30 2 * * *", "*/15 * * * *", "0 18 * * 5", "0 8 * * 1", "15 3 29 2 *", "0 0 1 * *"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia"]


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def carried_out(facts: Facts, decision: Decision) -> Facts:
    """As the facts are once a decision was obeyed."""
    if decision.action is Action.SLEEP:
        return replace(facts, asleep_by=decision.cause, asleep_since=facts.now, idle_since=None)
    if decision.action is Action.WAKE:
        return replace(facts, asleep_by=None, asleep_since=None, woken_at=facts.now, idle_since=None)
    return facts


class TestWhoHasASay:
    def test_without_rules_it_is_awake(self) -> None:
        assert decide(Facts(at(12))).action is Action.STAY
        assert decide(Facts(at(12), asleep_by=SleepCause.IDLE, asleep_since=at(11))).action is Action.WAKE

    def test_a_person_stands_over_the_schedule_until_their_time(self) -> None:
        awake = Facts(at(21), override=HibernationOverride(False, at(23)), schedules=(NIGHTS,))
        assert decide(awake).action is Action.STAY
        assert decide(awake).reason == "somebody wants it awake until 2026-03-16 23:00 UTC"
        assert decide(replace(awake, now=at(23))) == decide(replace(awake, now=at(23), override=None))
        assert decide(replace(awake, now=at(23))).action is Action.SLEEP

    def test_a_persons_word_tells_what_follows_it(self) -> None:
        sleeps = Facts(at(12), override=HibernationOverride(True, at(13)), asleep_by=SleepCause.OVERRIDE)
        event = decide(sleeps).next
        assert event
        assert (event.type, event.at) == (EventType.WAKE, at(13))
        assert decide(replace(sleeps, override=HibernationOverride(True))).next is None

    def test_the_schedule_stands_over_the_idle_rule(self) -> None:
        night = Facts(at(21), schedules=(NIGHTS,), idle=IDLE, next_run_at=at(21, 1))
        assert (decide(night).action, decide(night).cause) == (Action.SLEEP, SleepCause.SCHEDULE)

    def test_a_schedule_that_is_not_enabled_says_nothing(self) -> None:
        assert decide(Facts(at(21), schedules=(replace(NIGHTS, is_enabled=False),))).action is Action.STAY


class TestASchedule:
    def test_sleeps_and_wakes_at_its_times(self) -> None:
        facts = Facts(at(19, 59), schedules=(NIGHTS,))
        assert decide(facts).action is Action.STAY
        slept = decide(replace(facts, now=at(20)))
        assert (slept.action, slept.reason) == (
            Action.SLEEP, "its schedule has it asleep since 2026-03-16 20:00 UTC until 2026-03-17 07:00 UTC",
        )  # fmt: skip

    def test_wakes_as_much_earlier_as_a_wake_takes(self) -> None:
        asleep = Facts(at(5), asleep_by=SleepCause.SCHEDULE, asleep_since=at(20, day=-1), schedules=(NIGHTS,), wake_seconds=90)
        event = decide(asleep).next
        assert event
        assert (event.type, event.at, event.due) == (EventType.WAKE, at(7), at(7) - timedelta(seconds=90) - MARGIN)
        assert decide(replace(asleep, now=event.due - timedelta(seconds=1))).action is Action.STAY
        assert decide(replace(asleep, now=event.due)).action is Action.WAKE

    def test_wakes_late_when_nobody_looked_in_time(self) -> None:
        asleep = Facts(at(12), asleep_by=SleepCause.SCHEDULE, asleep_since=at(20, day=-1), schedules=(NIGHTS,))
        assert decide(asleep).action is Action.WAKE

    def test_of_two_schedules_the_newest_time_counts(self) -> None:
        weekend = HibernationSchedule("0 12 * * 5", "0 12 * * 1", is_enabled=True)
        saturday = Facts(at(9, day=5), schedules=(NIGHTS, weekend))
        assert decide(saturday).action is Action.STAY
        assert decide(replace(saturday, schedules=(weekend,))).action is Action.SLEEP

    def test_whoever_is_woken_at_night_has_it_until_it_is_at_rest(self) -> None:
        woken = Facts(at(22), schedules=(NIGHTS,), idle=IdleRule(after_minutes=30), woken_at=at(21, 50))
        assert decide(woken).action is Action.STAY
        assert decide(replace(woken, now=at(23))).action is Action.STAY, "it may be at work"
        at_rest = replace(woken, idle_since=at(22))
        assert decide(replace(at_rest, now=at(22, 29))).action is Action.STAY
        assert decide(replace(at_rest, now=at(22, 30))).action is Action.SLEEP

    def test_its_morning_ends_an_idle_sleep_too(self) -> None:
        dozing = Facts(at(6), asleep_by=SleepCause.IDLE, asleep_since=at(18, day=-1), schedules=(NIGHTS,), idle=IDLE)
        assert decide(dozing).action is Action.STAY
        assert decide(replace(dozing, now=at(7))).action is Action.WAKE
        assert decide(replace(dozing, now=at(12), asleep_since=at(11))).action is Action.STAY, "it fell asleep after its morning"


class TestTheIdleRule:
    def test_waits_until_it_has_been_at_rest_for_long_enough(self) -> None:
        facts = Facts(at(12), idle=IDLE, idle_since=at(11, 31))
        waits = decide(facts)
        assert waits.next
        assert (waits.action, waits.next.type, waits.next.at) == (Action.STAY, EventType.HIBERNATE, at(12, 1))
        assert decide(replace(facts, now=at(12, 1))).action is Action.SLEEP

    def test_never_sends_to_sleep_what_is_at_work_or_not_known(self) -> None:
        assert decide(Facts(at(12), idle=IDLE, idle_since=None)).action is Action.STAY

    def test_counts_from_its_last_wake(self) -> None:
        assert decide(Facts(at(12), idle=IDLE, idle_since=at(2), woken_at=at(11, 45))).action is Action.STAY

    def test_does_not_sleep_when_a_run_is_near(self) -> None:
        near = Facts(at(12), idle=IDLE, idle_since=at(11), next_run_at=at(12) + WORTH + MARGIN - timedelta(seconds=1))
        assert decide(near).action is Action.STAY
        assert "too soon for sleep to be worth it" in decide(near).reason
        assert decide(replace(near, next_run_at=at(12) + WORTH + MARGIN)).action is Action.SLEEP

    def test_wakes_ahead_of_the_next_run(self) -> None:
        asleep = Facts(at(2), asleep_by=SleepCause.IDLE, asleep_since=at(1), idle=IDLE, next_run_at=at(3), wake_seconds=45)
        event = decide(asleep).next
        assert event
        assert (event.type, event.at, event.due) == (EventType.WAKE, at(3), at(3) - timedelta(seconds=45) - MARGIN)
        assert decide(replace(asleep, now=event.due)).action is Action.WAKE

    def test_sleeps_on_when_no_run_is_due(self) -> None:
        assert decide(Facts(at(2, day=90), asleep_by=SleepCause.IDLE, asleep_since=at(1), idle=IDLE)).action is Action.STAY


class TestClockChanges:
    """In Berlin 2026-03-29 has no 02:30, and 2026-10-25 has two."""

    def test_a_time_that_is_left_out_comes_when_the_clocks_have_changed(self) -> None:
        assert following("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, tzinfo=UTC)

    def test_a_time_that_comes_twice_counts_once(self) -> None:
        first = following("30 2 * * *", "Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC))
        assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert following("30 2 * * *", "Europe/Berlin", first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)

    @pytest.mark.parametrize(("day", "utc"), [(28, 6), (29, 5), (30, 5)])
    def test_seven_in_the_morning_is_seven_in_the_morning(self, day: int, utc: int) -> None:
        nights = replace(NIGHTS, time_zone="Europe/Berlin")
        asleep = Facts(datetime(2026, 3, day, 4, tzinfo=UTC), asleep_by=SleepCause.SCHEDULE, asleep_since=MONDAY, schedules=(nights,))
        event = decide(asleep).next
        assert event
        assert event.at == datetime(2026, 3, day, utc, tzinfo=UTC)


moments = some.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
schedules = some.builds(
    HibernationSchedule, some.sampled_from(CRONS), some.sampled_from(CRONS), some.booleans(), some.just(""), some.sampled_from(ZONES)
)  # fmt: skip


@some.composite
def facts(draw: some.DrawFn) -> Facts:
    now = draw(moments)
    before = some.none() | some.integers(0, 100_000).map(lambda seconds: now - timedelta(seconds=seconds))
    after = some.none() | some.integers(-1000, 100_000).map(lambda seconds: now + timedelta(seconds=seconds))
    override = draw(some.none() | some.builds(HibernationOverride, some.booleans(), after))
    asleep = draw(some.none() | some.sampled_from(SleepCause))
    if asleep is SleepCause.OVERRIDE:
        override = override or HibernationOverride(True)
    return Facts(
        now=now,
        asleep_by=asleep,
        asleep_since=now - timedelta(seconds=draw(some.integers(0, 100_000))) if asleep else None,
        woken_at=draw(before),
        override=override,
        schedules=tuple(draw(some.lists(schedules, max_size=3))),
        idle=draw(some.builds(IdleRule, some.booleans(), some.integers(1, 600))),
        idle_since=None if asleep else draw(before),
        next_run_at=draw(after),
        wake_seconds=draw(some.floats(0, 900)),
    )


class TestWhateverTheFacts:
    @given(facts())
    def test_a_decision_that_was_carried_out_is_not_made_again(self, facts: Facts) -> None:
        decision = decide(facts)
        again = decide(carried_out(facts, decision))
        assert again.action is Action.STAY, (decision, again)

    @given(facts())
    def test_every_decision_has_a_reason_and_what_comes_next_lies_ahead(self, facts: Facts) -> None:
        decision = decide(facts)
        assert decision.reason
        assert decision.next is None or decision.next.due <= decision.next.at
        assert decision.next is None or decision.next.at > facts.now

    @given(facts())
    def test_it_never_falls_asleep_by_the_idle_rule_with_work_or_a_run_near(self, facts: Facts) -> None:
        decision = decide(facts)
        if decision.action is Action.SLEEP and decision.cause is SleepCause.IDLE:
            assert facts.idle_since is not None
            assert facts.next_run_at is None or facts.next_run_at - facts.now >= facts.lead + WORTH

    @given(facts())
    def test_an_idle_sleeper_is_never_asleep_when_it_must_begin_to_wake_for_a_run(self, facts: Facts) -> None:
        run = facts.next_run_at
        if facts.asleep_by is SleepCause.IDLE and run and not facts.override and not any(each.is_enabled for each in facts.schedules):
            assert (decide(replace(facts, now=max(facts.now, run - facts.lead)))).cause is None

    @given(facts())
    def test_the_order_of_the_schedules_does_not_matter(self, facts: Facts) -> None:
        assert decide(facts) == decide(replace(facts, schedules=facts.schedules[::-1]))

    @given(some.sampled_from(CRONS), some.sampled_from(ZONES), moments)
    def test_no_time_of_a_cron_lies_between_the_last_and_the_following(self, cron: str, zone: str, now: datetime) -> None:
        before, after = last(cron, zone, now), following(cron, zone, now)
        assert before
        assert after
        assert before <= now < after
        assert following(cron, zone, before) == after
        assert before.astimezone(ZoneInfo(zone)).utcoffset() is not None
