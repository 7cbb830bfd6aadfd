"""Organizations: list, get, update."""

from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery.api.entrance import Caller, routes
from orrery.api.paging import Paging
from orrery.api.problems import Problems
from orrery.api.wire.base import without_nothing
from orrery.api.wire.organizations import Organization, OrganizationsPaginated, UpdateOrganizationRequest
from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal
from orrery.model import organization as model
from orrery.store import organizations

router = routes()
IsLookUpOnly = Annotated[bool, Query(description="Taken for the sake of clients that send it; the answer is whole either way.")]


class Filter(Paging):
    """Which Organizations to list."""

    product: str = Field("", description="Only those of this product, such as `HOSTED`.")
    astronomerProduct: str = Field("", description="Only those with a plan of this product, such as `ASTRO`.")
    productPlan: str = Field("", description="Only those with this plan.")

    def matches(self, organization: Organization) -> bool:
        plans = organization.product_plans
        return (
            self.product in ("", organization.product)
            and self.astronomerProduct in ("", *(each.astronomer_product for each in plans))
            and self.productPlan in ("", *(each.product_plan_name for each in plans))
        )


@router.get("/organizations", operation_id="ListOrganizations", summary="List Organizations", tags=["Organization"])
def list_organizations(caller: Caller, asked: Annotated[Filter, Query()]) -> OrganizationsPaginated:
    """The Organizations that the token belongs to."""
    found = [_shown(each, caller) for each in organizations.list(caller)]
    cut = asked.cut([each for each in found if asked.matches(each)])
    return OrganizationsPaginated(organizations=cut.items, **cut.envelope)


@router.get("/organizations/<organizationId>", operation_id="GetOrganization", summary="Get an Organization", tags=["Organization"])
def get_organization(organizationId: str, caller: Caller, isLookUpOnly: IsLookUpOnly = False) -> Organization:
    """One Organization."""
    return _shown(organizations.fetch(caller, organizationId, Permission.ORGANIZATION_GET), caller)


@router.post("/organizations/<organizationId>", operation_id="UpdateOrganization", summary="Update an Organization", tags=["Organization"])
def update_organization(organizationId: str, body: UpdateOrganizationRequest, caller: Caller) -> Organization:
    """Change an Organization's settings; what is left out stays as it is."""
    organization = organizations.fetch(caller, organizationId, Permission.ORGANIZATION_UPDATE)
    _refuse_what_would_do_nothing(body)
    changes = without_nothing(**body.model_dump())
    updated = organization.update(by=caller.subject, now=datetime.now(UTC), **changes)
    organizations.save(updated)
    return _shown(updated, caller)


def _refuse_what_would_do_nothing(body: UpdateOrganizationRequest) -> None:
    problems = Problems()
    if body.is_scim_enabled:
        problems.add(
            "isScimEnabled", "must be false for now: no identity provider can be connected yet; invite people instead", "NOT_SERVED"
        )
    if body.allow_enhanced_support_access:
        problems.add(
            "allowEnhancedSupportAccess", "must be false: nobody stands behind this installation who could be let in", "NOT_SERVED"
        )
    problems.refuse()


def _shown(organization: model.Organization, caller: Principal) -> Organization:
    """The caller sees no Organization but its own, whose allowed ranges came with its token."""
    return Organization.of(organization, has_ranges=bool(caller.allowed_from))
