"""Where Airflow runs, behind one port; the adapter is named by the settings and loaded on first use."""

import functools
import importlib

from orrery.dataplane.port import DataPlane
from orrery.errors import DataPlaneFailed
from orrery.settings import settings


@functools.cache
def connect() -> DataPlane:
    """The data plane that this installation was given."""
    if not settings().data_plane:
        raise DataPlaneFailed("no data plane is attached to this control plane")
    module, factory = settings().data_plane.split(":")
    plane: DataPlane = getattr(importlib.import_module(module), factory)()
    return plane
