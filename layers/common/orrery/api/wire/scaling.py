"""Replays and advice on the wire: what another style would have cost, and what the recorded days say about a Deployment's queues."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from orrery.api.wire.base import Integer, Request, Response, Timestamp, one_of
from orrery.model.scaling import AdviceKind, Style

if TYPE_CHECKING:
    from orrery.hypervisor.advice import Advice
    from orrery.hypervisor.replay import Outcome, Told
    from orrery.hypervisor.what_if import Comparison

_MOST_TOLD = 200
"""Decisions of a replay that are shown: the first ones."""
_HOUR = 3600


class ReplayScalingRequest(Request):
    """Which recorded time to replay, a day at most, and under which terms."""

    day: Annotated[str, Field(max_length=10)] | None = Field(None, description="A day in UTC, such as `2026-03-16`; else yesterday.")
    start_date: Annotated[str, Field(max_length=100)] | None = Field(None, description="In place of `day`: a time with its zone.")
    end_date: Annotated[str, Field(max_length=100)] | None = None
    style: Style = Field(description="BALANCED or ECONOMY.")
    start_seconds: Annotated[Integer, Field(ge=1, le=3600)] | None = Field(None, description="If a worker took so long to start.")
    min_worker_count: Annotated[Integer, Field(ge=0, le=1000)] | None = Field(None, description="If every queue kept so many.")
    max_worker_count: Annotated[Integer, Field(ge=1, le=1000)] | None = Field(None, description="If every queue might have so many.")


class ScalingOutcome(Response):
    """What workers cost and how tasks fared."""

    worker_hours: float
    launches: int
    peak_workers: int
    tasks: int
    task_hours: float
    waited_seconds: Annotated[float, Field(description="Task-seconds spent waiting for a worker.")]
    wait_p50_seconds: float
    wait_p99_seconds: float

    @classmethod
    def of(cls, outcome: "Outcome") -> "ScalingOutcome":
        return cls(
            worker_hours=round(outcome.worker_seconds / _HOUR, 3),
            launches=outcome.launches,
            peak_workers=outcome.most_workers,
            tasks=outcome.tasks,
            task_hours=round(outcome.task_seconds / _HOUR, 3),
            waited_seconds=round(outcome.waited, 1),
            wait_p50_seconds=round(outcome.wait(0.5), 1),
            wait_p99_seconds=round(outcome.wait(0.99), 1),
        )


class ReplayedDecision(Response):
    decided_at: Timestamp
    action: str
    cause: str
    current: int
    target: int
    reason: str

    @classmethod
    def of(cls, told: "Told") -> "ReplayedDecision":
        at = datetime.fromtimestamp(told.at, UTC)
        return cls(decided_at=at, action=told.action, cause=told.cause, current=told.current, target=told.target, reason=told.reason)


class QueueReplay(Response):
    """One queue: what really happened, the same time replayed as it was set, and replayed under the terms that were asked for."""

    queue: Annotated[str, Field(description="Empty for all queues together.")]
    recorded: ScalingOutcome
    baseline: ScalingOutcome
    replayed: ScalingOutcome
    saved_worker_hours: Annotated[float, Field(description="Baseline less replayed: of two replays, so that their own error drops out.")]
    decision_count: int
    decisions: Annotated[list[ReplayedDecision], Field(description=f"The first {_MOST_TOLD} launches and drains of the replay.")]

    @classmethod
    def of(cls, compared: "Comparison") -> "QueueReplay":
        saved = compared.baseline.worker_seconds - compared.replayed.worker_seconds
        return cls(
            queue=compared.queue,
            recorded=ScalingOutcome.of(compared.recorded),
            baseline=ScalingOutcome.of(compared.baseline),
            replayed=ScalingOutcome.of(compared.replayed),
            saved_worker_hours=round(saved / _HOUR, 3),
            decision_count=len(compared.replayed.decisions),
            decisions=[ReplayedDecision.of(told) for told in compared.replayed.decisions[:_MOST_TOLD]],
        )


class ScalingReplay(Response):
    start_date: Timestamp
    end_date: Timestamp
    recorded_seconds: Annotated[float, Field(description="How much of that time was recorded; nothing is known of the rest.")]
    style: Style
    baseline_style: Annotated[Style, Field(description="The style that the Deployment has now.")]
    total: QueueReplay
    queues: list[QueueReplay]


class ScalingAdvice(Response):
    """A change to one setting, and what it would save."""

    queue: Annotated[str, Field(description="Empty when it is about the whole Deployment.")]
    kind: Annotated[str, one_of(*AdviceKind)]
    current: str
    proposed: str
    saved_worker_hours_per_week: Annotated[float, Field(description="Negative when it costs.")]
    reason: str

    @classmethod
    def of(cls, advice: "Advice") -> "ScalingAdvice":
        return cls(
            queue=advice.queue,
            kind=advice.kind,
            current=advice.current,
            proposed=advice.proposed,
            saved_worker_hours_per_week=advice.saved,
            reason=advice.reason,
        )


class ScalingAdviceList(Response):
    """From what was recorded in the last days; nothing when that is too little."""

    start_date: Timestamp
    end_date: Timestamp
    recorded_seconds: float
    advice: list[ScalingAdvice]
