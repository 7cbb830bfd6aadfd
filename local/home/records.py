"""What the home remembers of each Deployment: the newest spec, its keys, user and port, and which of its things should exist."""

import contextlib
import dataclasses
import json
import os
import secrets
import tempfile
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orrery.dataplane.port import DeploymentSpec, QueueSpec


@dataclass
class Worker:
    """`state` is what was asked of it (RUNNING, CORDONED, DRAINING); STARTING until its consumer has been heard."""

    id: str
    queue: str
    concurrency: int
    generation: int
    configuration: str
    """The fingerprint of the configuration it was started with."""
    state: str = "STARTING"


@dataclass
class Record:
    spec: DeploymentSpec
    uid: int
    port: int
    keys: dict[str, str] = field(repr=False)
    things: set[str] = field(default_factory=set)
    """Which of database, broker, release, airflow, queues, ingress have been ensured and not removed."""
    applied: int = 0
    """The generation that the components run."""
    triggerer: bool = False
    workers: dict[str, Worker] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.spec.id

    def accept(self, spec: DeploymentSpec) -> bool:
        """Take the spec unless a newer generation has been seen; says whether it counts."""
        if spec.generation < self.spec.generation:
            return False
        self.spec = spec
        return True


def new_keys() -> dict[str, str]:
    """A Deployment's own secrets; made once, they outlive every restart."""
    keys = {name: secrets.token_urlsafe(32) for name in ("api", "jwt", "database", "reader", "broker")}
    return {**keys, "fernet": urlsafe_b64encode(os.urandom(32)).decode()}


def spec_from(data: dict[str, Any]) -> DeploymentSpec:
    """A spec as it travels: the dataclass as a dict; TypeError when it is none."""
    queues = tuple(QueueSpec(**queue) for queue in data["queues"])
    return DeploymentSpec(**{**data, "queues": queues})


class Records:
    """One file a Deployment, replaced as a whole; readable to the home alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, Record] = {}
        for file in sorted(folder.glob("*/record.json")):
            record = _record_from(json.loads(file.read_text()))
            self._known[record.id] = record

    def get(self, deployment_id: str) -> Record | None:
        with self._lock:
            return self._known.get(deployment_id)

    def all(self) -> list[Record]:
        with self._lock:
            return list(self._known.values())

    def save(self, record: Record) -> None:
        with self._lock:
            write_whole(self._folder / record.id / "record.json", json.dumps(_as_dict(record)))
            self._known[record.id] = record

    def forget(self, deployment_id: str) -> None:
        with self._lock:
            self._known.pop(deployment_id, None)


def write_whole(path: Path, text: str) -> None:
    """Replace a file by one that is complete and on disk, readable to us alone."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def _as_dict(record: Record) -> dict[str, Any]:
    return {
        **dataclasses.asdict(dataclasses.replace(record, spec=None)),  # type: ignore[arg-type]
        "spec": dataclasses.asdict(record.spec),
        "things": sorted(record.things),
    }


def _record_from(data: dict[str, Any]) -> Record:
    workers = {id: Worker(**worker) for id, worker in data["workers"].items()}
    return Record(**{**data, "spec": spec_from(data["spec"]), "things": set(data["things"]), "workers": workers})
