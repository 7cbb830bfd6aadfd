"""MiniStack's KMS made durable: a key that is lost takes every secret with it, so each is in a file before anybody is told of it.

It wraps data keys by a pad of the key's own and not by AES, and judges an encryption context as KMS does: enough beside a file that holds
the key itself. What the data keys then seal is sealed by AES-256-GCM, here as in AWS.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.aws.journal import JournalError, reason

Response = tuple[int, dict[str, str], Any]


class Keys:
    """The door to MiniStack's KMS; `handle` takes the place of its request handler."""

    def __init__(self, kms: Any, persistence: Any, *, file: Path, on_failure: Callable[[JournalError], None]) -> None:
        self._kms = kms
        self._persistence = persistence
        self._file = file
        self._on_failure = on_failure
        self._engine = kms.handle_request

    def restore(self) -> None:
        if self._file.exists():
            self._kms.load_persisted_state(json.loads(self._file.read_text(), object_hook=self._persistence._json_object_hook))

    async def handle(self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]) -> Response:
        response: Response = await self._engine(method, path, headers, body, query)
        try:
            self._save()
        except OSError as error:
            self._on_failure(JournalError(f"cannot write `{self._file}`: {reason(error)}"))
            return 500, {"Content-Type": "application/x-amz-json-1.1"}, b'{"__type": "KMSInternalException"}'
        return response

    def _save(self) -> None:
        text = json.dumps(self._kms.get_state(), default=self._persistence._json_default, sort_keys=True)
        if self._file.exists() and self._file.read_text() == text:
            return
        successor = self._file.with_name(self._file.name + ".tmp")
        with successor.open("w") as file:
            file.write(text)
            os.fsync(file.fileno())
        successor.replace(self._file)
