"""Which user each Deployment runs as: numbers of its own that no account of the machine has, and that nobody else's home uses."""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from orrery.dataplane.port import DeploymentSpec
from orrery.errors import DataPlaneFailed

from local.home.places import Places
from local.home.records import Records

# Above ordinary accounts, below those that systemd gives out; each home on a machine takes a hundred of them.
_FIRST, _HOMES, _EACH = 30000, 256, 100
_SHARED = ("/dev/shm", "/var/tmp")  # noqa: S108
"""Where every user of the machine may write; /tmp is each Deployment's own."""


def block(state: Path) -> int:
    """Which hundred a home takes, which follows from where its state lies."""
    return int(hashlib.sha256(os.fsencode(state)).hexdigest(), 16) % _HOMES


class Users:
    def __init__(self, places: Places, records: Records) -> None:
        self._isolated = places.isolated
        self._records = records
        self._base = _FIRST + block(places.state) * _EACH if places.isolated else os.getuid()

    @property
    def postgres(self) -> int:
        return self._base

    @property
    def template(self) -> int:
        """The user that migrates the database template."""
        return self._base + 1 if self._isolated else self._base

    def next(self) -> int:
        """The lowest number that no Deployment has."""
        if not self._isolated:
            return self._base
        taken = {record.uid for record in self._records.all()}
        for uid in range(self._base + 2, self._base + _EACH):
            if uid not in taken:
                return uid
        raise DataPlaneFailed(f"this home is full: it holds {_EACH - 2} Deployments")

    def check_tenant(self, spec: DeploymentSpec) -> None:
        """Without users of their own all Deployments are one trust domain, so they must be one Organization's."""
        others = {record.spec.organization_id for record in self._records.all()} - {spec.organization_id}
        if others and not self._isolated:
            raise DataPlaneFailed("without root this home cannot keep tenants apart, so it serves one Organization only; start it as root")


def clear(uid: int) -> None:
    """What a user left where everybody may write: its number will be another Deployment's, who could read it."""
    for folder in _SHARED:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.stat(follow_symlinks=False).st_uid == uid:
                    shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)
