"""What if: a recorded day replayed under other terms, and advice out of the recorded days; ours, beyond the wire we share."""

from datetime import UTC, datetime, timedelta

from orrery import demand_records
from orrery.api.entrance import Caller, routes
from orrery.api.wire.scaling import QueueReplay, ReplayScalingRequest, ScalingAdvice, ScalingAdviceList, ScalingReplay
from orrery.authz.permissions import Permission
from orrery.errors import Invalid
from orrery.hypervisor import advice, replay
from orrery.hypervisor.fleet import Style
from orrery.hypervisor.replay import Outcome, Terms
from orrery.model.demand_record import KEPT, Recorded
from orrery.model.span import Span
from orrery.store import deployments

router = routes()
ITEM = "/organizations/<organizationId>/deployments/<deploymentId>"

LONGEST = timedelta(days=1)
"""The most that is replayed at once."""
MOST = 150_000
"""Plans and tasks of one replay: what a function works off in a third of its time."""
ADVISED = timedelta(days=7)
"""How far back advice looks at bounds; styles are compared on the last day."""


@router.post(
    f"{ITEM}/scaling-replays", operation_id="ReplayScaling", summary="Replay recorded demand under other terms", tags=["Deployment"]
)
def replay_scaling(organizationId: str, deploymentId: str, body: ReplayScalingRequest, caller: Caller) -> ScalingReplay:
    """What a recorded day would have cost in another style; nothing is changed by it."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_METRICS_GET)
    span = _span(body, datetime.now(UTC))
    found, end, own = demand_records.read(deployment.cluster_id, deploymentId, span), _end(span), Style(deployment.scaling_style)
    _refuse_too_much(found, end)
    asked = Terms(Style(body.style), body.start_seconds, body.min_worker_count, body.max_worker_count)
    lines: list[tuple[str, tuple[Outcome, Outcome, Outcome]]] = [
        (name, (replay.recorded(samples, end), replay.replay(samples, end, Terms(own)), replay.replay(samples, end, asked)))
        for name, samples in found.queues.items()
    ]
    total = [replay.together(outcomes[place] for _, outcomes in lines) for place in range(3)]
    return ScalingReplay(
        start_date=span.first,
        end_date=span.last,
        recorded_seconds=round(found.seconds, 1),
        style=body.style,
        baseline_style=deployment.scaling_style,
        total=QueueReplay.of("", *total),
        queues=[QueueReplay.of(name, *outcomes) for name, outcomes in lines],
    )


@router.get(f"{ITEM}/scaling-advice", operation_id="GetScalingAdvice", summary="Get right-sizing advice", tags=["Deployment"])
def get_scaling_advice(organizationId: str, deploymentId: str, caller: Caller) -> ScalingAdviceList:
    """What the last week says about each queue's bounds and size, and the last day about the style, with the saving in worker-hours."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_METRICS_GET)
    now = datetime.now(UTC)
    week = Span(now - ADVISED, now)
    found, end = demand_records.read(deployment.cluster_id, deploymentId, week), _end(week)
    told = [each for name, samples in found.queues.items() for each in advice.on_queue(name, samples, end)]
    told += _on_style(_since(found, (now - LONGEST).timestamp()), end, Style(deployment.scaling_style))
    return ScalingAdviceList(
        start_date=week.first,
        end_date=week.last,
        recorded_seconds=round(found.seconds, 1),
        advice=[ScalingAdvice.of(each) for each in told],
    )


def _on_style(day: Recorded, end: float, own: Style) -> tuple[advice.Advice, ...]:
    """Nothing about a day that is too much to replay, or of which too little is known."""
    if day.seconds < advice.LEAST_SECONDS or sum(replay.work(samples, end) for samples in day.queues.values()) > MOST:
        return ()
    outcomes = {style: replay.together(replay.replay(samples, end, Terms(style)) for samples in day.queues.values()) for style in Style}
    return advice.on_style(own, outcomes, day.seconds)


def _since(found: Recorded, start: float) -> Recorded:
    queues = {name: tuple(each for each in samples if each.at >= start) for name, samples in found.queues.items()}
    covered = tuple((max(first, start), last) for first, last in found.covered if last > start)
    return Recorded({name: samples for name, samples in queues.items() if samples}, covered)


def _span(body: ReplayScalingRequest, now: datetime) -> Span:
    """The time that is meant; `Invalid` names what contradicts or is not kept."""
    if body.day and (body.start_date or body.end_date):
        raise Invalid.field("day", "cannot stand beside `startDate` and `endDate`; give one of them")
    day = body.day or None if body.start_date or body.end_date else body.day or f"{now - LONGEST:%Y-%m-%d}"
    span = Span.asked(day or body.start_date, day or body.end_date, usual=LONGEST, now=now).within(datetime.min.replace(tzinfo=UTC), now)
    if span.first >= span.last:
        raise Invalid.field("day" if day else "startDate", "lies in the future; only what was recorded can be replayed")
    if span.last - span.first > LONGEST:
        raise Invalid.field("startDate", "is more than a day before `endDate`; replay each day by itself")
    if span.first < now - KEPT - LONGEST:
        raise Invalid.field("day" if day else "startDate", "is more than 30 days ago; demand is recorded for 30 days")
    return span


def _refuse_too_much(found: Recorded, end: float) -> None:
    if sum(replay.work(samples, end) for samples in found.queues.values()) > MOST:
        raise Invalid.field("startDate", "begins more than can be replayed at once; ask for less time")


def _end(span: Span) -> float:
    return span.last.timestamp()
