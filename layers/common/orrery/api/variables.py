"""Environment variables out of a request. A secret is sealed before it is kept; sent without a value it stays what it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from orrery import vault
from orrery.api.problems import Problems
from orrery.api.wire.deployment_requests import DeploymentEnvironmentVariableRequest
from orrery.model import offer
from orrery.model.deployment import EnvironmentVariable

Variables = tuple[EnvironmentVariable, ...]
_SEAL = 300
"""Bytes that a seal adds to a secret in the Deployment's row: the data key, a nonce and a tag."""


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
    if sum(_weight(each, before) for each in found) > offer.ENVIRONMENT_BYTES:
        problems.add("environmentVariables", f"may have at most {offer.ENVIRONMENT_BYTES // 1024} KiB together", "TOO_LARGE")
    return found


def sealed(found: Variables, before: Variables, *, organization: str, deployment: str) -> Variables:
    """The same variables with every new secret sealed for this Deployment; those that stayed are sealed already."""
    fresh = {each.key: each.value for each in found if each.is_secret and each not in before}
    seals = vault.seal(fresh, organization=organization, deployment=deployment)
    return tuple(replace(each, value=seals[each.key]) if each.key in seals else each for each in found)


def _weight(variable: EnvironmentVariable, before: Variables) -> int:
    """Bytes in the Deployment's row."""
    size = len(variable.key) + len(variable.value.encode())
    return size * 4 // 3 + _SEAL if variable.is_secret and variable not in before else size


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
