"""Workspaces in the table; a Workspace's row also counts its Deployments, which is what keeps it from going while it holds one."""

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Conflict, Error
from orrery.model.workspace import Workspace
from orrery.store import reads, writes
from orrery.store.documents import freeze
from orrery.store.tables import Item, claim, item, table
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, id: str, permission: Permission) -> Workspace:
    """One Workspace, for a caller who may do `permission` with it."""
    if organization_id != principal.organization_id:
        raise missing("workspace")
    require(principal, permission, organization=organization_id, workspace=id)
    return load(organization_id, id)


def list(principal: Principal, organization_id: str) -> tuple[Workspace, ...]:
    """The Workspaces that the caller may see, oldest first."""
    require(principal, Permission.ORGANIZATION_GET, organization=organization_id)
    everything = reads.every(Workspace, f"ORG#{organization_id}", "WS#")
    return tuple(each for each in everything if principal.may(Permission.WORKSPACE_GET, organization_id, each.id))


def load(organization_id: str, id: str) -> Workspace:
    """One Workspace, unguarded: for the house itself."""
    workspace = reads.get(Workspace, f"ORG#{organization_id}", f"WS#{id}")
    if workspace is None:
        raise missing("workspace")
    return workspace


def names(organization_id: str, ids: set[str]) -> dict[str, str]:
    """What Workspaces are called, by their ids."""
    found = reads.several(Workspace, {(f"ORG#{organization_id}", f"WS#{id}") for id in ids})
    return {each.id: each.name for each in found}


def create(workspace: Workspace) -> None:
    """Makes it and claims its name, or nothing at all."""
    row = item(f"ORG#{workspace.organization_id}", f"WS#{workspace.id}", workspace, deployments=0)
    writes.commit(writes.put_new(row, _changed(workspace)), _name_claimed(workspace))


def save(workspace: Workspace, *, before: Workspace) -> None:
    """Replace the generation before this one; a new name is claimed and the old one let go in the same breath."""
    bound = table()
    row = bound(f"ORG#{workspace.organization_id}", f"WS#{workspace.id}")
    new_body = (bound.body.set(freeze(workspace)), bound.generation.set(workspace.generation))  # not a put: the count must stay
    saved = writes.update(row, *new_body, condition=bound.generation == before.generation, otherwise=_changed(workspace))
    renamed = () if workspace.name == before.name else (_name_claimed(workspace), _name_released(before))
    writes.commit(saved, *renamed)


def delete(workspace: Workspace) -> None:
    """Gone, unless it still holds Deployments; a Deployment that is being created at the same moment wins or loses as a whole."""
    bound = table()
    row = bound(f"ORG#{workspace.organization_id}", f"WS#{workspace.id}")
    empty = (bound.generation == workspace.generation) & (bound.deployments == 0)
    try:
        writes.commit(writes.delete(row, empty, _changed(workspace)), _name_released(workspace))
    except Conflict as refused:
        raise _why_not_deleted(workspace) or refused from refused


def there(organization_id: str, id: str) -> Write:
    """That it is still there, among writes of what is to lie in it."""
    return writes.check(table()(f"ORG#{organization_id}", f"WS#{id}"), table().pk.exists(), missing("workspace"))


def _why_not_deleted(workspace: Workspace) -> Error | None:
    row = reads.row(f"ORG#{workspace.organization_id}", f"WS#{workspace.id}")
    if row is None:
        return missing("workspace")
    if row.deployments:
        return Conflict(f"workspace `{workspace.name}` still holds {row.deployments} deployment(s); delete them first")
    return None


def _name_claimed(workspace: Workspace) -> Write:
    return writes.claim_name(_name(workspace), f"workspace named `{workspace.name}`")


def _name_released(workspace: Workspace) -> Write:
    return writes.delete_anyway(_name(workspace))


def _name(workspace: Workspace) -> Item:
    return claim(f"ORG#{workspace.organization_id}", f"WSNAME#{workspace.name}", workspace.id)


def _changed(workspace: Workspace) -> Error:
    return writes.changed(f"workspace `{workspace.name}`")
