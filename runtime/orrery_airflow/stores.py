"""Release stores: where a Deployment's releases lie; a directory beside the process home, a bucket in AWS, the same three files in both.

current.json         {"version": "<version>", ...}    the pointer; a deploy or a rollback is one write of it
<version>.json       {"sha256": "<hex>", ...}
<version>.tar.gz     the DAGs
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit


class ReleaseStore(Protocol):
    def read(self, name: str) -> bytes | None:
        """The bytes of one file, or None when there is no such file."""


class DirectoryStore:
    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None


class BucketStore:
    """boto3 is imported on first use: a Deployment with a directory store never pays for it."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = prefix

    @cached_property
    def _s3(self) -> Any:
        import boto3

        return boto3.client("s3")

    def read(self, name: str) -> bytes | None:
        key = f"{self.prefix}/{name}" if self.prefix else name
        try:
            return bytes(self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except self._s3.exceptions.NoSuchKey:
            return None


def open_store(url: str) -> ReleaseStore:
    """The store behind `file:///directory` or `s3://bucket/prefix`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return DirectoryStore(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        return BucketStore(parts.netloc, parts.path.strip("/"))
    raise ValueError(f"a release store is `file:///directory` or `s3://bucket/prefix`, not `{url}`")
