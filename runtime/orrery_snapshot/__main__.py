"""`python -m orrery_snapshot`: the database that libpq's own variables name, as `pg_dump` writes it, streamed to S3.

ORRERY_SNAPSHOT         `s3://bucket/key` of the object; it is there once it is whole, and not before
ORRERY_TERMINATION_LOG  where to leave a reason for failing, in words that hold no secret (/dev/termination-log)

Restored by `pg_restore --no-owner --dbname ... FILE`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-password", "--lock-wait-timeout=60000")
_PART = 32 * 1024 * 1024
"""Bytes; S3 takes ten thousand parts, so a snapshot may have 320 GB, and two parts are in memory at a time."""
_PATIENCE = Config(connect_timeout=10, read_timeout=60, retries={"total_max_attempts": 8, "mode": "standard"})


class Failed(Exception):
    """Why there is no snapshot."""


class Dump:
    """What `pg_dump` writes, as a file to read from. It ends well only if `pg_dump` did: whoever reads a half never sees its end."""

    def __init__(self, output: IO[bytes], process: subprocess.Popen[bytes]) -> None:
        self._output, self._process = output, process

    def read(self, size: int = -1) -> bytes:
        data = self._output.read(size)
        if not data and (code := self._process.wait()):
            raise Failed(f"pg_dump ended with {code}; the log of this pod tells more")
        return data


def keep(target: str, environ: Mapping[str, str]) -> None:
    """Raises `Failed`; then no object was made."""
    place = urlsplit(target)
    with subprocess.Popen(_DUMP, stdout=subprocess.PIPE, env=dict(environ)) as process:  # noqa: S603
        assert process.stdout
        try:
            transfer = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, max_concurrency=2, max_io_queue=2)
            bucket = boto3.client("s3", config=_PATIENCE)
            bucket.upload_fileobj(Dump(process.stdout, process), place.netloc, place.path.lstrip("/"), Config=transfer)
        except (Boto3Error, BotoCoreError, ClientError) as problem:
            raise Failed(f"the bucket `{place.netloc}` does not take it: {_kind(problem)}") from problem
        finally:
            process.kill()


def _kind(problem: Exception) -> str:
    cause = problem.__cause__ or problem.__context__ or problem
    told = cause if isinstance(cause, ClientError) else problem
    return str(told.response["Error"]["Code"]) if isinstance(told, ClientError) else type(problem).__name__


def main(environ: Mapping[str, str]) -> int:
    try:
        keep(environ["ORRERY_SNAPSHOT"], environ)
    except Failed as failed:
        sys.stderr.write(f"{failed}\n")
        Path(environ.get("ORRERY_TERMINATION_LOG", "/dev/termination-log")).write_text(str(failed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
