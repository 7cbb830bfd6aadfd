"""The clusters that were registered, within reach: `connect` is what the setting DATA_PLANE names in AWS.

A registration is read again after a minute, so a process that lives long learns of a new one; ways that are the same are kept.
"""

import time
from dataclasses import dataclass, field

from orrery import vault
from orrery.dataplane.kubernetes import access
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.home import KubernetesHome, Reach
from orrery.dataplane.postgres.connection import Connection
from orrery.dataplane.postgres.data_api import DataApi
from orrery.dataplane.postgres.server import Server
from orrery.errors import DataPlaneFailed
from orrery.model.cluster_facts import Registration
from orrery.store import registrations

_KEPT_SECONDS = 60.0


@dataclass
class _Reached:
    reach: Reach
    registration: Registration
    at: float


@dataclass
class Clusters:
    """Reaches by cluster; `seconds` is a clock that never goes back."""

    _there: dict[str, _Reached] = field(default_factory=dict, repr=False)

    def __call__(self, cluster_id: str) -> Reach:
        """Raises `DataPlaneFailed` for a cluster that was not registered, `Unavailable` when it cannot be reached now."""
        known, now = self._there.get(cluster_id), time.monotonic()
        if known and now - known.at < _KEPT_SECONDS:
            return known.reach
        registration = registrations.load(cluster_id)
        if registration is None:
            raise DataPlaneFailed("its cluster is not registered with this installation")
        reach = known.reach if known and known.registration == registration else reached(registration)
        self._there[cluster_id] = _Reached(reach, registration, now)
        return reach


def connect() -> KubernetesHome:
    """A home on every cluster that was registered."""
    return KubernetesHome(Clusters())


def reached(registration: Registration) -> Reach:
    """The cluster by the ways that were registered."""
    ways, sealed = registration.ways, {}
    for name in ("kubeconfig", "database_url"):
        if text := getattr(ways, name):
            sealed[name] = text
    opened = vault.unseal(sealed, **registrations.OWNER, cluster=registration.cluster_id)
    return Reach(_api(registration, opened), registration.facts, Server(_sql(registration, opened)))


def _api(registration: Registration, opened: dict[str, str]) -> Api:
    if registration.ways.eks:
        return access.by_eks(registration.ways.eks, registration.region)
    return access.by_kubeconfig_text(opened["kubeconfig"])


def _sql(registration: Registration, opened: dict[str, str]) -> DataApi | Connection:
    if registration.ways.database_cluster:
        return DataApi(registration.ways.database_cluster, registration.ways.database_secret, registration.region)
    return Connection(opened["database_url"])
