"""Organizations in the table."""

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Conflict
from orrery.model.organization import Organization
from orrery.store import reads, writes
from orrery.store.tables import claim, item, table
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, permission: Permission) -> Organization:
    """The Organization, for somebody who may do `permission` with it."""
    require(principal, permission, organization=organization_id)
    return load(organization_id)


def list(principal: Principal) -> tuple[Organization, ...]:
    """Every Organization the principal belongs to: its home."""
    return (fetch(principal, principal.organization_id, Permission.ORGANIZATION_GET),)


def load(organization_id: str) -> Organization:
    """The Organization, for the house itself."""
    organization = reads.get(Organization, f"ORG#{organization_id}", "ORG")
    if organization is None:
        raise missing("organization")
    return organization


def ids() -> tuple[str, ...]:
    """The id of every Organization there is, for the platform itself."""
    bound = table()
    with writes.speaking():
        return tuple(row.body["owner"] for row in bound.query("ORGS", bound.sk.startswith("ORG#"), consistent_read=True))


def save(organization: Organization) -> None:
    """Replace the generation before this one."""
    row = item(f"ORG#{organization.id}", "ORG", organization)
    writes.commit(writes.put_next(row, writes.changed(f"organization `{organization.name}`")))


def new(organization: Organization) -> tuple[Write, ...]:
    """An Organization that was not there before, as writes among others."""
    exists = Conflict(f"organization `{organization.name}` exists already")
    pointer = claim("ORGS", f"ORG#{organization.id}", organization.id)
    return writes.put_new(item(f"ORG#{organization.id}", "ORG", organization), exists), writes.put_new(pointer, exists)
