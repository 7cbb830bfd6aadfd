"""From a goal to steps, for every queue there can be."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from agent.steps import Verb, towards
from agent.world import CORDONED, DRAINING, RUNNING, STARTING, Member, QueueView

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@st.composite
def members(draw: st.DrawFn) -> Member:
    state = draw(st.sampled_from([STARTING, RUNNING, CORDONED, DRAINING]))
    busy = draw(st.integers(0, 3)) if state != STARTING else 0
    quiet = draw(st.integers(0, 3)) if not busy and state != STARTING else 0
    return Member("w", state, draw(st.booleans()), busy, NOW if quiet else None, quiet, draw(st.sampled_from([5.0, 301.0])))


@st.composite
def queues(draw: st.DrawFn) -> QueueView:
    floor = draw(st.integers(0, 3))
    seen = draw(st.lists(members(), max_size=8))
    named = tuple(Member(**{**vars(member), "id": f"w{number}"}) for number, member in enumerate(seen))
    running = sum(member.busy for member in named)
    return QueueView("default", draw(st.integers(0, 9)), running, floor, draw(st.integers(floor, 6)), 5, named)


goals = st.integers(0, 8)


@given(queues(), goals)
def test_only_a_cordoned_worker_that_was_seen_quiet_twice_or_one_that_never_came_up_is_told_to_end(queue: QueueView, goal: int) -> None:
    there = {member.id: member for member in queue.members}
    for step in towards(goal, queue):
        if step.verb is Verb.DRAIN:
            member = there[step.worker]
            assert not member.busy
            assert (member.state == CORDONED and member.quiet >= 2) or (member.state == STARTING and member.age > 300)


@given(queues(), goals)
def test_a_busy_worker_is_cordoned_only_above_the_ceiling_or_to_renew_it(queue: QueueView, goal: int) -> None:
    there = {member.id: member for member in queue.members}
    busy = [there[step.worker] for step in towards(goal, queue) if step.verb is Verb.CORDON and there[step.worker].idle_since is None]
    over = max(0, len(queue.serving) - queue.ceiling)
    assert len(busy) <= max(over, 1)
    assert len(busy) <= over or not busy[0].is_current


@given(queues(), goals)
def test_no_worker_is_told_two_things(queue: QueueView, goal: int) -> None:
    told = [step.worker for step in towards(goal, queue) if step.worker]
    assert len(told) == len(set(told))


@given(queues(), goals)
def test_exactly_what_is_missing_is_taken_back_or_launched(queue: QueueView, goal: int) -> None:
    steps = towards(goal, queue)
    more = sum(step.verb in (Verb.LAUNCH, Verb.UNCORDON) for step in steps)
    assert more == max(0, goal - len(queue.serving))
    able = sum(member.state == CORDONED and member.is_current for member in queue.members)
    launches = sum(step.verb is Verb.LAUNCH for step in steps)
    assert launches == max(0, more - able)


@given(queues(), goals)
def test_never_more_are_cordoned_than_are_too_many(queue: QueueView, goal: int) -> None:
    cordons = sum(step.verb is Verb.CORDON for step in towards(goal, queue))
    assert cordons <= max(len(queue.serving) - goal, 1)
