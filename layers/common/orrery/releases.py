"""Code in S3: uploaded blocks, the release store and its pointer.

    uploads bucket     <deployment>/<deploy>/<sha256 of the block's id>    one block of an upload; S3 forgets it after a day
    releases bucket    <deployment>/<version>.tar.gz, <version>.json       a release: the code, and what is known of it
                       <deployment>/current.json                           the pointer: {"version", "sequence", "deployId"}

The pointer is written only over the pointer that was read, so an older release can never come to lie over a newer one, however late
its writer wakes up.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO

from orrery import names, s3
from orrery.archive import Contents
from orrery.errors import Invalid, TooLarge, Unavailable
from orrery.model.deploy import Deploy, Release
from orrery.settings import settings

MAX_UPLOAD = 128 * 1024 * 1024
"""Bytes of one upload, all blocks together."""
_TRIES = 6
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Pointer:
    """What `current.json` says, and the tag that a write over it must name."""

    version: str
    sequence: int
    tag: str


def keep_block(deploy: Deploy, block_id: str, data: bytes) -> None:
    """One block of an upload, under an id that its sender chose; sent again it is replaced."""
    with _speaking():
        s3.client().put_object(Bucket=settings().uploads_bucket, Key=_block(deploy, block_id), Body=data)


def assemble(deploy: Deploy, block_ids: Iterable[str], into: BinaryIO) -> None:
    """The blocks, one behind the other."""
    total = 0
    for block_id in block_ids:
        for chunk in _chunks(deploy, block_id):
            total += len(chunk)
            if total > MAX_UPLOAD:
                raise TooLarge(f"the upload has more than {MAX_UPLOAD // 1024 // 1024} MiB")
            into.write(chunk)


def keep(deploy: Deploy, version: str, archive: BinaryIO, contents: Contents) -> None:
    """A release that may go live; its description is written last, so a release that is described is whole."""
    archive.seek(0)
    digest = hashlib.file_digest(archive, "sha256").hexdigest()  # type: ignore[arg-type]
    about = {"version": version, "sha256": digest, "deployId": deploy.id, "entries": contents.entries, "bytes": contents.bytes}
    archive.seek(0)
    with _speaking():
        _put(deploy.deployment_id, f"{version}.tar.gz", archive, "application/gzip")
        _put(deploy.deployment_id, f"{version}.json", json.dumps(about).encode(), "application/json")


def uploaded_by(deployment_id: str, version: str) -> str | None:
    """The id of the deploy that a release was uploaded for; None when there is no such release."""
    if not names.is_version(version):
        return None
    found = _read(deployment_id, f"{version}.json")
    return str(json.loads(found["Body"].read())["deployId"]) if found else None


def publish(release: Release) -> None:
    """Moves the pointer to this release, unless it points to a newer one already."""
    body = {"version": release.version, "sequence": release.sequence, "deployId": release.deploy_id}
    for _ in range(_TRIES):
        there = pointer(release.deployment_id)
        if there and there.sequence >= release.sequence:
            return
        if _put_over(release.deployment_id, there, json.dumps(body).encode()):
            return
    raise Unavailable("many deploys are going live at once; try again")


def pointer(deployment_id: str) -> Pointer | None:
    """The release that is live; None before the first."""
    found = _read(deployment_id, "current.json")
    if found is None:
        return None
    body = json.loads(found["Body"].read())
    return Pointer(body["version"], body["sequence"], found["ETag"])


def remove(deployment_id: str) -> None:
    """Every release of a Deployment, and its pointer; nothing there is fine."""
    with _speaking():
        s3.remove_below(settings().releases_bucket, names.release_key(deployment_id, ""))


def _chunks(deploy: Deploy, block_id: str) -> Iterator[bytes]:
    with _speaking():
        found = s3.read(settings().uploads_bucket, _block(deploy, block_id))
        if found is None:
            raise Invalid(f"the block `{block_id[:100]}` was not uploaded; send it before the list of blocks")
        yield from found["Body"].iter_chunks(_CHUNK)


def _put_over(deployment_id: str, there: Pointer | None, body: bytes) -> bool:
    key, tag = names.release_key(deployment_id, "current.json"), there.tag if there else ""
    with _speaking():
        return s3.put_over(settings().releases_bucket, key, tag, body, ContentType="application/json")


def _put(deployment_id: str, file: str, body: bytes | BinaryIO, kind: str) -> None:
    key = names.release_key(deployment_id, file)
    s3.client().put_object(Bucket=settings().releases_bucket, Key=key, Body=body, ContentType=kind)


def _read(deployment_id: str, file: str) -> Any | None:
    with _speaking():
        return s3.read(settings().releases_bucket, names.release_key(deployment_id, file))


def _block(deploy: Deploy, block_id: str) -> str:
    return names.upload_key(deploy.deployment_id, deploy.id, hashlib.sha256(block_id.encode()).hexdigest())


def _speaking() -> AbstractContextManager[None]:
    return s3.speaking("the release store")
