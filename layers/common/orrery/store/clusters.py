"""Clusters in the table: the platform's standard ones, which serve every Organization, and an Organization's own."""

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Conflict
from orrery.model.cluster import Cluster
from orrery.store import reads, writes
from orrery.store.tables import item
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, id: str, permission: Permission) -> Cluster:
    """One cluster that serves the Organization, for a caller who may do `permission` there."""
    if not principal.may(Permission.ORGANIZATION_CLUSTERS_GET, organization_id):
        raise missing("cluster")
    require(principal, permission, organization=organization_id)
    return load(organization_id, id)


def list(principal: Principal, organization_id: str) -> tuple[Cluster, ...]:
    """The clusters that serve the Organization, standard ones first."""
    require(principal, Permission.ORGANIZATION_CLUSTERS_GET, organization=organization_id)
    return serving(organization_id)


def load(organization_id: str, id: str) -> Cluster:
    """One cluster that serves the Organization, unguarded."""
    found = reads.several(Cluster, [("CLUSTERS", f"CLUSTER#{id}"), (f"ORG#{organization_id}", f"CLUSTER#{id}")])
    if not found:
        raise missing("cluster")
    return found[0]


def serving(organization_id: str) -> tuple[Cluster, ...]:
    """Every cluster that serves the Organization, unguarded."""
    return (*reads.every(Cluster, "CLUSTERS", "CLUSTER#"), *reads.every(Cluster, f"ORG#{organization_id}", "CLUSTER#"))


def standard(name: str) -> Cluster | None:
    """The standard cluster of that name, if there is one."""
    return next((each for each in reads.every(Cluster, "CLUSTERS", "CLUSTER#") if each.name == name), None)


def changed(cluster: Cluster) -> Write:
    """A standard cluster's next state, as one write among others; it raises `StaleGeneration` when somebody else wrote first."""
    return writes.put_next(item("CLUSTERS", f"CLUSTER#{cluster.id}", cluster), writes.changed(f"cluster `{cluster.name}`"))


def new_standard(cluster: Cluster) -> Write:
    """A cluster for everybody, as one write among others."""
    return writes.put_new(item("CLUSTERS", f"CLUSTER#{cluster.id}", cluster), Conflict(f"cluster `{cluster.name}` exists already"))
