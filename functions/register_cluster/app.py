"""A standard cluster is registered, or registered anew under the same name; invoked by hand (docs/registering-a-cluster.md):

aws lambda invoke --function-name orrery-register_cluster --cli-binary-format raw-in-base64-out --payload file://cluster.json out.json
"""

from typing import Any

from orrery.provisioning import registering


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return registering.register(event)
