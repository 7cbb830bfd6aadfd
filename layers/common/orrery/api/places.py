"""Places named in requests: ids in a body, and where in the world a Deployment may run."""

import contextlib
from collections.abc import Iterator, Sequence

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal
from orrery.errors import Invalid, NotFound
from orrery.store import clusters, deployments, workspaces


@contextlib.contextmanager
def named_in(field: str) -> Iterator[None]:
    """What a body names is looked up inside: an unknown id and another tenant's id give the same 400 with the field's name."""
    try:
        yield
    except NotFound as problem:
        raise Invalid.field(field, problem.message, code="NOT_FOUND") from problem


def check_provider(provider: str | None, organization_id: str, *, field: str) -> None:
    """Only AWS is served; whoever asks for another provider is told where there is room instead."""
    if provider not in (None, "", "AWS"):
        there_is = ", ".join(f"`{region}`" for region in regions(organization_id))
        raise Invalid.field(field, f"`{provider}` is not served here; use `AWS`, with one of the regions {there_is}", code="NOT_SERVED")


def check_region(region: str | None, organization_id: str, *, field: str) -> None:
    """A region must have a cluster that serves the Organization."""
    served = regions(organization_id)
    if region and region not in served:
        there_is = ", ".join(f"`{each}`" for each in served)
        raise Invalid.field(field, f"there is no cluster in `{region}`; choose one of the regions {there_is}", code="NOT_SERVED")


def check_cluster(cluster_id: str | None, organization_id: str, *, field: str) -> None:
    """A cluster must serve the Organization."""
    if cluster_id:
        with named_in(field):
            clusters.load(organization_id, cluster_id)


def narrowed(caller: Principal, organization_id: str, noun: str, *, workspace: str, deployment: str) -> bool:
    """Whether a list is one of a Workspace or a Deployment, for a caller who may see the `noun` (such as `users`) of each that is named."""
    if workspace:
        workspaces.fetch(caller, organization_id, workspace, Permission(f"workspace.{noun}.get"))
    if deployment:
        deployments.fetch(caller, organization_id, deployment, Permission(f"deployment.{noun}.get"))
    return bool(workspace or deployment)


def check_workspaces(ids: Sequence[str] | None, organization_id: str, *, field: str) -> None:
    """Workspaces must be the Organization's own."""
    there = workspaces.names(organization_id, set(ids or ()))
    for place, id in enumerate(ids or ()):
        if id not in there:
            raise Invalid.clause(f"{field}[{place}]", "names no workspace of this Organization", code="NOT_FOUND")


def regions(organization_id: str) -> list[str]:
    """Where there are clusters that serve the Organization."""
    return sorted({cluster.region for cluster in clusters.serving(organization_id)})
