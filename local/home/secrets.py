"""Connections, Airflow variables and metrics exports as files beside a Deployment, read anew at each look: nothing restarts for them.

The folder is ours and its user may only read it. Workers do not see it at all: a task asks its api-server for what it needs.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

from orrery.dataplane.port import DeploymentSpec

from local.home.cells import Cell
from local.home.places import Places
from local.home.records import write_whole

FOLDER = "environment"
METRICS = "metrics"


def folder(places: Places, deployment_id: str) -> Path:
    """Where the processes of a Deployment find the files."""
    return (places.run if places.isolated else places.deployment(deployment_id)) / FOLDER


def prepare(room: Path, *, uid: int, isolated: bool) -> None:
    """The folder with its files, empty at first: a cell mounts it, and Airflow looks into it, before there is anything to give."""
    there = room / FOLDER
    there.mkdir(mode=0o700, exist_ok=True)
    if isolated:
        os.chown(there, 0, uid)
        there.chmod(0o750)
    for name in ("connections", "variables", METRICS):
        if not (there / f"{name}.json").exists():
            _write(there / f"{name}.json", "{}", uid if isolated else None)


def write(room: Path, spec: DeploymentSpec, *, uid: int, isolated: bool) -> None:
    """What a Deployment has now, each file replaced as a whole."""
    prepare(room, uid=uid, isolated=isolated)
    for name, content in (("connections", spec.connections), ("variables", spec.variables), (METRICS, spec.metrics_exports)):
        _write(room / FOLDER / f"{name}.json", json.dumps(content), uid if isolated else None)


def hidden(places: Places, cell: Cell) -> Cell:
    """The same cell without the folder."""
    return replace(cell, binds=tuple(bind for bind in cell.binds if bind[1] != str(places.run / FOLDER)))


def _write(path: Path, text: str, reader: int | None) -> None:
    write_whole(path, text)
    if reader is not None:
        os.chown(path, 0, reader)
        path.chmod(0o440)
