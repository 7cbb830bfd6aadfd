"""What is shown of Deployments: each with what lies beside it, gathered in one batch."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orrery.api.wire.deployments import Deployment, Seen
from orrery.model import deployment as model
from orrery.model.deployment import Health, Observed
from orrery.store import surroundings
from orrery.store.surroundings import Surroundings

FRESH = timedelta(seconds=60)
"""What an agent told longer ago is no knowledge any more."""


def render(found: Sequence[model.Deployment]) -> list[Deployment]:
    """Deployments as they go over the wire."""
    beside, now = surroundings.around(found), datetime.now(UTC)
    return [Deployment.of(_seen(each, beside[each.id], now)) for each in found]


def _seen(deployment: model.Deployment, beside: Surroundings, now: datetime) -> Seen:
    return Seen(
        deployment=deployment,
        observed=_as_of(now, beside.heard, beside.observed),
        release=beside.release,
        cluster=beside.cluster,
        workspace_name=beside.workspace_name,
        now=now,
    )


def one(deployment: model.Deployment) -> Deployment:
    """One Deployment as it goes over the wire."""
    return render([deployment])[0]


def _as_of(now: datetime, heard: datetime | None, last: Observed) -> Observed:
    """What was observed, as far as it can still be believed."""
    if heard is None:
        return replace(last, health=Health.UNKNOWN, reason="its cluster's agent has not reported yet", incidents=())
    if now - heard > FRESH:
        reason = f"its cluster's agent has been silent since {heard:%Y-%m-%d %H:%M:%S} UTC"
        return replace(last, health=Health.UNKNOWN, reason=reason, incidents=())
    return last
