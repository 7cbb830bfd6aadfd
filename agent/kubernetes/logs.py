"""What a Deployment's pods wrote since somebody last looked, as their nodes keep it; through the API server, pod by pod.

A place is `[starts, at]` for each pod: how often its container had been started again when the last line that was read came, and when that
was, in nanoseconds since 1970. Of a container that was started again the node keeps the log before as well. It keeps only so much of each
(10 MiB unless told otherwise); what may have been rotated away before anybody read it is said to be gone.

Where nothing is known of a Deployment, because this agent's pod is a new one, its logs are read from when the agent began.
"""

import re
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orrery.dataplane.kubernetes.objects import path
from orrery.model.log_lines import LONGEST, SOURCES, Told, entries

from agent.home import HomeTrouble
from agent.kubernetes.api import Api, Refused
from agent.kubernetes.cluster import Cluster
from agent.kubernetes.seen import Pod

_LEAST = 2 * LONGEST
"""Bytes that one look takes of one pod at least."""
_LONGEST_LINE = 4 * LONGEST
"""Bytes, the node's own stamp before it included."""
_NONE_BEFORE = (400, 404)
"""What the API server answers where a container was never started before, or its log is gone."""
_SECOND = 10**9
_STAMP = re.compile(r"([\dT:-]{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")
_GONE = "orrery: earlier lines may have been rotated away before they could be read"

_Line = tuple[int, int, str]
"""How often its container had been started again, the moment, the text."""


class ComponentLogs:
    """The logs of all Deployments on the cluster, for `agent.logs.Shipper`."""

    def __init__(self, api: Api, cluster: Cluster, now: Callable[[], int] = time.time_ns) -> None:
        self._api, self._cluster, self._began = api, cluster, now()
        self._places: dict[str, str] = {}

    def deployments(self) -> list[dict[str, Any]]:
        """Ids alone, and whose they are."""
        tenants = self._cluster.tenants_now()
        self._places = {tenant.id: namespace for namespace, tenant in tenants.items()}
        return [{"id": tenant.id, "organizationId": tenant.organization_id} for tenant in tenants.values()]

    def logs(self, deployment_id: str, after: dict[str, Any], *, most: int) -> dict[str, Any]:
        namespace, since, known = self._places.get(deployment_id, ""), after.get("since", self._began), after.get("pods", {})
        pods = [pod for _, pod in sorted(self._cluster.pods.within(namespace).items()) if pod.component in SOURCES and pod.node]
        reading = _Reading(self._api, namespace, since, most)
        for number, pod in enumerate(pods):
            share = max(reading.left // (len(pods) - number), _LEAST)
            if share <= reading.left:
                reading.take(pod, known.get(pod.name), share)
            else:
                reading.leave(pod, known.get(pod.name))
        return {"entries": reading.entries, "after": {"since": since, "pods": reading.pods}, "more": reading.more}


@dataclass
class _Reading:
    """One look at all the pods of a namespace, within so many bytes."""

    api: Api
    namespace: str
    since: int
    left: int
    entries: list[Told] = field(default_factory=list)
    pods: dict[str, list[int]] = field(default_factory=dict)
    more: bool = False

    def take(self, pod: Pod, told: Any, most: int) -> None:
        """What comes next of one pod; one that is not there any more, or whose node does not answer, holds up no other."""
        starts, at = told or (0, self.since)
        piece = _Piece(at, most, is_complete=not told)
        is_whole = False
        with suppress(HomeTrouble), closing(self._written(pod, starts, at)) as lines:
            is_whole = all(piece.takes(*line) for line in lines)
            self.more |= not is_whole
        self.entries += piece.told(SOURCES[pod.component].value)
        self.left -= most - piece.left
        if piece.lines:
            self.pods[pod.name] = [pod.starts if is_whole else piece.starts, piece.at]
        else:
            self.leave(pod, told, more=False)

    def leave(self, pod: Pod, told: Any, *, more: bool = True) -> None:
        """It is for the next look."""
        self.more |= more
        if told:
            self.pods[pod.name] = told

    def _written(self, pod: Pod, starts: int, at: int) -> Generator[_Line, None, None]:
        """Its lines from the second in which the last one came; also those of the container before, if it ended since."""
        if starts < pod.starts:
            try:
                yield from self._lines(pod, pod.starts - 1, at, {"previous": "true"})
            except Refused as refusal:
                if refusal.status not in _NONE_BEFORE:
                    raise
        yield from self._lines(pod, pod.starts, at, {})

    def _lines(self, pod: Pod, starts: int, at: int, which: Mapping[str, str]) -> Generator[_Line, None, None]:
        second = datetime.fromtimestamp(at // _SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = {"container": pod.component, "timestamps": "true", "sinceTime": second, **which}
        for line in self.api.lines(f"{path('Pod', self.namespace, pod.name)}/log", query, longest=_LONGEST_LINE):
            stamp, _, text = line.decode(errors="replace").partition(" ")
            if (moment := _nanoseconds(stamp)) is not None:
                yield starts, moment, text.rstrip("\n")


class _Piece:
    """The lines that came after a moment, up to so many bytes; those of one moment stay together."""

    def __init__(self, at: int, most: int, *, is_complete: bool) -> None:
        self._after, self.at, self.left, self._is_complete = at, at, most, is_complete
        self.starts = 0
        self.lines: list[tuple[int, str]] = []

    def takes(self, starts: int, moment: int, text: str) -> bool:
        """Whether there was room for it, or it was read before."""
        if moment <= self._after:
            self._is_complete |= moment == self._after
            return True
        if self.left <= 0 and moment > self.at:
            return False
        self.lines.append((moment, text))
        self.left, self.starts, self.at = self.left - len(text.encode()) - 1, starts, moment
        return True

    def told(self, source: str) -> list[Told]:
        """As entries; without the line that was read last before, something may be missing."""
        if not self.lines:
            return []
        first = self.lines[0][0] // 10**6
        gone = [] if self._is_complete else [{"source": source, "at": first, "raw": _GONE}]
        return gone + entries("\n".join(text for _, text in self.lines), source, first)


def _nanoseconds(stamp: str) -> int | None:
    """Of a node's stamp, `2026-03-01T00:00:00.123456789Z`; None for what is none, such as a node's own complaint."""
    found = _STAMP.fullmatch(stamp)
    try:
        return (
            int(datetime.fromisoformat(found[1] + found[3]).timestamp()) * _SECOND + int((found[2] or "").ljust(9, "0")) if found else None
        )
    except ValueError:
        return None
