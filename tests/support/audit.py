"""The audit log of a test's Organization, as its owner exports it."""

import gzip
import json
from typing import Any

from tests.support.http import Answer
from tests.support.installation import Installation


def exported(installation: Installation, **asked: str) -> list[dict[str, Any]]:
    """The records, oldest first, without those of exports before this one."""
    answer = installation.owner.get(f"{installation.path}/audit-logs", **asked)
    return [each for each in lines(answer) if each["operationId"] != "GetOrganizationAuditLogs"]


def lines(answer: Answer) -> list[dict[str, Any]]:
    """An export, line by line."""
    assert answer.status == 200, answer.body
    return [json.loads(line) for line in gzip.decompress(answer.body).splitlines()]
