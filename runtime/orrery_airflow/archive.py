"""Unpacking a release: only plain files and folders, only below the folder they are for; anything else refuses the whole archive."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path, PurePosixPath


class BadArchive(Exception):
    """The archive holds something that code has no need of."""


def unpack(archive: bytes, folder: Path) -> None:
    """Python before 3.11.4 has no extraction filters, so names and kinds are checked here, and modes are ours."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:*") as tar:
        for member in tar:
            target = folder / _inside(member.name)
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
            elif member.isfile():
                _write(tar, member, target)
            else:
                raise BadArchive(f"`{member.name}` is neither a file nor a folder")


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise BadArchive(f"`{member.name}` has no content")
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o755 if member.mode & 0o100 else 0o644
    with source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode), "wb") as file:
        while chunk := source.read(1 << 20):
            file.write(chunk)


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise BadArchive(f"`{name}` leads out of its folder")
    return path
