"""Remembers every execution of a state machine on disk: its name, its start, each event as it happens, and its end.

One file per execution, `<machine>/<name>.jsonl`: a start record, history events, an end record. A file that has no end
when this machine starts belongs to an execution that died with the last plane; it is closed as ABORTED.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TAIL = 64 * 1024
"""Bytes read from a file's end to find its last record; an output is at most 256 KiB, then the whole file is read."""


class NameTaken(Exception):
    """An execution of this name has run before."""


@dataclass(frozen=True)
class Started:
    arn: str
    machine: str
    """ARN of the state machine."""
    name: str
    input: str
    at: str


@dataclass(frozen=True)
class Ended:
    status: str
    at: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None


class Record:
    """The open file of one running execution."""

    def __init__(self, path: Path, started: Started) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file = path.open("x")
        except FileExistsError:
            raise NameTaken(started.arn) from None
        self._lock = threading.Lock()
        self._write({"start": asdict(started)})

    def event(self, event: dict[str, Any]) -> None:
        self._write({"event": event})

    def end(self, ended: Ended) -> None:
        self._write({"end": asdict(ended)})
        with self._lock:
            self._file.close()

    def _write(self, record: dict[str, Any]) -> None:
        with self._lock:
            if not self._file.closed:  # a task that timed out may still report after the end
                self._file.write(json.dumps(record, default=str) + "\n")
                self._file.flush()


class Executions:
    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def begin(self, started: Started) -> Record:
        """Takes the name for good; raises `NameTaken` when it was taken before, by whatever life of this platform."""
        return Record(self._path(started.arn), started)

    def find(self, arn: str) -> tuple[Started, Ended | None] | None:
        path = self._path(arn)
        return _ends(path) if path.exists() else None

    def history(self, arn: str) -> list[dict[str, Any]]:
        path = self._path(arn)
        return [record["event"] for record in _records(path) if "event" in record] if path.exists() else []

    def of(self, machine_name: str) -> Iterator[tuple[Started, Ended | None]]:
        """Every execution of one machine, newest first."""
        found = [ends for path in (self.directory / machine_name).glob("*.jsonl") if (ends := _ends(path))]
        yield from sorted(found, key=lambda ends: ends[0].at, reverse=True)

    def abort_running(self) -> list[str]:
        """Closes what the last life left open; returns the ARNs. Call it before anything is begun."""
        aborted = []
        for path in self.directory.glob("*/*.jsonl"):
            ends = _ends(path)
            if ends is None:
                path.unlink()  # the start record itself was cut short: nothing ran
            elif ends[1] is None:
                now = datetime.now(UTC).isoformat(timespec="milliseconds")
                ended = Ended("ABORTED", now, error="Orrery.Restarted", cause="the local platform ended while this execution was running")
                number = 1 + sum("event" in record for record in _records(path))
                details = {"error": ended.error, "cause": ended.cause}
                event = {
                    "executionAbortedEventDetails": details,
                    "id": number,
                    "previousEventId": 0,
                    "type": "ExecutionAborted",
                    "timestamp": now,
                }
                _cut_torn_line(path)
                with path.open("a") as file:
                    file.write(json.dumps({"event": event}) + "\n" + json.dumps({"end": asdict(ended)}) + "\n")
                aborted.append(ends[0].arn)
        return aborted

    def prune(self, machine_name: str, *, keep: int) -> None:
        """Forgets all but the newest executions of a machine whose names need not be kept."""
        paths = sorted((self.directory / machine_name).glob("*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in paths[keep:]:
            path.unlink(missing_ok=True)

    def _path(self, arn: str) -> Path:
        machine, name = arn.split(":")[6:8]
        return self.directory / machine / f"{name}.jsonl"


def _cut_torn_line(path: Path) -> None:
    """A line that a kill cut short goes, so that every line is a record."""
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as file:
        for line in file:
            if record := _parse(line):
                yield record


def _parse(line: str) -> dict[str, Any] | None:
    """A line that was cut short by a kill says nothing."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _ends(path: Path) -> tuple[Started, Ended | None] | None:
    """The first and the last record of a file."""
    with path.open("rb") as file:
        first = _parse(file.readline().decode())
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(0, size - TAIL))
        tail = file.read().decode(errors="replace").rstrip("\n")
        last = _parse(tail.rpartition("\n")[2])
    if first is None or "start" not in first:
        return None
    if last is None and size > TAIL:
        *_, last = _records(path)
    return Started(**first["start"]), Ended(**last["end"]) if last and "end" in last else None
