"""The sweep: starts again whatever saga was lost, and finishes what was cut short: releases going live, environment objects on their way,
letters that could not be sent at once.

It takes no input and may run at any time, twice at once included: an attempt is claimed by a conditional write before its execution is
started, and an execution's name can be used once. One bad item never stops the rest; it costs its own turn, and waits longer each time.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from orrery import delivery, invitations, mail, releases, workflows
from orrery.errors import StaleGeneration
from orrery.model.deploy import Release
from orrery.model.deployment import Deployment
from orrery.store import deployments, deploys, environment, outbox

log = logging.getLogger(__name__)
T = TypeVar("T")

LOOKS = 1000
"""Items of each kind looked at in one run: those tried least often come first, then the oldest, so what fails again and again is last."""
STARTS = 100
"""Executions started in one run: a data plane that comes back from an outage is not run over."""
LETTERS = 50
"""Mails sent in one run: SES takes one a second of a new account, and a run has two minutes for everything."""
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)


def sweep(now: datetime) -> dict[str, int]:
    """Goes once over all open work; returns how many items came to which end."""
    tally: Counter[str] = Counter()
    lost = sorted(deployments.open_work(now), key=lambda each: (each.attempt, each.updated_at))[:LOOKS]
    _each(lost, lambda deployment: _resume(deployment, now, tally), tally)
    _each(deploys.open_releases(now)[:LOOKS], _publish, tally)
    _each(environment.undelivered(now)[:LOOKS], delivery.carry_out, tally)
    if mail.is_on():
        _each(outbox.due(now)[:LETTERS], lambda letter: invitations.send_again(letter, now), tally)
    return dict(tally)


def pause(attempt: int, status: str) -> timedelta:
    """How long to wait after an attempt: not at all after the first or after one that was cut short, then twice as long each time."""
    if attempt == 1 or status == "ABORTED":
        return timedelta(0)
    return min(FIRST_PAUSE * (1 << min(attempt - 2, 10)), LONGEST_PAUSE)


def _each(items: Iterable[T], do: Callable[[T], str], tally: Counter[str]) -> None:
    for item in items:
        try:
            tally[do(item)] += 1
        except StaleGeneration:
            tally["settled meanwhile"] += 1
        except Exception:  # whatever is wrong with one item, the others have their turn
            log.exception("could not sweep one %s", type(item).__name__.lower())
            tally["broken"] += 1


def _resume(deployment: Deployment, now: datetime, tally: Counter[str]) -> str:
    if tally["started"] >= STARTS:
        return "left for the next run"
    execution = workflows.describe(deployment.workflow, deployment)
    if execution is None:
        return _start(deployment)
    if execution.ended_at is None:
        return "running"
    if now < execution.ended_at + pause(deployment.attempt, execution.status):
        return "waiting"
    return _start(deployments.retry(deployment))


def _start(deployment: Deployment) -> str:
    log.info("starting %s for %s, attempt %s", deployment.workflow, deployment.id, deployment.attempt)
    return "started" if workflows.start(deployment.workflow, deployment) else "not started"


def _publish(release: Release) -> str:
    releases.publish(release)
    deploys.mark_published(replace(release, published=release.sequence))
    return "published"
