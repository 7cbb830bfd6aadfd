"""An append-only file of JSON lines: a record is with the operating system before anybody is told of it, so `kill -9` loses nothing.

The price: one write per acknowledged change, and a rewrite of the whole file at every start.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class JournalError(Exception):
    """The journal cannot be read or written; the message is one line for the person at the terminal."""


class Journal:
    def __init__(self, path: Path, *, sync: bool = False) -> None:
        """`sync` also waits for the disk at every append: it survives a power cut, at a millisecond or more for each write."""
        self.path = path
        self.size = 0
        self._sync = sync
        try:
            self._descriptor = _open(path)
        except OSError as error:
            raise self._cannot_write(error) from error

    def read(self) -> Iterator[Record]:
        """Every whole record, oldest first; a torn last line was never acknowledged and is cut off."""
        self.size = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    os.ftruncate(self._descriptor, self.size)
                    return
                yield self._parse(line, number)
                self.size += len(line)

    def append(self, record: Record) -> None:
        try:
            self.size += _write(self._descriptor, _line(record))
            if self._sync:
                os.fdatasync(self._descriptor)
        except OSError as error:
            raise self._cannot_write(error) from error

    def rewrite(self, records: Iterable[Record]) -> None:
        """Replace the whole file, atomically; after a failure the old one still stands."""
        successor = self.path.with_suffix(".new")
        try:
            successor.unlink(missing_ok=True)
            descriptor = _open(successor)
            size = sum(_write(descriptor, _line(record)) for record in records)
            os.fsync(descriptor)
            successor.replace(self.path)
        except OSError as error:
            raise self._cannot_write(error) from error
        os.close(self._descriptor)
        self._descriptor, self.size = descriptor, size

    def close(self) -> None:
        os.close(self._descriptor)

    def _parse(self, line: bytes, number: int) -> Record:
        try:
            record: Record = json.loads(line)
        except ValueError as error:
            raise JournalError(f"line {number} of `{self.path}` is damaged; move the file away to start with no tables") from error
        return record

    def _cannot_write(self, error: OSError) -> JournalError:
        return JournalError(f"cannot write `{self.path}`: {reason(error)}")


def reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _line(record: Record) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def _write(descriptor: int, data: bytes) -> int:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    return len(data)
