"""Demand records in S3: how each queue of a cluster stood, so that a day can be replayed; one object for all Deployments and two hours.

    demand records bucket    <cluster>/<yyyymmddThhmmss>    a zip; S3 forgets it after 30 days

Its members are `<piece>/<deployment>`, JSON of `{queue: [sample, ...]}`, and `<piece>/piece`, which tells what that piece covers. A piece
is added once, over the object that was read, so an agent may bring it until it hears an answer. Whoever asks for one Deployment fetches a
day in 14 requests and a week in 86, eight at once, and unpacks its members only. Writing costs two requests each ten minutes, whatever a
cluster holds.
"""

import io
import itertools
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from orrery import names, s3
from orrery.errors import Unavailable
from orrery.model.demand_record import LONGEST, Piece, Recorded, Sample
from orrery.model.span import Span
from orrery.settings import settings

_TOGETHER = 8
_ABOUT = "piece"
"""The member that tells what the piece covers; no id of a Deployment is so short."""
_SLOT = 2 * 3600
"""Seconds of a cluster in one object."""
_LARGEST = 32 * 1024 * 1024
"""Bytes of one object; whoever tells more loses the rest of these two hours. A thousand Deployments that change every 30 s tell 5 MB."""
_TRIES = 6
_FIRST = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that the same pieces are the same bytes."""


def keep(cluster_id: str, piece: Piece, *, part: int = 0) -> bool:
    """Keeps a piece, if there is room for it; the same piece kept again changes nothing."""
    key, mark = _key(cluster_id, piece.started_at), f"{_moment(piece.started_at)}-{part:04}"
    for _ in range(_TRIES):
        with _speaking():
            there = s3.read(settings().demand_records_bucket, key)
            body, tag = (there["Body"].read(), there["ETag"]) if there else (b"", "")
            added = _with_piece(body, mark, piece)
            if added is None or len(added) > _LARGEST:
                return added is None
            if s3.put_over(settings().demand_records_bucket, key, tag, added):
                return True
    raise Unavailable("many pieces of this cluster's demand record come at once; try again")


def read(cluster_id: str, deployment_id: str, span: Span) -> Recorded:
    """What is kept of one Deployment in a span of time."""
    first, last = span.first.timestamp(), span.last.timestamp()
    with ThreadPoolExecutor(_TOGETHER) as readers:
        objects = readers.map(lambda key: _pieces(key, deployment_id), _keys(cluster_id, span))
        within = [piece for pieces in objects for piece in pieces if piece.ended_at > first and piece.started_at < last]
    covered = tuple((max(first, piece.started_at), min(last, piece.ended_at)) for piece in within)
    queues = {name for piece in within for name in piece.samples.get(deployment_id, {})}
    return Recorded({name: _joined(within, deployment_id, name, first, last) for name in sorted(queues)}, _merged(covered))


def _joined(pieces: Sequence[Piece], deployment_id: str, queue: str, first: float, last: float) -> tuple[Sample, ...]:
    """A queue's samples of all pieces; from the start of a piece until it is first told of there, it stood empty."""
    found: list[Sample] = []
    for start, told in _told(pieces, deployment_id, queue):
        if found and (not told or told[0].at > start + 1):
            found.append(found[-1]._replace(at=start, queued=0, running=0, starting=0, serving=0, draining=0, ahead=None))
        found += told
    before = [each._replace(at=first) for each in found if each.at <= first][-1:]
    return (*before, *(each for each in found if first < each.at < last))


def _told(pieces: Sequence[Piece], deployment_id: str, queue: str) -> Iterator[tuple[float, list[Sample]]]:
    """What was told of a queue, by the start of the piece; the parts of a large piece are one."""
    for start, parts in itertools.groupby(pieces, key=lambda piece: piece.started_at):
        yield start, [each for piece in parts for each in piece.samples.get(deployment_id, {}).get(queue, ())]


def _merged(spans: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Spans that touch or overlap become one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _keys(cluster_id: str, span: Span) -> list[str]:
    """The objects that can reach into the span, oldest first."""
    before = _key(cluster_id, (span.first - LONGEST).timestamp() - _SLOT)
    until = _key(cluster_id, span.last.timestamp() + 1)
    with _speaking():
        return s3.keys(settings().demand_records_bucket, f"{cluster_id}/", after=before, until=until)


def _pieces(key: str, deployment_id: str) -> list[Piece]:
    """The pieces of an object in their order, with what they tell of one Deployment."""
    with _speaking():
        found = s3.read(settings().demand_records_bucket, key)
        if found is None:
            return []
        body = found["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        names = frozenset(packed.namelist())
        marks = sorted(name.partition("/")[0] for name in names if name.endswith(f"/{_ABOUT}"))
        return [_piece(packed, mark, deployment_id, names) for mark in marks]


def _piece(packed: zipfile.ZipFile, mark: str, deployment_id: str, names: Collection[str]) -> Piece:
    about, member = json.loads(packed.read(f"{mark}/{_ABOUT}")), f"{mark}/{deployment_id}"
    told = json.loads(packed.read(member)) if member in names else {}
    queues = {name: tuple(_sample(each) for each in samples) for name, samples in told.items()}
    return Piece(about["startedAt"], about["endedAt"], {deployment_id: queues})


def _sample(told: list[Any]) -> Sample:
    *counts, ahead = told
    return Sample._make((*counts, None if ahead is None else tuple((value, count) for value, count in ahead)))


def _with_piece(body: bytes, mark: str, piece: Piece) -> bytes | None:
    """The object with one piece more; None when that is in it."""
    packed = io.BytesIO(body)
    with zipfile.ZipFile(packed, "a") as members:
        if f"{mark}/{_ABOUT}" in members.NameToInfo:
            return None
        told: dict[str, Any] = {_ABOUT: {"startedAt": piece.started_at, "endedAt": piece.ended_at}, **dict(sorted(piece.samples.items()))}
        for name, document in told.items():
            text = json.dumps(document, separators=(",", ":"))
            members.writestr(zipfile.ZipInfo(f"{mark}/{name}", _FIRST), text, compress_type=zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _key(cluster_id: str, at: float) -> str:
    return names.demand_record_key(cluster_id, _moment(at // _SLOT * _SLOT))


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%S}"


def _speaking() -> AbstractContextManager[None]:
    return s3.speaking("the store of demand records")
