"""The release store beside the process home: a directory per Deployment, kept like the bucket that its spec names."""

import contextlib
import hashlib
import json
import os
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orrery.errors import DataPlaneFailed, Invalid, Unavailable

_KEEP = 50


class Bucket:
    """The store in S3. The home alone holds the key to it, so Deployments are given copies."""

    @cached_property
    def _s3(self) -> Any:
        import boto3

        return boto3.client("s3")

    def read(self, url: str, name: str) -> bytes | None:
        from botocore.exceptions import BotoCoreError, ClientError

        parts = urlsplit(url)
        try:
            found = self._s3.get_object(Bucket=parts.netloc, Key=f"{parts.path.strip('/')}/{name}")
            return bytes(found["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise Unavailable("the release store refuses us") from error
        except BotoCoreError as error:
            raise Unavailable("the release store does not answer") from error


def prepare(folder: Path) -> None:
    """The Deployment reads it and cannot write it: it is ours, and what lies in it is no secret to its own Airflow."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)


def current(folder: Path) -> str:
    """The version that should run; empty before the first deploy."""
    with contextlib.suppress(FileNotFoundError):
        return str(json.loads((folder / "current.json").read_text())["version"])
    return ""


def follow(bucket: Bucket, url: str, folder: Path) -> None:
    """Make the directory say what the bucket says: the archive first, the pointer last."""
    if not url.startswith("s3://"):
        return
    pointer = bucket.read(url, "current.json")
    if pointer is None:
        return
    version = str(json.loads(pointer)["version"])
    if version == current(folder):
        return
    if not (folder / f"{_file_name(version)}.tar.gz").exists():
        about, archive = bucket.read(url, f"{version}.json"), bucket.read(url, f"{version}.tar.gz")
        if about is None or archive is None:
            raise Unavailable(f"release `{version}` is not complete in its store yet")
        _store(folder, version, archive, sha256=str(json.loads(about)["sha256"]))
    _point(folder, version)


def publish(folder: Path, version: str, archive: bytes, *, sha256: str) -> None:
    """Put one release live from bytes at hand."""
    _store(folder, version, archive, sha256=sha256)
    _point(folder, version)


def _store(folder: Path, version: str, archive: bytes, *, sha256: str) -> None:
    if hashlib.sha256(archive).hexdigest() != sha256:
        raise DataPlaneFailed(f"release `{version}` is damaged: its digest is not the one it was published with")
    _write(folder / f"{_file_name(version)}.tar.gz", archive)
    _write(folder / f"{version}.json", json.dumps({"sha256": sha256}).encode())
    for old in sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)[_KEEP:]:
        old.unlink()
        (folder / f"{old.name.removesuffix('.tar.gz')}.json").unlink(missing_ok=True)


def _point(folder: Path, version: str) -> None:
    _write(folder / "current.json", json.dumps({"version": version}).encode())


def _file_name(version: str) -> str:
    if not version or version.startswith(".") or "/" in version or "\0" in version:
        raise Invalid(f"`{version}` cannot be the name of a release")
    return version


def _write(path: Path, content: bytes) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    os.replace(draft, path)
