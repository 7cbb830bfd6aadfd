"""Demand records in S3: how each queue of a cluster stood, so that a day can be replayed; one object for all Deployments and ten minutes.

    demand records bucket    <cluster>/<yyyymmddThhmmss>-<part>    a zip with a member for each Deployment; S3 forgets it after 30 days

A member is JSON: `{queue: [sample, ...]}`. Whoever asks for one Deployment fetches a day in 144 requests and unpacks its members only.
Writing costs one request each ten minutes, whatever a cluster holds.
"""

import io
import itertools
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from orrery import names, s3
from orrery.model.demand_record import LONGEST, Piece, Recorded, Sample
from orrery.model.span import Span
from orrery.settings import settings

_TOGETHER = 8
_ABOUT = "piece"
"""The member that tells what the piece covers; no id of a Deployment is so short."""


def keep(cluster_id: str, piece: Piece, *, part: int = 0) -> None:
    """Keeps a piece; the same piece kept again changes nothing."""
    with _speaking():
        s3.client().put_object(Bucket=settings().demand_records_bucket, Key=_key(cluster_id, piece.started_at, part), Body=_zipped(piece))


def read(cluster_id: str, deployment_id: str, span: Span) -> Recorded:
    """What is kept of one Deployment in a span of time."""
    first, last = span.first.timestamp(), span.last.timestamp()
    with ThreadPoolExecutor(_TOGETHER) as readers:
        pieces = [piece for piece in readers.map(lambda key: _piece(key, deployment_id), _keys(cluster_id, span)) if piece]
    within = [piece for piece in pieces if piece.ended_at > first and piece.started_at < last]
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
    before = _key(cluster_id, (span.first - LONGEST).timestamp() - 1, 0)
    until = _key(cluster_id, span.last.timestamp() + 1, 0)
    with _speaking():
        return s3.keys(settings().demand_records_bucket, f"{cluster_id}/", after=before, until=until)


def _piece(key: str, deployment_id: str) -> Piece | None:
    with _speaking():
        found = s3.read(settings().demand_records_bucket, key)
        if found is None:
            return None
        body = found["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        about = json.loads(packed.read(_ABOUT))
        told = json.loads(packed.read(deployment_id)) if deployment_id in packed.namelist() else {}
    queues = {name: tuple(_sample(each) for each in samples) for name, samples in told.items()}
    return Piece(about["startedAt"], about["endedAt"], {deployment_id: queues})


def _sample(told: list[Any]) -> Sample:
    *counts, ahead = told
    return Sample._make((*counts, None if ahead is None else tuple((value, count) for value, count in ahead)))


def _zipped(piece: Piece) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr(zipfile.ZipInfo(_ABOUT), json.dumps({"startedAt": piece.started_at, "endedAt": piece.ended_at}))
        for deployment_id, queues in sorted(piece.samples.items()):
            body = json.dumps(queues, separators=(",", ":"))
            members.writestr(zipfile.ZipInfo(deployment_id), body, compress_type=zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _key(cluster_id: str, started_at: float, part: int) -> str:
    return names.demand_record_key(cluster_id, datetime.fromtimestamp(started_at, UTC).strftime("%Y%m%dT%H%M%S"), part)


def _speaking() -> AbstractContextManager[None]:
    return s3.speaking("the store of demand records")
