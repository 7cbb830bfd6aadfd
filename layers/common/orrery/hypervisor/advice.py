"""Right-sizing: what a queue's recorded days say about its bounds, its workers' size and its style, with what a change would save. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orrery.hypervisor.replay import Outcome
from orrery.model.demand_record import Sample, spans
from orrery.model.scaling import AdviceKind, Style

LEAST_SECONDS = 6 * 3600.0
"""What must have been recorded before any advice is given."""
USED = 0.1
"""A worker that is kept ready pays if it has tasks for this share of the time."""
OFTEN = 0.02
"""Share of the time at which a ceiling is in the way."""
WORTH = 0.05
"""A change of style is worth telling when it saves this share of the worker-hours."""
_WEEK, _HOUR = 7 * 86_400.0, 3600.0


@dataclass(frozen=True)
class Advice:
    """A change to one setting; `saved` in worker-hours a week, negative when it costs."""

    queue: str
    """Empty when it is about the whole Deployment."""
    kind: AdviceKind
    current: str
    proposed: str
    saved: float
    reason: str


def on_queue(name: str, samples: Sequence[Sample], end: float) -> tuple[Advice, ...]:
    """Advice on one queue, from its samples until `end`; nothing when too little was recorded. Bounds are those of the last sample."""
    seconds = end - samples[0].at if samples else 0.0
    if seconds < LEAST_SECONDS or not samples[-1].ceiling:
        return ()
    needs = _needs(samples, end)
    found = (_floor(name, samples[-1], needs, seconds), _ceiling(name, samples[-1], needs, seconds), _concurrency(name, samples, needs))
    return tuple(advice for advice in found if advice)


def on_style(style: Style, outcomes: Mapping[Style, Outcome], seconds: float) -> tuple[Advice, ...]:
    """Whether the other style would do, from one recorded span replayed under both."""
    mine, (other,) = outcomes[style], [each for each in outcomes if each is not style]
    theirs = outcomes[other]
    saved = (mine.worker_seconds - theirs.worker_seconds) / _HOUR * _WEEK / seconds if seconds else 0.0
    waits = f"of 100 tasks 99 wait {mine.wait(0.99):.0f} s at most, and would wait {theirs.wait(0.99):.0f} s"
    if mine.worker_seconds and theirs.worker_seconds <= mine.worker_seconds * (1 - WORTH):
        share = 100 * (1 - theirs.worker_seconds / mine.worker_seconds)
        reason = f"the recorded time replayed in {other.value} takes {share:.0f} % fewer worker-hours; {waits}"
        return (Advice("", AdviceKind.STYLE, style.value, other.value, round(saved, 1), reason),)
    if (
        style is Style.ECONOMY
        and theirs.wait(0.99) * 2 < mine.wait(0.99)
        and -saved * seconds / _WEEK * _HOUR < WORTH * mine.worker_seconds
    ):
        reason = f"waiting longer saves next to nothing here; {waits}"
        return (Advice("", AdviceKind.STYLE, style.value, other.value, round(saved, 1), reason),)
    return ()


def _needs(samples: Sequence[Sample], end: float) -> Counter[int]:
    """Seconds for which so many workers were needed, whatever the bounds."""
    needs: Counter[int] = Counter()
    for sample, until in spans(samples, end):
        needs[-(-sample.active // sample.concurrency)] += round(until - sample.at)
    return needs


def _floor(name: str, now: Sample, needs: Counter[int], seconds: float) -> Advice | None:
    """A worker that is kept ready and hardly ever has a task."""
    used = [sum(time for need, time in needs.items() if need >= worker) / seconds for worker in range(1, now.floor + 1)]
    proposed = sum(share >= USED for share in used)
    if proposed >= now.floor:
        return None
    kept = sum(time * (max(now.floor, need) - max(proposed, need)) for need, time in needs.items())
    reason = (
        f"at least {now.floor} are kept running, and more than {proposed} had tasks for {100 * used[proposed]:.1f} % of the time; "
        f"tasks beyond them would wait {now.start:.0f} s for a worker when nobody could foretell them"
    )
    return Advice(name, AdviceKind.FLOOR, str(now.floor), str(proposed), round(kept / _HOUR * _WEEK / seconds, 1), reason)


def _ceiling(name: str, now: Sample, needs: Counter[int], seconds: float) -> Advice | None:
    """Too low for what comes, or so high that it bounds nothing."""
    most, ceiling = max(needs), now.ceiling
    over = sum(time for need, time in needs.items() if need > ceiling) / seconds
    if over >= OFTEN:
        wanted = _reached(needs, 0.99 * seconds)
        more = sum(time * (min(need, wanted) - min(need, ceiling)) for need, time in needs.items() if need > ceiling)
        told = f"more than {ceiling} were needed for {100 * over:.1f} % of the time, up to {most}"
        reason = f"{told}; tasks wait although workers could be started"
        return Advice(name, AdviceKind.CEILING_REACHED, str(ceiling), str(wanted), -round(more / _HOUR * _WEEK / seconds, 1), reason)
    proposed = max(now.floor, most + max(1, most // 2), 1)
    if proposed * 2 <= ceiling:
        reason = f"never more than {most} were needed; a lower ceiling saves nothing on an ordinary day and bounds what a mistake can cost"
        return Advice(name, AdviceKind.CEILING_UNUSED, str(ceiling), str(proposed), 0.0, reason)
    return None


def _reached(needs: Counter[int], seconds: float) -> int:
    """As many workers as were enough for so many seconds."""
    so_far = 0
    for need in sorted(needs):
        so_far += needs[need]
        if so_far >= seconds:
            return need
    return max(needs)


def _concurrency(name: str, samples: Sequence[Sample], needs: Counter[int]) -> Advice | None:
    """Workers that could take many tasks and never have more than a few."""
    most, now = max(sample.active for sample in samples), samples[-1]
    if not most or max(needs) > 1 or most * 2 > now.concurrency:
        return None
    reason = f"a worker takes {now.concurrency} tasks and never had more than {most}: a smaller machine would do, in as many worker-hours"
    return Advice(name, AdviceKind.CONCURRENCY, str(now.concurrency), str(most), 0.0, reason)
