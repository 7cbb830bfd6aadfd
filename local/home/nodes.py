"""The home's nodes: this machine is the one there is. What is wanted of node pools is written down, and nobody pretends to have done it."""

import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from orrery.dataplane.port import NodePoolSpec, NodeView

from local.home.records import Records, write_whole

_GIB = 2**30


class Nodes:
    def __init__(self, folder: Path, records: Records) -> None:
        self._file, self._records, self._lock = folder / "node-pools.json", records, threading.Lock()

    def want(self, cluster_id: str, pools: list[NodePoolSpec]) -> None:
        """Replaces what is wanted of a cluster's nodes."""
        with self._lock:
            known = self._known()
            known[cluster_id] = [asdict(pool) for pool in sorted(pools, key=lambda pool: pool.name)]
            write_whole(self._file, json.dumps(known))

    def wanted(self, cluster_id: str) -> list[NodePoolSpec]:
        with self._lock:
            return [NodePoolSpec(**pool) for pool in self._known().get(cluster_id, [])]

    def observe(self, cluster_id: str) -> list[NodeView]:
        """This machine, with all that it has and the cluster's workers on it."""
        workers = tuple((record.id, id) for record in self._records.all() if record.spec.cluster_id == cluster_id for id in record.workers)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
        return [NodeView(os.uname().nodename, "machine", "this machine", os.cpu_count() or 1, round(memory, 1), workers, is_fixed=True)]

    def _known(self) -> dict[str, list[dict[str, Any]]]:
        known: dict[str, list[dict[str, Any]]] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return known
