"""Organizations on the wire."""

from typing import Annotated

from pydantic import Field

from orrery.api.wire.base import BasicSubjectProfile, Boolean, Name, Paginated, Request, Response, Timestamp, one_of
from orrery.model import organization as model


class ManagedDomain(Response):
    """A domain whose users belong to the Organization."""

    id: str
    name: str
    organization_id: str
    status: Annotated[str, one_of("PENDING", "VERIFIED")]
    enforced_logins: list[str]
    created_at: Timestamp
    updated_at: Timestamp


class OrganizationProductPlan(Response):
    """What the Organization may use; an installation of one's own has no plans to choose from."""

    astronomer_product: Annotated[str, one_of("ASTRO")]
    organization_id: str
    product_plan_id: str
    product_plan_name: str


class Organization(Response):
    """A tenant."""

    id: str
    name: str
    billing_email: str
    allow_enhanced_support_access: bool
    has_ai_features_disabled: bool
    has_allowed_ip_address_ranges: bool
    is_blocked_enable_ai_features: bool
    is_scim_enabled: bool
    managed_domains: list[ManagedDomain]
    payment_method: str | None
    product: Annotated[str, one_of("HOSTED", "HYBRID")]
    product_plans: list[OrganizationProductPlan]
    should_enforce_dedicated_clusters: bool
    is_environment_secrets_fetching_enabled: bool
    status: Annotated[str, one_of("ACTIVE", "INACTIVE", "SUSPENDED")]
    trial_expires_at: Timestamp | None
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, organization: model.Organization, *, has_ranges: bool) -> "Organization":
        plan = OrganizationProductPlan(
            astronomer_product="ASTRO", organization_id=organization.id, product_plan_id=organization.id, product_plan_name="ENTERPRISE_V2"
        )
        return cls(
            id=organization.id,
            name=organization.name,
            billing_email=organization.billing_email,
            allow_enhanced_support_access=organization.allow_enhanced_support_access,
            has_ai_features_disabled=organization.has_ai_features_disabled,
            has_allowed_ip_address_ranges=has_ranges,
            is_blocked_enable_ai_features=False,
            is_scim_enabled=organization.is_scim_enabled,
            managed_domains=[],
            payment_method=None,
            product="HOSTED",
            product_plans=[plan],
            should_enforce_dedicated_clusters=organization.should_enforce_dedicated_clusters,
            is_environment_secrets_fetching_enabled=organization.is_environment_secrets_fetching_enabled,
            status="ACTIVE",
            trial_expires_at=None,
            created_at=organization.created_at,
            created_by=BasicSubjectProfile.of(organization.created_by),
            updated_at=organization.updated_at,
            updated_by=BasicSubjectProfile.of(organization.updated_by),
        )


class OrganizationsPaginated(Paginated):
    organizations: list[Organization]


class UpdateOrganizationRequest(Request):
    """New settings of an Organization; what is left out stays."""

    name: Annotated[Name, Field(max_length=50)]
    billing_email: Annotated[str, Field(max_length=320, pattern=r"^$|^[^@\s]+@[^@\s]+$")]
    is_scim_enabled: Boolean
    allow_enhanced_support_access: Boolean | None = None
    has_ai_features_disabled: Boolean | None = None
    should_enforce_dedicated_clusters: Boolean | None = None
    is_environment_secrets_fetching_enabled: Boolean | None = Field(
        None, description="Whether `showSecrets` of environment objects sends secrets; off at first."
    )
