"""What a Deployment's Airflow asks: who is this token, and who was given this link. Only a redemption comes without a token."""

from typing import Any

from orrery.api import airflow_access
from orrery.api.entrance import resolver, serve

PREFIX = "/airflow/v1"

# Airflow itself asks, with its caller's token and from its own address.
_access = serve(resolver(airflow_access.access, prefix=PREFIX), from_anywhere=True)
_redemptions = serve(resolver(airflow_access.redemptions, prefix=PREFIX), authenticate=None)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    door = _redemptions if event["rawPath"].startswith(f"{PREFIX}/handovers/") else _access
    return door(event, context)
