"""The addresses from which an Organization's users and tokens may come; an empty list is no limit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Self

from orrery.model.subject import Subject

MOST = 200
"""Ranges in one Organization; all of them are read with every request."""


@dataclass(frozen=True)
class IpRange:
    id: str
    range: str
    """In CIDR notation, as in `203.0.113.0/24`; one address is a range of its own."""
    created_at: datetime
    created_by: Subject


@dataclass(frozen=True)
class IpRanges:
    """All of an Organization's ranges; they change together, so they are one value with one generation."""

    organization_id: str
    ranges: tuple[IpRange, ...] = ()
    generation: int = 0

    def add(self, fresh: Iterable[tuple[str, str]], *, by: Subject, now: datetime) -> Self:
        """With more ranges, given as pairs of an id and a range."""
        more = tuple(IpRange(id, range, now, by) for id, range in fresh)
        return replace(self, ranges=self.ranges + more, generation=self.generation + 1)

    def remove(self, ids: Iterable[str]) -> Self:
        """Without those of these ids."""
        gone = frozenset(ids)
        return replace(self, ranges=tuple(each for each in self.ranges if each.id not in gone), generation=self.generation + 1)

    def admits(self, address: str) -> bool:
        """Whether somebody may come from there."""
        return admits([each.range for each in self.ranges], address)


def admits(ranges: Sequence[str], address: str) -> bool:
    """Whether an address lies in one of the ranges; from everywhere when there is none."""
    if not ranges:
        return True
    try:
        known = ip_address(address)
    except ValueError:
        return False
    old = known.ipv4_mapped if isinstance(known, IPv6Address) else None  # IPv4 in IPv6's dress is the same place
    return any(known in network or (old is not None and old in network) for network in map(ip_network, ranges))


def normal(text: str) -> str:
    """A range in its one spelling; `ValueError` in words if it is none."""
    wrong = f"`{text[:50]}` is no range of addresses; write one as in `203.0.113.0/24` or `2001:db8::/32`"
    if "%" in text:  # an interface's name says nothing to anybody else
        raise ValueError(wrong)
    try:
        network, first = ip_network(text, strict=False), ip_address(text.partition("/")[0])
    except ValueError:
        raise ValueError(wrong) from None
    if first != network.network_address:
        raise ValueError(f"`{text}` has bits set beyond its prefix; write `{network}`")
    return str(network)
