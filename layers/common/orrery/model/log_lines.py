"""What a process wrote, told as entries: each line that begins with a time, with the lines behind it that do not (a traceback)."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from orrery.model.component_log import Source

LONGEST = 8192
"""Characters of one entry; a longer line is cut."""
SOURCES: Mapping[str, Source] = {
    "api-server": Source.API_SERVER,
    "scheduler": Source.SCHEDULER,
    "dag-processor": Source.DAG_PROCESSOR,
    "triggerer": Source.TRIGGERER,
    "worker": Source.WORKER,
}
"""By the name that a component has in a data plane."""
_STAMP = re.compile(r"\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)?")
_NOISE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")

Told = dict[str, Any]
"""`{"source", "at": milliseconds since 1970, "raw"}`"""


def entries(text: str, source: str, otherwise: int) -> list[Told]:
    """Its lines as entries; the first ones without a time have the moment `otherwise`, in milliseconds."""
    found: list[Told] = []
    for line in _lines(text):
        at = _stamp(line)
        if at is None and found and len(found[-1]["raw"]) + len(line) < LONGEST:
            found[-1]["raw"] += f"\n{line}"
        else:
            found.append({"source": source, "at": at if at is not None else found[-1]["at"] if found else otherwise, "raw": line})
    trimmed = ({**entry, "raw": entry["raw"].rstrip()} for entry in found)
    return [entry for entry in trimmed if entry["raw"]]


def _lines(text: str) -> Iterator[str]:
    return (_NOISE.sub("", line)[:LONGEST].rstrip() for line in text.split("\n"))


def _stamp(line: str) -> int | None:
    found = _STAMP.match(line)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{found[1]}.{(found[2] or '').ljust(6, '0')}{(found[3] or '').replace('Z', '+00:00')}")
        return max(0, int(moment.timestamp() * 1000))
    except (ValueError, OverflowError, OSError):
        return None
