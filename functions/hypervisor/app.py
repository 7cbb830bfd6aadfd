"""The hypervisor's tick: {"step": "list_shards", "round": 1} names what to plan in this round, and the other steps plan one thing each.

{"step": "look_at_sleep"} sends to sleep and wakes, {"step": "plan_shard", "shard": {...}} plans the workers of one shard,
{"step": "plan_nodes", "cluster": "<id>"} the nodes of one cluster.
"""

from typing import Any

from aws_lambda_powertools import Logger
from orrery.hypervisor import execute, execute_nodes

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["step"] == "look_at_sleep":
        return {"looked": execute.look_at_sleep()}
    if event["step"] == "list_shards":
        whole = event["round"] == 1
        return {"shards": execute.list_shards(whole=whole), "clusters": execute_nodes.list_clusters() if whole else []}
    if event["step"] == "plan_nodes":
        return execute_nodes.plan_nodes(event["cluster"])
    shard = event["shard"]
    done = execute.plan_shard(shard["cluster"], shard["number"], whole=shard["whole"])
    logger.debug("planned", extra=done)
    return done
