"""The archive of a DAG deploy: the same files give the same bytes, and nothing in it could be refused at the other end."""

import gzip
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from orrery_cli.failures import Failure

_SKIPPED: Final = frozenset({".git", "__pycache__", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def pack(dags: Path) -> tuple[bytes, int]:
    """A gzipped tar of the folder under the name `dags/`, and how many files it holds."""
    buffer = io.BytesIO()
    files = sorted(_files(dags.resolve(), dags))
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(_entry("dags", mode=0o755, kind=tarfile.DIRTYPE))
        for path in files:
            content = path.read_bytes()
            entry = _entry(f"dags/{path.relative_to(dags).as_posix()}", mode=0o755 if os.access(path, os.X_OK) else 0o644)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0), len(files)


def _files(root: Path, folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _SKIPPED or path.suffix == ".pyc":
            continue
        if path.is_symlink():
            # the archive carries no links: one into the folder is sent as what it points to, any other is told
            target = path.resolve()
            if not target.is_relative_to(root) or not target.is_file():
                raise Failure(f"`{path}` is a link to a place outside the folder or to a folder; replace it with a copy", kind="usage")
        if path.is_dir():
            yield from _files(root, path)
        elif path.is_file():
            yield path


def _entry(name: str, *, mode: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry
