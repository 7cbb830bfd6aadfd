"""Which Orrery Runtimes this home can run, and that its Airflow is really there."""

import json
import os
import stat
from functools import cached_property
from pathlib import Path

from orrery.dataplane.port import DeploymentSpec
from orrery.errors import DataPlaneFailed

from local.home.places import Places


class Runtimes:
    def __init__(self, places: Places) -> None:
        self._places = places
        versions = json.loads((places.airflow_package / "versions.json").read_text())["runtimeVersions"]
        self._known = {name: version["metadata"]["airflowVersion"] for name, version in versions.items()}

    @cached_property
    def airflow_version(self) -> str:
        """The one Airflow that is installed."""
        found = sorted(self._places.runtime.glob("lib/python3.*/site-packages/apache_airflow_core-*.dist-info"))
        if not found:
            raise DataPlaneFailed(f"Airflow is not installed in `{self._places.runtime}`; run `make up`, or `uv sync --project runtime`")
        self._check_interpreter()
        return found[0].name.removeprefix("apache_airflow_core-").removesuffix(".dist-info")

    def check(self, spec: DeploymentSpec) -> None:
        if self._known.get(spec.runtime_version) != self.airflow_version:
            names = ", ".join(name for name, version in self._known.items() if version == self.airflow_version)
            raise DataPlaneFailed(f"this home has no runtime `{spec.runtime_version}`; it has {names}")

    def _check_interpreter(self) -> None:
        """Airflow runs as users without rights, so every directory on the way to its Python must be open to them."""
        python = (self._places.runtime / "bin" / "python").resolve()
        closed = [parent for parent in python.parents if not _open_to_all(parent)]
        if self._places.isolated and closed:
            raise DataPlaneFailed(
                f"Airflow's Python lies under `{closed[0]}`, which only root may enter; sync it with `-p /usr/bin/python3`"
            )


def _open_to_all(directory: Path) -> bool:
    return bool(os.stat(directory).st_mode & stat.S_IXOTH)
