"""MiniStack's S3 made durable: it writes objects through to files, and this adds what it forgets.

Buckets' settings and empty buckets are otherwise kept only at a graceful end; a write that failed is otherwise answered
with success; and a kill between an object's bytes and its description is otherwise found later as a broken object.
Uploads in parts live in memory until they are completed: after a restart such an upload has to begin again.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.aws.journal import JournalError, reason

Response = tuple[int, dict[str, str], Any]
SIDECAR = ".meta.json"
UNREACHABLE = b"<Error><Code>InternalError</Code><Message>the object's file cannot be reached</Message></Error>"


class Objects:
    """The door to MiniStack's S3; `handle` takes the place of its request handler."""

    def __init__(self, s3: Any, persistence: Any, *, settings: Path, on_failure: Callable[[JournalError], None]) -> None:
        self._s3 = s3
        self._persistence = persistence
        self._settings = settings
        self._on_failure = on_failure
        self._engine = s3.handle_request
        self._swallowed = Swallowed()
        s3.logger.addHandler(self._swallowed)

    def restore(self) -> None:
        if self._settings.exists():
            self._s3.load_persisted_state(json.loads(self._settings.read_text(), object_hook=self._persistence._json_object_hook))

    async def handle(self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]) -> Response:
        self._swallowed.reason = ""
        try:
            response: Response = await self._engine(method, path, headers, body, query)
            if method not in ("GET", "HEAD") and "/" not in path.strip("/"):
                self._save()
        except OSError as error:
            self._swallowed.reason = f"cannot write below `{self._settings.parent}`: {reason(error)}"
        if not self._swallowed.reason:
            return response
        if method not in ("GET", "HEAD"):
            self._on_failure(JournalError(self._swallowed.reason))
        return 500, {"Content-Type": "application/xml"}, UNREACHABLE

    def _save(self) -> None:
        text = json.dumps(self._s3.get_state(), default=self._persistence._json_default)
        if not self._settings.exists() or self._settings.read_text() != text:
            _replace(self._settings, text)


class Swallowed(logging.Handler):
    """Hears MiniStack log a failed write or read of a file, after which it goes on as if nothing had happened."""

    reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith("Failed to"):
            message = record.getMessage()
            self.reason = message[:1].lower() + message[1:]


def mend(root: Path) -> None:
    """Bring what a kill left half done to a whole state, before MiniStack reads it.

    MiniStack writes the bytes, then the sidecar that describes them, each atomically. Bytes without a sidecar are a
    first write that nobody was told of; bytes newer than their sidecar an overwrite nobody was told of.
    """
    for path in _files(root):
        if path.name.endswith(".tmp"):
            path.unlink()
        elif not path.name.endswith(SIDECAR):
            _mend_object(path, path.with_name(path.name + SIDECAR))


def _files(root: Path) -> Iterator[Path]:
    for account in root.glob("[0-9]" * 12):
        for directory, _, names in os.walk(account):
            yield from (Path(directory, name) for name in names)


def _mend_object(path: Path, sidecar: Path) -> None:
    if not sidecar.exists():
        path.unlink()
        return
    described = json.loads(sidecar.read_text())
    torn = path.stat().st_mtime_ns > sidecar.stat().st_mtime_ns or described.get("size") != path.stat().st_size
    if torn and not described.get("is_delete_marker"):
        content = path.read_bytes()
        etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        _replace(sidecar, json.dumps({**described, "size": len(content), "etag": etag, "checksums": {}}))


def _replace(path: Path, text: str) -> None:
    successor = path.with_name(path.name + ".tmp")
    successor.write_text(text)
    successor.replace(path)
