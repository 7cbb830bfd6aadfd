"""Allowed IP address ranges: from where the Organization's users and tokens may come. Nobody can shut themselves out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from aws_lambda_powertools.event_handler import Response

from orrery.api.entrance import Address, Caller, no_content, routes
from orrery.api.paging import Page
from orrery.api.wire.ip_ranges import (
    AllowedIpAddressRange,
    AllowedIpAddressRangesList,
    AllowedIpAddressRangesPaginated,
    BulkCreateAllowedIpAddressRangesRequest,
    BulkDeleteAllowedIpAddressRangesRequest,
    CreateAllowedIpAddressRangeRequest,
)
from orrery.authz.permissions import Permission
from orrery.authz.principal import missing, require
from orrery.errors import Conflict, Invalid
from orrery.model.ip_ranges import MOST, IpRange, IpRanges
from orrery.names import new_id
from orrery.store import ip_ranges

router = routes()
COLLECTION = "/organizations/<organizationId>/allowed-ip-address-ranges"


def _in_order(each: IpRange) -> Any:
    network = ip_network(each.range)
    return network.version, int(network.network_address), network.prefixlen


SORTS = {"ipAddress": _in_order, "createdAt": lambda each: each.created_at, "updatedAt": lambda each: each.created_at}


@router.get(COLLECTION, operation_id="ListAllowedIpAddressRanges", summary="List allowed IP ranges", tags=["AllowedIpAddressRange"])
def list_ranges(organizationId: str, caller: Caller, page: Page) -> AllowedIpAddressRangesPaginated:
    """The ranges from which users and tokens may come; none means from everywhere."""
    require(caller, Permission.ORGANIZATION_IP_RANGES_GET, organization=organizationId)
    cut = page.cut(ip_ranges.load(organizationId).ranges, SORTS)
    shown = [AllowedIpAddressRange.of(each, organizationId) for each in cut.items]
    return AllowedIpAddressRangesPaginated(allowed_ip_address_ranges=shown, **cut.envelope)


@router.post(COLLECTION, operation_id="CreateAllowedIpAddressRange", summary="Allow an IP range", tags=["AllowedIpAddressRange"])
def create_range(organizationId: str, body: CreateAllowedIpAddressRangeRequest, caller: Caller, address: Address) -> AllowedIpAddressRange:
    """One more range; the first one shuts out everybody who comes from elsewhere, from the next request on."""
    require(caller, Permission.ORGANIZATION_IP_RANGES_CREATE, organization=organizationId)
    before = ip_ranges.load(organizationId)
    if twice := _twice(before, [body.ip_address_range]):
        raise Invalid.field("ipAddressRange", f"`{twice}` is in the list already", code="TAKEN")
    after = before.add([(new_id(), body.ip_address_range)], by=caller.subject, now=datetime.now(UTC))
    return _saved(after, address, field="ipAddressRange")[-1]


@router.post(
    f"{COLLECTION}/bulk-create", operation_id="BulkCreateAllowedIpAddressRanges", summary="Allow IP ranges", tags=["AllowedIpAddressRange"]
)
def create_ranges(
    organizationId: str, body: BulkCreateAllowedIpAddressRangesRequest, caller: Caller, address: Address
) -> AllowedIpAddressRangesList:
    """Several more ranges, all or none."""
    require(caller, Permission.ORGANIZATION_IP_RANGES_CREATE, organization=organizationId)
    before, fresh = ip_ranges.load(organizationId), body.allowed_ip_address_ranges
    if twice := _twice(before, fresh):
        raise Conflict(f"`{twice}` is in the list already, or named twice; nothing was created")
    after = before.add([(new_id(), each) for each in fresh], by=caller.subject, now=datetime.now(UTC))
    return AllowedIpAddressRangesList(allowed_ip_address_ranges=_saved(after, address, field="allowedIpAddressRanges")[-len(fresh) :])


@router.post(
    f"{COLLECTION}/bulk-delete",
    operation_id="BulkDeleteAllowedIpAddressRanges",
    summary="Take IP ranges off the list",
    tags=["AllowedIpAddressRange"],
    status_code=204,
)
def delete_ranges(organizationId: str, body: BulkDeleteAllowedIpAddressRangesRequest, caller: Caller, address: Address) -> Response[None]:
    """Several ranges less, all or none."""
    require(caller, Permission.ORGANIZATION_IP_RANGES_DELETE, organization=organizationId)
    before = ip_ranges.load(organizationId)
    there = {each.id for each in before.ranges}
    for place, id in enumerate(body.allowed_ip_address_range_ids):
        if id not in there:
            raise Invalid.clause(f"allowedIpAddressRangeIds[{place}]", "names no range of this Organization", code="NOT_FOUND")
    _saved(before.remove(body.allowed_ip_address_range_ids), address, field="allowedIpAddressRangeIds")
    return no_content()


@router.delete(
    f"{COLLECTION}/<allowedIpAddressRangeId>",
    operation_id="DeleteAllowedIpAddressRange",
    summary="Take an IP range off the list",
    tags=["AllowedIpAddressRange"],
    status_code=204,
)
def delete_range(organizationId: str, allowedIpAddressRangeId: str, caller: Caller, address: Address) -> Response[None]:
    """One range less; without the last one, people may come from everywhere."""
    require(caller, Permission.ORGANIZATION_IP_RANGES_DELETE, organization=organizationId)
    before = ip_ranges.load(organizationId)
    if allowedIpAddressRangeId not in {each.id for each in before.ranges}:
        raise missing("allowed IP address range")
    _saved(before.remove([allowedIpAddressRangeId]), address, field="allowedIpAddressRangeId")
    return no_content()


def _twice(before: IpRanges, fresh: Sequence[str]) -> str:
    """The first range that would be there twice, or nothing."""
    known = [each.range for each in before.ranges]
    return next((each for place, each in enumerate(fresh) if each in known or each in fresh[:place]), "")


def _saved(after: IpRanges, address: str, *, field: str) -> list[AllowedIpAddressRange]:
    if len(after.ranges) > MOST:
        raise Invalid.clause(field, f"would make more than {MOST} ranges; name larger ones instead", code="TOO_MANY")
    if not after.admits(address):
        raise Invalid.clause(
            field, f"would shut you out: you come from `{address}`, so the list must hold that address too", code="LOCKED_OUT"
        )
    ip_ranges.save(after)
    return [AllowedIpAddressRange.of(each, after.organization_id) for each in after.ranges]
