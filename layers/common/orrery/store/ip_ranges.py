"""An Organization's allowed addresses in the table: one row, read beside the token of every request."""

from orrery.errors import Error
from orrery.model.ip_ranges import IpRanges
from orrery.store import reads, writes
from orrery.store.tables import item


def key(organization_id: str) -> tuple[str, str]:
    """Where they lie."""
    return f"ORG#{organization_id}", "IPRANGES"


def load(organization_id: str) -> IpRanges:
    """All of them, unguarded; none were ever made where there is no row."""
    return reads.get(IpRanges, *key(organization_id)) or IpRanges(organization_id)


def save(ranges: IpRanges) -> None:
    """The next generation, if the one before it is still there."""
    row = item(*key(ranges.organization_id), ranges)
    writes.commit(writes.put_new(row, _changed()) if ranges.generation == 1 else writes.put_next(row, _changed()))


def _changed() -> Error:
    return writes.changed("the list of allowed IP address ranges")
