"""Reads what Airflow's processes wrote since somebody last looked, through the supervisor's rotation of their files.

A place is `[offset, mark, is_old]` for each process: `mark` is a checksum of the bytes before the offset, by which a file that was cut and
has grown again is told from the one that was read. The supervisor keeps one older part (`scheduler.1.log`); what was rotated away before
anybody read it is said to be gone.
"""

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orrery.model.log_lines import LONGEST, SOURCES, Told, entries

_LEAST = 2 * LONGEST
"""Bytes that one look takes of one file at least."""
_MARKED = 64
_GONE = "orrery: earlier lines were rotated away before they could be read"


@dataclass(frozen=True)
class Place:
    """Up to where the log of one process was read; `is_old` is in the older of its two files."""

    offset: int = 0
    mark: int = 0
    is_old: bool = False


def read(folder: Path, after: Mapping[str, Any], *, most: int) -> dict[str, Any]:
    """What was written after those places: `{"entries", "after", "more"}`, from at most so many bytes in all, shared out evenly."""
    files = sorted(path for path in folder.glob("*.log") if _source(path))
    reading = _Reading(most)
    for number, file in enumerate(files):
        share = max(reading.left // (len(files) - number), _LEAST)
        if share <= reading.left:
            reading.take(file, after.get(file.stem), share)
        else:
            reading.leave(file, after.get(file.stem))
    return {"entries": reading.entries, "after": reading.after, "more": reading.more}


class _Reading:
    """One look at all the files, within so many bytes."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.entries: list[Told] = []
        self.after: dict[str, Any] = {}
        self.more = False

    def take(self, file: Path, told: Any, most: int) -> None:
        """What comes next in the log of one process, and where that ended."""
        source, old = _source(file), file.with_suffix(".1.log")
        place, is_gone = _found_again(_place(told), file, old)
        path = old if place.is_old else file
        chunk, changed = _chunk(path, place.offset, most)
        at_end = len(chunk) < most
        whole = _whole(chunk, at_end=at_end, is_last=place.is_old)
        if is_gone:
            self.entries.append({"source": source, "at": changed, "raw": _GONE})
        self.entries += entries(whole.decode(errors="replace"), source, changed)
        self.left -= len(whole)
        self._ended(file, _next(place, path, len(whole), at_end=at_end), more=place.is_old or not at_end)

    def leave(self, file: Path, told: Any) -> None:
        """It is for the next look."""
        self.more = True
        if told is not None:
            self.after[file.stem] = told

    def _ended(self, file: Path, place: Place, *, more: bool) -> None:
        self.after[file.stem] = [place.offset, place.mark, place.is_old]
        self.more |= more


def _whole(chunk: bytes, *, at_end: bool, is_last: bool) -> bytes:
    """The lines that are whole; the last line of a file that is written no more, and one that is too long, are taken as they are."""
    if at_end and is_last:
        return chunk
    return chunk[: chunk.rfind(b"\n") + 1] or (b"" if at_end else chunk)


def _next(place: Place, path: Path, length: int, *, at_end: bool) -> Place:
    """Where to go on after so many bytes; behind the end of the older file, at the beginning of the newer."""
    if place.is_old and at_end:
        return Place(mark=_beginning(path))
    offset = place.offset + length
    return replace(place, offset=offset, mark=_mark(path, offset) or 0) if offset else place


def _found_again(place: Place | None, file: Path, old: Path) -> tuple[Place, bool]:
    """Where to go on, and whether something in between is gone."""
    if place is None or (place.offset == 0 and not place.is_old and place.mark != _beginning(old)):
        return Place(is_old=old.exists()), False
    if place.offset == 0 or place.mark == _mark(old if place.is_old else file, place.offset):
        return place, False
    if not place.is_old and _size(old) < place.offset:
        return Place(), False  # it was read to the end of what is old now
    if not place.is_old and _mark(old, place.offset) == place.mark:
        return replace(place, is_old=True), False
    return Place(is_old=old.exists()), True


def _chunk(path: Path, offset: int, most: int) -> tuple[bytes, int]:
    """Bytes from an offset on, and when the file last changed, in milliseconds."""
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            return file.read(most), int(os.fstat(file.fileno()).st_mtime * 1000)
    except FileNotFoundError:
        return b"", 0


def _mark(path: Path, offset: int) -> int | None:
    """The checksum of the first bytes and of those before an offset; None where there are fewer."""
    begin = max(0, offset - _MARKED)
    first, _ = _chunk(path, 0, min(offset, _MARKED))
    before, _ = _chunk(path, begin, offset - begin)
    return zlib.crc32(first + before) if len(before) == offset - begin else None


def _beginning(old: Path) -> int:
    """The mark of the place before the first byte of the newer file: it says which older file was there when that was where to go on."""
    if not old.exists():
        return 0
    there = old.stat()
    return zlib.crc32(f"{there.st_size} {there.st_mtime_ns}".encode())


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _place(told: Any) -> Place | None:
    """A place as it was told; None, from the beginning, when it is none."""
    match told:
        case [int(offset), int(mark), bool(is_old)] if offset >= 0:
            return Place(offset, mark, is_old)
    return None


def _source(file: Path) -> str:
    """Which component writes a file; "" for none, and for an older part."""
    component = "worker" if file.stem.startswith("worker-") else file.stem
    return SOURCES[component].value if component in SOURCES and not file.stem.endswith(".1") else ""
