"""Mail: the one door to Amazon SES. Nothing is sent where no sender's address is set, and nothing of a mail reaches a log."""

import functools
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orrery.errors import Unavailable
from orrery.settings import settings


@dataclass(frozen=True)
class Mail:
    """One mail to one address, in plain text."""

    to: str
    subject: str
    text: str = field(repr=False)


def is_on() -> bool:
    """Whether this installation sends mail."""
    return bool(settings().mail_from)


def send(mail: Mail) -> None:
    """Hands it over to SES; raises `Unavailable` when that does not take it."""
    content = {"Subject": _utf8(mail.subject), "Body": {"Text": _utf8(mail.text)}}
    try:
        _client().send_email(
            FromEmailAddress=settings().mail_from, Destination={"ToAddresses": [mail.to]}, Content={"Simple": content}
        )  # fmt: skip
    except (ClientError, BotoCoreError) as problem:
        reason = problem.response["Error"]["Code"] if isinstance(problem, ClientError) else type(problem).__name__
        raise Unavailable(f"the mail was not taken ({reason}); it is tried again") from None  # its words may quote the mail


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


@functools.cache
def _client() -> Any:
    patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2, "mode": "standard"})
    return boto3.client("sesv2", region_name=settings().region or None, config=patience)
