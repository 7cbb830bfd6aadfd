"""What an update of a Deployment has to say again, because the API takes all of it."""

from collections.abc import Mapping
from typing import Any

_REQUIRED = (
    "name", "type", "workspaceId", "executor", "schedulerSize", "isCicdEnforced", "isDagDeployEnabled", "isHighAvailability",
)  # fmt: skip


def same(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an update that changes nothing, but for the environment variables, whose secrets the API does not tell."""
    return {name: deployment[name] for name in _REQUIRED}
