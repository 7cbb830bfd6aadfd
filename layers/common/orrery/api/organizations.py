"""Organizations: list, get, update."""

from datetime import UTC, datetime

from orrery.api.entrance import Caller, routes
from orrery.api.paging import Page
from orrery.api.wire.base import without_nothing
from orrery.api.wire.organizations import Organization, OrganizationsPaginated, UpdateOrganizationRequest
from orrery.authz.permissions import Permission
from orrery.store import organizations

router = routes()


@router.get("/organizations", operation_id="ListOrganizations", summary="List Organizations", tags=["Organization"])
def list_organizations(caller: Caller, page: Page) -> OrganizationsPaginated:
    """The Organizations that the token belongs to."""
    cut = page.cut(organizations.list(caller))
    return OrganizationsPaginated(
        organizations=[Organization.of(each, has_ranges=bool(caller.allowed_from)) for each in cut.items], **cut.envelope
    )


@router.get("/organizations/<organizationId>", operation_id="GetOrganization", summary="Get an Organization", tags=["Organization"])
def get_organization(organizationId: str, caller: Caller) -> Organization:
    """One Organization."""
    return Organization.of(organizations.fetch(caller, organizationId, Permission.ORGANIZATION_GET), has_ranges=bool(caller.allowed_from))


@router.post("/organizations/<organizationId>", operation_id="UpdateOrganization", summary="Update an Organization", tags=["Organization"])
def update_organization(organizationId: str, body: UpdateOrganizationRequest, caller: Caller) -> Organization:
    """Change an Organization's settings; what is left out stays as it is."""
    organization = organizations.fetch(caller, organizationId, Permission.ORGANIZATION_UPDATE)
    changes = without_nothing(**body.model_dump())
    updated = organization.update(by=caller.subject, now=datetime.now(UTC), **changes)
    organizations.save(updated)
    return Organization.of(updated, has_ranges=bool(caller.allowed_from))
