"""What can be told to be unwise of a Deployment from what was asked for alone, whichever home it has."""

from collections.abc import Iterator

from orrery.model import runtime
from orrery.model.deployment import Deployment
from orrery.model.incident import Incident, Severity

_SCHEDULES = "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE"
_OFF = ("false", "f", "0")
"""What Airflow takes for no."""


def of(deployment: Deployment) -> Iterator[Incident]:
    """As incidents that began when it was asked for."""
    for variable in deployment.environment:
        if variable.key == _SCHEDULES and not variable.is_secret and variable.value.strip().lower() in _OFF:
            told = f"no DAG runs by its schedule, because `{_SCHEDULES}` is `{variable.value.strip()}`"
            yield Incident("JOB_SCHEDULING_DISABLED", Severity.WARNING, "scheduler", told, variable.updated_at)
    newest, *others = (release.version for release in runtime.offered())
    if deployment.runtime_version not in (newest, *others):
        told = f"runtime `{deployment.runtime_version}` is offered no more; the newest is `{newest}`"
        yield Incident("DEPRECATED_RUNTIME_VERSION", Severity.WARNING, "runtime", told, deployment.created_at)
