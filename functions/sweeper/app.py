"""The sweeper, every five minutes: finishes sagas that were lost, deploys that were cut short and mails that were not sent."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from orrery.provisioning.sweep import sweep

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    tally = sweep(datetime.now(UTC))
    logger.info("swept", extra={"tally": tally})
    return tally
