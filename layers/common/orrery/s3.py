"""S3 itself: the client that the rooms of `releases` and `component_logs` share, and how its failures are told."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orrery.errors import Unavailable
from orrery.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = {"NoSuchKey", "404"}
_MOVED = {"PreconditionFailed", "ConditionalRequestConflict", "409", "412"} | _ABSENT


@functools.cache
def client() -> "S3Client":
    """This process's one client; it may be used by many threads."""
    patience = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"})
    return boto3.client("s3", region_name=settings().region or None, config=patience)


@contextmanager
def speaking(store: str) -> Iterator[None]:
    """Whatever S3 has to say about `store` is said as one of ours."""
    try:
        yield
    except (ClientError, BotoCoreError) as problem:
        raise Unavailable(f"{store} is not answering; try again in a moment") from problem


def is_absent(problem: ClientError) -> bool:
    """Whether there is no such object."""
    return problem.response["Error"]["Code"] in _ABSENT


def has_moved(problem: ClientError) -> bool:
    """Whether a conditional write met another object than the one it named."""
    return problem.response["Error"]["Code"] in _MOVED


def remove_below(bucket: str, prefix: str) -> None:
    """Every object whose key begins with `prefix`; nothing there is fine."""
    for page in client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        found: list[Any] = [{"Key": each["Key"]} for each in page.get("Contents", [])]
        if found:
            client().delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
