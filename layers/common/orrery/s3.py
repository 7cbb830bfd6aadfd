"""S3 itself: the client that the rooms of releases, logs and demand records share, and how its failures are told."""

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
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

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


def read(bucket: str, key: str) -> "GetObjectOutputTypeDef | None":
    """The object under a key; None when there is none."""
    try:
        return client().get_object(Bucket=bucket, Key=key)
    except ClientError as problem:
        if problem.response["Error"]["Code"] in _ABSENT:
            return None
        raise


def keys(bucket: str, prefix: str, *, after: str, until: str) -> list[str]:
    """The keys below a prefix that come after one key and not after another, in order; what comes later is not asked for."""
    found = []
    for page in client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, StartAfter=after):
        there = [each["Key"] for each in page.get("Contents", [])]
        found += [key for key in there if key <= until]
        if there and there[-1] > until:
            break
    return found


def put_over(bucket: str, key: str, tag: str, body: bytes, **about: Any) -> bool:
    """Writes an object over the one that was read under this tag ("" where there was none); whether it was still that one."""
    condition: dict[str, Any] = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
    try:
        client().put_object(Bucket=bucket, Key=key, Body=body, **about, **condition)
    except ClientError as problem:
        if problem.response["Error"]["Code"] in _MOVED:
            return False
        raise
    return True


def remove_below(bucket: str, prefix: str) -> None:
    """Every object whose key begins with `prefix`; nothing there is fine."""
    for page in client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        found: list[Any] = [{"Key": each["Key"]} for each in page.get("Contents", [])]
        if found:
            client().delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
