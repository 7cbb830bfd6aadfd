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
def test_no_busy_worker_is_closed_while_an_idle_one_stays_open(queue: QueueView, goal: int) -> None:
    closed = {step.worker for step in towards(goal, queue) if step.verb is Verb.CORDON and "older" not in step.reason}
    running = [member for member in queue.members if member.state == RUNNING]
    busy = any(member.busy and member.id in closed for member in running)
    assert not (busy and any(not member.busy and member.id not in closed for member in running))


def worker(name: str, state: str, frees_in: float, busy: int = 1) -> Member:
    return Member(name, state, True, busy, None, 0, 60.0, frees_in)


def told(goal: int, *members: Member) -> list[tuple[Verb, str]]:
    running = sum(member.busy for member in members)
    return [(step.verb, step.worker) for step in towards(goal, QueueView("default", 0, running, 0, 9, 5, members))]


def test_the_worker_that_is_empty_soonest_is_closed_first() -> None:
    assert told(1, worker("short", RUNNING, 20, busy=4), worker("long", RUNNING, 900)) == [(Verb.CORDON, "short")]


def test_a_cordoned_worker_that_lasts_much_longer_takes_the_place_of_an_open_one() -> None:
    assert told(1, worker("open", RUNNING, 20), worker("longer", CORDONED, 45)) == []
    assert told(1, worker("open", RUNNING, 20), worker("longest", CORDONED, 55)) == [(Verb.UNCORDON, "longest"), (Verb.CORDON, "open")]


@given(queues(), goals)
def test_no_worker_is_told_two_things(queue: QueueView, goal: int) -> None:
    told = [step.worker for step in towards(goal, queue) if step.worker]
    assert len(told) == len(set(told))


@given(queues(), goals)
def test_exactly_what_is_missing_is_taken_back_or_launched(queue: QueueView, goal: int) -> None:
    steps = towards(goal, queue)
    more = sum(step.verb in (Verb.LAUNCH, Verb.UNCORDON) for step in steps)
    fewer = sum(step.verb is Verb.CORDON and "older" not in step.reason for step in steps)
    starting = sum(member.state == STARTING for member in queue.members)
    assert more - fewer == max(goal, starting) - len(queue.serving)
    able = sum(member.state == CORDONED and member.is_current for member in queue.members)
    launches = sum(step.verb is Verb.LAUNCH for step in steps)
    assert launches == max(0, goal - len(queue.serving) - able)
