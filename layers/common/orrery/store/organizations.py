"""Organizations in the table."""

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.model.organization import Organization
from orrery.store import reads, writes
from orrery.store.tables import item


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


def save(organization: Organization) -> None:
    """Replace the generation before this one."""
    row = item(f"ORG#{organization.id}", "ORG", organization)
    writes.commit(writes.put_next(row, writes.changed(f"organization `{organization.name}`")))
