"""`python -m orrery_metrics`: hears StatsD on a loopback port and hands what there is to every export, every so many seconds.

ORRERY_METRICS_PORT     the UDP port on 127.0.0.1
ORRERY_METRICS_FILE     exports by name, as JSON; read anew each time
ORRERY_METRICS_LABELS   labels of every sample, as JSON
ORRERY_METRICS_SECONDS  seconds between two batches (30)
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from orrery_metrics.exporter import Export, Exporter, now
from orrery_metrics.statsd import Series

_SECONDS = "30"
_DATAGRAM_BYTES = 65_536


class Exporters:
    """One exporter for each export that the file names now; one whose fields changed begins anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, Exporter] = {}

    def current(self) -> list[Exporter]:
        wanted = self._read()
        for name in [name for name, each in self._known.items() if wanted.get(name) != each.export]:
            self._known.pop(name).end()
        for name in wanted.keys() - self._known.keys():
            self._known[name] = Exporter(name, wanted[name], say=_say)
        return list(self._known.values())

    def _read(self) -> dict[str, Export]:
        try:
            exports: dict[str, Export] = json.loads(self._file.read_text())
        except (OSError, ValueError) as error:  # the file's words stay unsaid: secrets are among them
            _say(f"the exports cannot be read ({type(error).__name__}); going on with those known")
            return {name: each.export for name, each in self._known.items()}
        return exports


def hear(server: socket.socket, series: Series, *, seconds: float) -> None:
    """Take what comes for so long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        server.settimeout(left)
        try:
            series.hear(server.recv(_DATAGRAM_BYTES))
        except TimeoutError:
            return


def main(environ: Mapping[str, str]) -> None:
    exporters, series = Exporters(Path(environ["ORRERY_METRICS_FILE"])), Series()
    labels, seconds = json.loads(environ["ORRERY_METRICS_LABELS"]), float(environ.get("ORRERY_METRICS_SECONDS", _SECONDS))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", int(environ["ORRERY_METRICS_PORT"])))
        while True:
            hear(server, series, seconds=seconds)
            values, moment = series.values(), now()
            for exporter in exporters.current():
                if values:
                    exporter.offer(values, labels, milliseconds=moment)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(os.environ)
