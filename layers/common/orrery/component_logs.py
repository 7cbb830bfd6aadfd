"""Component logs in S3: what Airflow's own processes wrote, as the agents tell it.

    component logs bucket    <deployment>/<yyyymmddThhmm>    the entries of five minutes, in UTC; S3 forgets them after a day

An object is gzip members, one for each batch that an agent sent: a header `{"batch", "at"}` (who it is, when it arrived, in milliseconds)
and a line `[source, milliseconds, raw]` for each entry. Members are only ever added, over the object that was read; a batch that is there
already is not added again, so an agent may send until it hears an answer.
"""

import gzip
import io
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from orrery import names, s3
from orrery.errors import Invalid, Unavailable
from orrery.model.component_log import KEPT, Entry, Search, Source
from orrery.settings import settings

_SLOT = timedelta(minutes=5)
_LARGEST = 16 * 1024 * 1024
"""Characters of one Deployment's entries in five minutes; whoever writes more loses the rest of these five minutes, and is told so."""
_FULL = "orrery: these components wrote more than is kept of five minutes; the rest of these five minutes is left out"
_REMEMBERED = 40
"""Ids of batches that an object remembers: agents send one after the other, so a batch that comes again is one of the last."""
_TRIES = 6
_TOGETHER = 8
_PATIENCE = 20.0
"""Seconds of one search, within the gateway's thirty."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Object:
    """What is there of one slot; `tag` is "" when nothing is."""

    body: bytes = b""
    tag: str = ""
    batches: tuple[str, ...] = ()
    characters: int = 0


def append(deployment_id: str, batch: str, entries: Sequence[Entry], *, now: Clock = _now) -> int:
    """Keeps a batch of entries and says how many of them are new: none when it was kept before. What is too old to be read is left."""
    recent = sorted((entry for entry in entries if entry.at > now() - KEPT), key=lambda entry: _slot(entry.at))
    slots = itertools.groupby(recent, key=lambda entry: _slot(entry.at))
    return sum(_add(names.component_log_key(deployment_id, slot), batch, list(group), now) for slot, group in slots)


def search(deployment_id: str, wanted: Search, *, most: int) -> list[Entry]:
    """The newest entries that are looked for, newest first, at most so many; `Invalid` when it takes too long."""
    keys = _keys(deployment_id, wanted)
    until = time.monotonic() + _PATIENCE
    found: list[Entry] = []
    with ThreadPoolExecutor(_TOGETHER) as readers:
        for body in _bodies(keys, readers):
            found += reversed(_matches(body, wanted))
            if len(found) >= most:
                break
            if time.monotonic() > until:
                raise Invalid.clause("range", "holds more than can be searched at once; ask for less time")
    return found[:most]


def remove(deployment_id: str) -> None:
    """Everything that the components of a Deployment wrote; nothing there is fine."""
    with _speaking():
        s3.remove_below(settings().component_logs_bucket, names.component_log_key(deployment_id, ""))


def _add(key: str, batch: str, entries: Sequence[Entry], now: Clock) -> int:
    for _ in range(_TRIES):
        there = _get(key)
        if batch in there.batches:
            return 0
        kept, characters = _bounded(entries, there.characters)
        about = {"batches": " ".join([*there.batches, batch][-_REMEMBERED:]), "characters": str(characters)}
        if not kept or _put_over(key, there, there.body + _member(batch, kept, now()), about):
            return len(kept)
    raise Unavailable("many batches of this Deployment's logs come at once; try again")


def _bounded(entries: Sequence[Entry], characters: int) -> tuple[list[Entry], int]:
    """The entries that still fit and the characters that are there with them; once too many, one word about the rest and nothing more."""
    if characters > _LARGEST:
        return [], characters
    kept: list[Entry] = []
    for entry in entries:
        characters += len(entry.raw)
        if characters > _LARGEST:
            return [*kept, replace(entry, raw=_FULL)], characters
        kept.append(entry)
    return kept, characters


def _put_over(key: str, there: _Object, body: bytes, about: Mapping[str, str]) -> bool:
    """Replaces the object that was read; whether it was still that one."""
    with _speaking():
        return s3.put_over(settings().component_logs_bucket, key, there.tag, body, Metadata=about)


def _get(key: str) -> _Object:
    with _speaking():
        found = s3.read(settings().component_logs_bucket, key)
        if found is None:
            return _Object()
        about = found["Metadata"]
        return _Object(found["Body"].read(), found["ETag"], tuple(about["batches"].split()), int(about["characters"]))


def _keys(deployment_id: str, wanted: Search) -> list[str]:
    """The objects that can hold such entries, newest first."""
    first, last = (names.component_log_key(deployment_id, _slot(moment)) for moment in (wanted.start, wanted.end))
    before = names.component_log_key(deployment_id, _slot(wanted.start - _SLOT))
    with _speaking():
        keys = s3.keys(settings().component_logs_bucket, names.component_log_key(deployment_id, ""), after=before, until=last)
    return [key for key in reversed(keys) if first <= key]


def _bodies(keys: Sequence[str], readers: ThreadPoolExecutor) -> Iterator[bytes]:
    """The objects in this order, a few of them fetched at once."""
    for begin in range(0, len(keys), _TOGETHER):
        for there in readers.map(_get, keys[begin : begin + _TOGETHER]):
            yield there.body


def _matches(body: bytes, wanted: Search) -> list[Entry]:
    """The entries of one object that are looked for, oldest first; those of one moment in the order in which they came."""
    matches = wanted.matcher()
    return sorted((entry for entry in _entries(body, wanted.seen) if matches(entry)), key=lambda entry: entry.at)


def _entries(body: bytes, seen: datetime | None) -> Iterator[Entry]:
    arrived = True
    with gzip.open(io.BytesIO(body)) as lines:
        for line in lines:
            told = json.loads(line)
            if isinstance(told, dict):
                arrived = seen is None or _moment(told["at"]) <= seen
            elif arrived:
                yield Entry(Source(told[0]), _moment(told[1]), told[2])


def _member(batch: str, entries: Sequence[Entry], now: datetime) -> bytes:
    lines: list[Any] = [{"batch": batch, "at": _milliseconds(now)}, *([e.source.value, _milliseconds(e.at), e.raw] for e in entries)]
    return gzip.compress("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode(), mtime=0)


def _slot(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return (utc - timedelta(minutes=utc.minute % 5)).strftime("%Y%m%dT%H%M")


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _speaking() -> AbstractContextManager[None]:
    return s3.speaking("the log store")
