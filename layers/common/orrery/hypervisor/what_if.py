"""Questions about a Deployment's recorded time, over all of its queues: what would it have cost, and what should be set otherwise. Pure."""

from dataclasses import dataclass

from orrery.errors import Invalid
from orrery.hypervisor import advice, replay
from orrery.hypervisor.replay import Outcome, Terms
from orrery.model.demand_record import Recorded
from orrery.model.scaling import Style

MOST = 150_000
"""Plans and tasks of one replay: what a function works off in a third of its time."""


@dataclass(frozen=True)
class Comparison:
    """One queue: as it was, replayed as it is set, and replayed under other terms."""

    queue: str
    recorded: Outcome
    baseline: Outcome
    replayed: Outcome


def compare(found: Recorded, end: float, *, own: Terms, asked: Terms) -> tuple[Comparison, ...]:
    """All queues together, under an empty name, and then each; `Invalid` when it is too much to work off at once."""
    if _work(found, end) > MOST:
        raise Invalid.field("startDate", "begins more than can be replayed at once; ask for less time")
    each = [
        Comparison(name, replay.recorded(samples, end), replay.replay(samples, end, own), replay.replay(samples, end, asked))
        for name, samples in found.queues.items()
    ]
    together = (replay.together([getattr(one, name) for one in each]) for name in ("recorded", "baseline", "replayed"))
    return (Comparison("", *together), *each)


def advise(found: Recorded, end: float, style: Style, *, compared: float) -> tuple[advice.Advice, ...]:
    """What all the time says about each queue, and its last `compared` seconds about the style."""
    told = [each for name, samples in found.queues.items() for each in advice.on_queue(name, samples, end)]
    return (*told, *_on_style(_since(found, end - compared), end, style))


def _on_style(found: Recorded, end: float, own: Style) -> tuple[advice.Advice, ...]:
    """Nothing about time that is too much to replay, or of which too little is known."""
    if found.seconds < advice.LEAST_SECONDS or _work(found, end) > MOST:
        return ()
    queues = found.queues.values()
    outcomes = {style: replay.together(replay.replay(samples, end, Terms(style)) for samples in queues) for style in Style}
    return advice.on_style(own, outcomes, found.seconds)


def _since(found: Recorded, start: float) -> Recorded:
    """The part from then on, beginning with how each queue stood."""
    queues = {}
    for name, samples in found.queues.items():
        before = [each._replace(at=start) for each in samples if each.at <= start][-1:]
        queues[name] = (*before, *(each for each in samples if each.at > start))
    return Recorded(queues, tuple((max(first, start), last) for first, last in found.covered if last > start))


def _work(found: Recorded, end: float) -> int:
    return sum(replay.work(samples, end) for samples in found.queues.values())
