"""An operator's word that more of a cluster's Deployments may be deleted than the guard on destruction lets go by itself, invoked by hand:

aws lambda invoke --function-name orrery-allow_removals --cli-binary-format raw-in-base64-out \\
    --payload '{"cluster": "c...", "more": 50, "hours": 2, "reason": "team x moves out"}' out.json
"""

from typing import Any

from orrery.provisioning import guard


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`more` Deployments within so many `hours` (24 at most); a dedicated cluster's `organization` is named too."""
    return guard.allow(
        str(event.get("cluster", "")),
        more=event.get("more", 0),
        hours=event.get("hours", 1),
        reason=str(event.get("reason", "")),
        organization=str(event.get("organization", "")),
    )
