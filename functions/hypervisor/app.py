"""The hypervisor's tick, a step at a time.

{"step": "look_at_sleep"} sends to sleep and wakes, {"step": "list_shards"} names the shards, {"step": "plan_shard", "shard": "<cluster>"}
plans one of them.
"""

from typing import Any

from aws_lambda_powertools import Logger
from orrery.hypervisor import execute

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["step"] == "look_at_sleep":
        return {"looked": execute.look_at_sleep()}
    if event["step"] == "list_shards":
        return {"shards": execute.list_shards()}
    done = execute.plan_shard(event["shard"])
    if done["recorded"]:
        logger.info("planned", extra=done)
    return done
