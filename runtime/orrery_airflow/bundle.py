"""A versioned DAG bundle over a release store: a deploy is seen within seconds and no restart, and a run keeps the code it began with."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle, BundleVersion, get_bundle_tracking_file

from orrery_airflow.archive import unpack
from orrery_airflow.stores import open_store

# A version becomes a folder and a file name, so it may not wander: no separators, no leading dot.
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:+-]{0,127}")
_KEEP_NEWEST = 5
_KEEP_SECONDS = 3600


class ReleaseDagBundle(BaseDagBundle):
    """`url` names the release store; everything else is Airflow's."""

    supports_versioning = True

    def __init__(self, *, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._store = open_store(url)
        self._current: str | None = self.version

    def initialize(self) -> None:
        if self.version:
            self._unpack(self.version)
        else:
            self.refresh()
        super().initialize()

    def refresh(self) -> None:
        """Follow the pointer; a Deployment with no release yet has an empty folder, which is no error."""
        if self.version:
            raise RuntimeError(f"bundle `{self.name}` is pinned to version `{self.version}` and cannot follow the newest")
        pointer = self._store.read("current.json")
        if pointer is None:
            self._current = None
            self.path.mkdir(parents=True, exist_ok=True)
            return
        current = str(json.loads(pointer)["version"])
        self._unpack(current)
        if current != self._current:
            self._current = current
            _touch(self.path)
            self._prune()

    def get_current_version(self) -> BundleVersion | None:
        return BundleVersion(version=self._current) if self._current else None

    @property
    def path(self) -> Path:
        return self.versions_dir / self._current if self._current else self.base_dir / "empty"

    def _unpack(self, version: str) -> None:
        """Put `version` in its folder, all of it or nothing."""
        if not _VERSION.fullmatch(version):
            raise RuntimeError(f"`{version}` cannot be the name of a release")
        folder = self.versions_dir / version
        if folder.exists():
            return
        with self.lock():
            if folder.exists():
                return
            archive = self._fetch(version)
            self.versions_dir.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(dir=self.versions_dir, prefix=".new-"))
            try:
                unpack(archive, draft)
                os.rename(draft, folder)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise

    def _fetch(self, version: str) -> bytes:
        about, archive = self._store.read(f"{version}.json"), self._store.read(f"{version}.tar.gz")
        if about is None or archive is None:
            raise RuntimeError(f"the release store has no release `{version}`")
        if hashlib.sha256(archive).hexdigest() != json.loads(about)["sha256"]:
            raise RuntimeError(f"release `{version}` is damaged: its digest is not the one it was published with")
        return archive

    def _prune(self) -> None:
        """Drop unpacked releases that no run ever used: neither new nor young. Those that runs used, Airflow's own cleanup takes."""
        folders = [path for path in self.versions_dir.iterdir() if path.is_dir()]
        newest_first = sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)
        for folder in newest_first[_KEEP_NEWEST:]:
            used = get_bundle_tracking_file(self.name, folder.name).exists()
            young = time.time() - folder.stat().st_mtime < _KEEP_SECONDS
            if folder.name != self._current and not used and not young:
                shutil.rmtree(folder, ignore_errors=True)


def _touch(folder: Path) -> None:
    """A release that has just gone live is new, even one we go back to: the dag-processor parses at once only what looks new."""
    for path in (folder, *folder.rglob("*.py"), *folder.rglob("*.zip")):
        os.utime(path)
