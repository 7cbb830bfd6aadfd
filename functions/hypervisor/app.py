"""The hypervisor's tick: {"step": "list_shards", "round": 1} names what to plan, and each of the other steps plans one of them.

{"step": "plan_shard", "shard": {...}} plans the workers of one shard, {"step": "plan_nodes", "cluster": "<id>"} the nodes of one cluster.
"""

from typing import Any

from aws_lambda_powertools import Logger
from orrery.hypervisor import execute

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["step"] == "list_shards":
        return {"shards": execute.list_shards(whole=event["round"] == 1)}
    shard = event["shard"]
    done = execute.plan_shard(shard["cluster"], shard["number"], whole=shard["whole"])
    if done["recorded"]:
        logger.info("planned", extra=done)
    return done
