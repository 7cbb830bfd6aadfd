"""`orrery organization allowed-ip-range`: from which addresses the Organization may be used."""

import click

from orrery_cli import lookup
from orrery_cli.session import Session, current
from orrery_cli.shared import group

COLUMNS = ("id", "ipAddressRange", "createdAt", "createdBy.username")
_LIST = "allowedIpAddressRanges"


@group("allowed-ip-range")
def allowed_ip_range() -> None:
    """Say from where the Organization's users and tokens may come; from everywhere while there is no range.

    \b
    Examples:
      orrery organization allowed-ip-range add 203.0.113.0/24 198.51.100.7/32 --yes
      orrery organization allowed-ip-range list
      orrery organization allowed-ip-range remove 198.51.100.7/32 --yes
    """


@allowed_ip_range.command("list")
def list_ranges() -> None:
    """The ranges; none means that nobody is kept out."""
    session = current()
    session.show({_LIST: session.api.items(_path(session), _LIST)}, COLUMNS)


@allowed_ip_range.command("add")
@click.argument("ranges", nargs=-1, required=True, metavar="RANGE...")
def add(ranges: tuple[str, ...]) -> None:
    """Allow ranges, all of them or none; whoever is in none is kept out from the next request on.

    \b
    Examples:
      orrery organization allowed-ip-range add 203.0.113.0/24 --yes
    """
    session = current()
    session.confirm(f"let the Organization be used from {', '.join(ranges)} and what was allowed before, and from nowhere else")
    session.show(session.api.post(f"{_path(session)}/bulk-create", {_LIST: list(ranges)}), COLUMNS)


@allowed_ip_range.command("remove")
@click.argument("ranges", nargs=-1, required=True, metavar="RANGE|ID...")
def remove(ranges: tuple[str, ...]) -> None:
    """Take ranges back, all of them or none; without the last one everybody may come from everywhere.

    \b
    Examples:
      orrery organization allowed-ip-range remove 203.0.113.0/24 --yes
    """
    session = current()
    leaving = [lookup.ip_range(session, each) for each in ranges]
    session.confirm(f"take back {', '.join(each['ipAddressRange'] for each in leaving)}")
    session.api.post(f"{_path(session)}/bulk-delete", {"allowedIpAddressRangeIds": [each["id"] for each in leaving]})
    session.show({"removed": [{key: each[key] for key in ("id", "ipAddressRange")} for each in leaving]})


def _path(session: Session) -> str:
    return f"{session.root}/allowed-ip-address-ranges"
