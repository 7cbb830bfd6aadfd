"""Allowed IP address ranges on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from orrery.api.wire.base import BasicSubjectProfile, Paginated, Request, Response, Timestamp
from orrery.model import ip_ranges as model

Range = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(model.normal)]


class AllowedIpAddressRange(Response):
    """Addresses from which the Organization's users and tokens may come."""

    id: str
    organization_id: str
    ip_address_range: str
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, each: model.IpRange, organization_id: str) -> "AllowedIpAddressRange":
        by = BasicSubjectProfile.of(each.created_by)
        return cls(
            id=each.id, organization_id=organization_id, ip_address_range=each.range, created_at=each.created_at, created_by=by,
            updated_at=each.created_at, updated_by=by,
        )  # fmt: skip


class AllowedIpAddressRangesPaginated(Paginated):
    allowed_ip_address_ranges: list[AllowedIpAddressRange]


class AllowedIpAddressRangesList(Response):
    """Ranges that were made together."""

    allowed_ip_address_ranges: list[AllowedIpAddressRange]


class CreateAllowedIpAddressRangeRequest(Request):
    """One range, as in `203.0.113.0/24`."""

    ip_address_range: Range


class BulkCreateAllowedIpAddressRangesRequest(Request):
    """Several ranges, made all or none."""

    allowed_ip_address_ranges: Annotated[list[Range], Field(min_length=1, max_length=model.MOST)]


class BulkDeleteAllowedIpAddressRangesRequest(Request):
    """The ids of ranges that go, all or none."""

    allowed_ip_address_range_ids: Annotated[list[Annotated[str, Field(max_length=25)]], Field(min_length=1, max_length=model.MOST)]
