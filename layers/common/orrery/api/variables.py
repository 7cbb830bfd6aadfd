"""Environment variables out of a request; a secret's value never leaves, so one that is sent without a value stays what it was."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from orrery.api.problems import Problems
from orrery.api.wire.deployment_requests import DeploymentEnvironmentVariableRequest
from orrery.model import offer
from orrery.model.deployment import EnvironmentVariable

Variables = tuple[EnvironmentVariable, ...]


def wanted(asked: Sequence[DeploymentEnvironmentVariableRequest], before: Variables, now: datetime, problems: Problems) -> Variables:
    """The variables that were asked for; a variable that did not change keeps its time."""
    known = {variable.key: variable for variable in before}
    given = [variable.key for variable in asked]
    if len(asked) > offer.VARIABLES:
        problems.add("environmentVariables", f"may hold at most {offer.VARIABLES} variables", "TOO_MANY")
    for place, key in enumerate(given):
        if key in given[:place]:
            problems.add(f"environmentVariables[{place}].key", f"names `{key}` a second time", "DUPLICATE")
    found = tuple(_variable(each, known.get(each.key), now, (f"environmentVariables[{n}]", problems)) for n, each in enumerate(asked))
    if len(json.dumps([(each.key, each.value) for each in found])) > offer.ENVIRONMENT_BYTES:
        problems.add("environmentVariables", f"may have at most {offer.ENVIRONMENT_BYTES // 1024} KiB together", "TOO_LARGE")
    return found


def _variable(
    asked: DeploymentEnvironmentVariableRequest, before: EnvironmentVariable | None, now: datetime, place: tuple[str, Problems]
) -> EnvironmentVariable:
    field, problems = place
    was_secret = before is not None and before.is_secret
    if before and was_secret and asked.is_secret and not asked.value:
        return before
    if not asked.value and asked.is_secret:
        problems.add(f"{field}.value", "is required for a secret that is not there yet", "MISSING")
    if not asked.value and was_secret:
        problems.add(f"{field}.value", "is required when a secret stops being one: what it was is not shown", "MISSING")
    fresh = EnvironmentVariable(asked.key, asked.value or "", asked.is_secret, now)
    return before if before and replace(fresh, updated_at=before.updated_at) == before else fresh
