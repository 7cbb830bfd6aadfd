"""Custom roles in the table. Grants name a role by its id, so a role that changes or goes does so for all who hold it, at once."""

from collections.abc import Iterable

from orrery.authz.permissions import Permission
from orrery.authz.policy import is_default
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Error
from orrery.model.role import CustomRole
from orrery.model.token import Grant
from orrery.store import reads, writes
from orrery.store.tables import Item, claim, item
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, id: str, permission: Permission) -> CustomRole:
    """One role, for a caller who may do `permission` with the Organization's roles."""
    if organization_id != principal.organization_id:
        raise missing("role")
    require(principal, permission, organization=organization_id)
    role = reads.get(CustomRole, f"ORG#{organization_id}", f"ROLE#{id}")
    if role is None:
        raise missing("role")
    return role


def list(principal: Principal, organization_id: str) -> tuple[CustomRole, ...]:
    """The Organization's roles, oldest first."""
    require(principal, Permission.ORGANIZATION_ROLES_GET, organization=organization_id)
    return every(organization_id)


def every(organization_id: str) -> tuple[CustomRole, ...]:
    """The Organization's roles, oldest first, unguarded."""
    return tuple(reads.every(CustomRole, f"ORG#{organization_id}", "ROLE#"))


def find(organization_id: str, id_or_name: str) -> CustomRole | None:
    """The role of an id or a name, unguarded: whoever grants it must hold what it holds."""
    pk = f"ORG#{organization_id}"
    if role := reads.get(CustomRole, pk, f"ROLE#{id_or_name}"):
        return role
    named = reads.row(pk, f"ROLENAME#{id_or_name}")
    return reads.get(CustomRole, pk, f"ROLE#{named.body['owner']}") if named else None


def behind(organization_id: str, grants: Iterable[Grant]) -> tuple[CustomRole, ...]:
    """The custom roles that grants name, as they are now; no read when there is none, one batch for all of them otherwise."""
    ids = {grant.role for grant in grants if not is_default(grant.role)}
    return tuple(reads.several(CustomRole, {(f"ORG#{organization_id}", f"ROLE#{id}") for id in ids}))


def called(organization_id: str, grants: Iterable[Grant]) -> dict[str, str]:
    """What the custom roles that grants name are called, by their ids."""
    return {role.id: role.name for role in behind(organization_id, grants)}


def create(role: CustomRole) -> None:
    """Makes it and claims its name, or nothing at all."""
    writes.commit(writes.put_new(_row(role), _changed(role)), _name_claimed(role))


def save(role: CustomRole, *, before: CustomRole) -> None:
    """Replace the generation before this one; a new name is claimed and the old one let go in the same breath."""
    renamed = () if role.name == before.name else (_name_claimed(role), _name_released(before))
    writes.commit(writes.put_next(_row(role), _changed(role)), *renamed)


def delete(role: CustomRole) -> None:
    """Gone; its grants are worth nothing from the next request on."""
    row = _row(role)
    writes.commit(writes.delete(row, type(row).generation == role.generation, _changed(role)), _name_released(role))


def _row(role: CustomRole) -> Item:
    return item(f"ORG#{role.organization_id}", f"ROLE#{role.id}", role)


def _name_claimed(role: CustomRole) -> Write:
    return writes.claim_name(_name(role), f"role named `{role.name}`")


def _name_released(role: CustomRole) -> Write:
    return writes.delete_anyway(_name(role))


def _name(role: CustomRole) -> Item:
    return claim(f"ORG#{role.organization_id}", f"ROLENAME#{role.name}", role.id)


def _changed(role: CustomRole) -> Error:
    return writes.changed(f"role `{role.name}`")
