"""How a saga ended, written to the Deployment's record; each may be written twice, and a generation that is settled stays as it is."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from orrery import component_logs, releases
from orrery.model.deployment import Deployment
from orrery.provisioning.trouble import words
from orrery.store import deployments, environment, removals, tokens, writes

Error = Mapping[str, str]
Mark = Callable[[Deployment, Error], None]


def mark_ready(deployment: Deployment, error: Error) -> None:
    """It runs as wanted. Kept as good first: a crash between the two writes leaves the generation open, and the mark is made again."""
    if not deployment.is_settled:
        ready = deployment.succeeded(datetime.now(UTC))
        deployments.keep_good(ready)
        deployments.settle(ready)
    if environment.behind([deployment]):  # it changed while this saga was bringing what there was before
        environment.mark_undelivered(deployment, datetime.now(UTC))


def mark_failed(deployment: Deployment, error: Error) -> None:
    """It could not be created and nothing of it is left."""
    writes.commit(removals.displaced(deployment))
    if not deployment.is_settled:
        deployments.settle(deployment.failed(f"it could not be created: {words(error)}"))


def mark_fell_back(deployment: Deployment, error: Error) -> None:
    """The new settings did not come to run; the last good ones do."""
    if not deployment.is_settled:
        deployments.settle(deployment.failed(f"its new settings could not be applied and the last good ones are in force: {words(error)}"))


def mark_asleep(deployment: Deployment, error: Error) -> None:
    """Drained and stopped. What was good stays what ran last: a failed awakening falls back to that."""
    if not deployment.is_settled:
        deployments.settle(deployment.succeeded())


def mark_stuck(deployment: Deployment, error: Error) -> None:
    """This attempt gave up; the generation stays open, and the sweeper starts the next."""
    if not deployment.is_settled:
        deployments.settle(deployment.stuck(words(error)))


def forget(deployment: Deployment, error: Error) -> None:
    """Nothing is left of it anywhere: its tokens end, its code, logs and environment go, then its record and every name it held."""
    tokens.end(deployment.organization_id, deployment.id)
    releases.remove(deployment.id)
    component_logs.remove(deployment.id)
    environment.forget(deployment.organization_id, deployment.id)
    deployments.forget(deployment)


MARKS: Mapping[str, Mark] = {mark.__name__: mark for mark in (mark_ready, mark_failed, mark_fell_back, mark_asleep, mark_stuck, forget)}
