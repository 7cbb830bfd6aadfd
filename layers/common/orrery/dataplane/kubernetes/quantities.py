"""Amounts of CPU and memory, spelled as the API server spells them: what is rendered can then be compared with what is there."""

from decimal import Decimal

_UNITS = ("Ki", "Mi", "Gi", "Ti")


def cpu(cores: Decimal | int | str) -> str:
    """`0.25` is `250m`, `2` is `2`."""
    milli = int(Decimal(cores) * 1000)
    return str(milli // 1000) if milli % 1000 == 0 else f"{milli}m"


def memory(gib: Decimal | int | str) -> str:
    """GiB, rounded down to a whole KiB, in the largest unit that needs no fraction: `0.5` is `512Mi`."""
    amount, unit = int(Decimal(gib) * 2**20), 0
    while amount and amount % 1024 == 0 and unit < len(_UNITS) - 1:
        amount, unit = amount // 1024, unit + 1
    return f"{amount}{_UNITS[unit]}" if amount else "0"


def gib(text: str) -> Decimal:
    """The number in an amount such as `0.5Gi`, which is how Deployments tell theirs."""
    return Decimal(text.removesuffix("Gi"))
