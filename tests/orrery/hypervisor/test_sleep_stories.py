"""Days of a Deployment that sleeps, kept as text: each decision that changes something, with its reason and what comes next.

A script is lines such as

    from 2026-03-27 12:00 to 2026-03-30 12:00
    wakes in 60 s
    schedule 0 20 * * * / 0 7 * * * / Europe/Berlin
    idle after 30 min
    run daily at 03:00 for 5 min
    at 2026-03-27 22:00: a visit

To accept new stories: make golden
"""

import os
import pathlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from orrery.hypervisor.sleep import Action, Facts, decide
from orrery.model.deployment import HibernationOverride, HibernationSchedule, IdleRule, SleepCause

STORIES = sorted((pathlib.Path(__file__).parents[2] / "golden" / "sleep").glob("*.txt"))
RULE = "\n----\n"
TICK = timedelta(seconds=30)


@dataclass
class Story:
    """`facts` are what the plane knows; a run is at work from its time on, or from when its Deployment woke."""

    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    facts: Facts = field(default_factory=lambda: Facts(datetime(2026, 1, 1, tzinfo=UTC)))
    runs: list[tuple[datetime, timedelta]] = field(default_factory=list)
    acts: dict[datetime, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def tell(self) -> str:
        now, ready = self.start, self.start
        busy_until = self.start
        while now < self.end:
            if act := self.acts.get(now):
                self.told.append(f"{now:%a %d %H:%M:%S}  {act}")
                self._act(act, now)
                ready = now + timedelta(seconds=self.facts.wake_seconds) if self.facts.woken_at == now else ready
            if self.facts.asleep_by is None and now >= ready:
                while self.runs and self.runs[0][0] <= now:
                    due, length = self.runs.pop(0)
                    self.told.append(f"{now:%a %d %H:%M:%S}  the run of {due:%H:%M:%S} begins" + (", late" if now > due else ""))
                    busy_until = max(busy_until, now + length)
                self.facts = replace(self.facts, next_run_at=self.runs[0][0] if self.runs else None)
            idle = max(busy_until, ready) if self.facts.asleep_by is None and now >= max(busy_until, ready) else None
            self.facts = replace(self.facts, now=now, idle_since=idle)
            decision = decide(self.facts)
            if decision.action is not Action.STAY:
                then = f"; then {decision.next.type} at {decision.next.at:%a %d %H:%M:%S}" if decision.next else ""
                self.told.append(f"{now:%a %d %H:%M:%S}  {decision.action}: {decision.reason}{then}")
                falls = decision.action is Action.SLEEP
                self.facts = replace(
                    self.facts,
                    asleep_by=decision.cause,
                    asleep_since=now if falls else None,
                    woken_at=self.facts.woken_at if falls else now,
                )
                ready = ready if falls else now + timedelta(seconds=self.facts.wake_seconds)
            now += TICK
        return "\n".join(self.told) + "\n"

    def _act(self, act: str, now: datetime) -> None:
        if act == "a visit":
            self.facts = replace(self.facts, asleep_by=None, asleep_since=None, woken_at=now)
        elif word := re.fullmatch(r"somebody wants it (awake|asleep) until (.+)", act):
            sleeps = word[1] == "asleep"
            override = HibernationOverride(sleeps, _time(word[2]))
            woken = self.facts.woken_at if sleeps else now
            self.facts = replace(self.facts, override=override, asleep_by=SleepCause.OVERRIDE if sleeps else None, woken_at=woken)
        else:
            raise AssertionError(f"nobody knows how to `{act}`")


def read(script: str) -> Story:
    story = Story()
    for line in script.splitlines():
        if span := re.fullmatch(r"from (.+) to (.+)", line):
            story.start, story.end = _time(span[1]), _time(span[2])
        elif wake := re.fullmatch(r"wakes in (\d+) s", line):
            story.facts = replace(story.facts, wake_seconds=float(wake[1]))
        elif times := re.fullmatch(r"schedule (.+?) / (.+?) / (.+)", line):
            schedule = HibernationSchedule(times[1], times[2], is_enabled=True, time_zone=times[3])
            story.facts = replace(story.facts, schedules=(*story.facts.schedules, schedule))
        elif idle := re.fullmatch(r"idle after (\d+) min", line):
            story.facts = replace(story.facts, idle=IdleRule(is_enabled=True, after_minutes=int(idle[1])))
        elif run := re.fullmatch(r"run daily at (\d\d):(\d\d) for (\d+) min", line):
            story.runs += _daily(story, int(run[1]), int(run[2]), int(run[3]))
        elif act := re.fullmatch(r"at (.+?): (.+)", line):
            story.acts[_time(act[1])] = act[2]
        else:
            assert not line or line.startswith("#"), f"nobody understands `{line}`"
    story.runs.sort()
    return story


def _daily(story: Story, hour: int, minute: int, minutes: int) -> list[tuple[datetime, timedelta]]:
    days = (story.start.replace(hour=hour, minute=minute) + timedelta(days=day) for day in range((story.end - story.start).days + 2))
    return [(day, timedelta(minutes=minutes)) for day in days if day >= story.start]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("story", STORIES, ids=[story.stem for story in STORIES])
def test_the_story_is_told_as_before(story: pathlib.Path) -> None:
    script, _, told = story.read_text().partition(RULE)
    if os.environ.get("ORRERY_GOLDEN") == "write":
        story.write_text(script + RULE + read(script).tell())
        return
    assert read(script).tell() == told
