"""Where Airflow runs, behind one port; the adapter is named by the settings and loaded on first use."""

import functools
import importlib
from typing import Any

from orrery.dataplane.port import ClusterPlane, DataPlane
from orrery.errors import DataPlaneFailed
from orrery.settings import settings

REGISTERED_CLUSTERS = "orrery.provisioning.reaching:connect"
"""The data plane of clusters that are registered one by one; any other serves all clusters by itself."""


@functools.cache
def connect() -> DataPlane:
    """The data plane that this installation was given."""
    plane: DataPlane = _attach()
    return plane


def clusters() -> ClusterPlane:
    """The same for a cluster itself; made anew, because what was registered a moment ago counts."""
    if settings().data_plane != REGISTERED_CLUSTERS:
        raise DataPlaneFailed("this installation's data plane serves all clusters by itself; there is nothing to register")
    plane: ClusterPlane = _attach()
    return plane


def _attach() -> Any:
    if not settings().data_plane:
        raise DataPlaneFailed("no data plane is attached to this control plane")
    module, factory = settings().data_plane.split(":")
    return getattr(importlib.import_module(module), factory)()
