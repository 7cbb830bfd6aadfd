"""One step of a state machine: {"step", "organization", "deployment", "generation"}, and for a turn back the "error" that led there.

A cluster's saga names the "cluster" instead of an Organization and a Deployment.

The class of what a step raises is the error's name in the state machine. Anything that is not one of ours is renamed, and only its kind and
place are logged: a message from the inside may quote a secret, and neither the history, the log nor the customer may see one.
"""

import traceback
from typing import Any

from aws_lambda_powertools import Logger
from orrery import dataplane
from orrery.errors import DataPlaneFailed, Error
from orrery.provisioning import cluster_steps, steps

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    step = event["step"]
    logger.append_keys(**{name: event[name] for name in ("step", "cluster", "deployment", "generation") if name in event})
    try:
        _of_a_cluster(event) if "cluster" in event else _of_a_deployment(event)
    except Error as refusal:
        logger.info("did not finish", extra={"error": type(refusal).__name__, "reason": refusal.message})
        raise
    except Exception as broken:
        logger.error("broke", extra={"error": type(broken).__name__, "place": traceback.format_tb(broken.__traceback__)[1:]})
        raise DataPlaneFailed(f"an internal error stopped `{step}`; the log of request {context.aws_request_id} tells more") from None
    return {"step": step}


def _of_a_deployment(event: dict[str, Any]) -> None:
    saga = steps.Saga(event["organization"], event["deployment"], event["generation"], event.get("error", {}))
    steps.run(event["step"], saga, connect=dataplane.connect)


def _of_a_cluster(event: dict[str, Any]) -> None:
    cluster_steps.run(event["step"], event["cluster"], event["generation"], event.get("error", {}), connect=dataplane.clusters)
