"""Organizations: list, get, update."""

from datetime import UTC, datetime

from orrery.api.entrance import Caller, routes
from orrery.api.paging import Page
from orrery.api.wire.base import without_nothing
from orrery.api.wire.organizations import Organization, OrganizationsPaginated, UpdateOrganizationRequest
from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal
from orrery.model import organization as model
from orrery.store import organizations

router = routes()


@router.get("/organizations", operation_id="ListOrganizations", summary="List Organizations", tags=["Organization"])
def list_organizations(caller: Caller, page: Page) -> OrganizationsPaginated:
    """The Organizations that the token belongs to."""
    cut = page.cut(organizations.list(caller))
    return OrganizationsPaginated(organizations=[_shown(each, caller) for each in cut.items], **cut.envelope)


@router.get("/organizations/<organizationId>", operation_id="GetOrganization", summary="Get an Organization", tags=["Organization"])
def get_organization(organizationId: str, caller: Caller) -> Organization:
    """One Organization."""
    return _shown(organizations.fetch(caller, organizationId, Permission.ORGANIZATION_GET), caller)


@router.post("/organizations/<organizationId>", operation_id="UpdateOrganization", summary="Update an Organization", tags=["Organization"])
def update_organization(organizationId: str, body: UpdateOrganizationRequest, caller: Caller) -> Organization:
    """Change an Organization's settings; what is left out stays as it is."""
    organization = organizations.fetch(caller, organizationId, Permission.ORGANIZATION_UPDATE)
    changes = without_nothing(**body.model_dump())
    updated = organization.update(by=caller.subject, now=datetime.now(UTC), **changes)
    organizations.save(updated)
    return _shown(updated, caller)


def _shown(organization: model.Organization, caller: Principal) -> Organization:
    """The caller sees no Organization but its own, whose allowed ranges came with its token."""
    return Organization.of(organization, has_ranges=bool(caller.allowed_from))
