"""Aurora by the RDS Data API: statements over HTTPS, signed with our role, so that no function has to sit in the database's network."""

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orrery.dataplane.postgres.sql import Refused, Value
from orrery.errors import DataPlaneFailed, Error, NotReadyYet, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_rds_data import RDSDataServiceClient

_STATE = re.compile(r"SQLState: ([0-9A-Z]{5})")
_SILENT = {
    "DatabaseUnavailableException", "InternalServerErrorException", "RequestTimeout", "ServiceUnavailable", "ServiceUnavailableError",
    "StatementTimeoutException", "Throttling", "ThrottlingException", "TooManyRequestsException",
}  # fmt: skip
_SECONDS = 50
"""To wait for an answer: the Data API gives up on a statement after 45."""


@dataclass(frozen=True)
class DataApi:
    """`cluster` and `secret` are ARNs: the Aurora cluster, and in Secrets Manager the administrator's login, which we never read."""

    cluster: str
    secret: str
    region: str
    database: str = "postgres"

    def run(self, statement: str, *, database: str = "") -> list[tuple[Value, ...]]:
        """Each statement is on its own. One that takes too long goes on there; whoever comes again meets its result."""
        try:
            told = _client(self.region).execute_statement(
                resourceArn=self.cluster,
                secretArn=self.secret,
                database=database or self.database,
                sql=statement,
                continueAfterTimeout=True,
            )
        except ClientError as problem:
            raise _told(problem) from None
        except BotoCoreError as problem:
            raise Unavailable("the database server does not answer") from problem
        return [tuple(map(_value, row)) for row in told.get("records", [])]


def _told(problem: ClientError) -> Refused | Error:
    """The service's refusals by their class, the server's own by the SQLSTATE at the end of the message."""
    code, message = problem.response["Error"]["Code"], problem.response["Error"].get("Message", "")
    if code == "DatabaseResumingException":
        return NotReadyYet("the database server is waking up")
    if code in _SILENT:
        return Unavailable("the database server does not answer")
    if state := _STATE.search(message):
        return Refused(state[1], message)
    return DataPlaneFailed(f"the way to the database server is closed: {code}")


def _value(field: Any) -> Value:
    """A field has one member, named after its type."""
    ((kind, value),) = field.items()
    answer: Value = None if kind == "isNull" else value
    return answer


@functools.cache
def _client(region: str) -> "RDSDataServiceClient":
    """This process's one client for a region; it may be used by many threads."""
    patience = Config(connect_timeout=2, read_timeout=_SECONDS, retries={"total_max_attempts": 2, "mode": "standard"})
    return boto3.client("rds-data", region_name=region, config=patience)
