"""Whether the machine has ended processes because memory ran out: its kernel counts them, and does not say whom."""

from pathlib import Path

_COUNTERS = Path("/proc/vmstat")


def kills() -> int:
    """How many since it started; 0 where the kernel does not tell."""
    try:
        counters = dict(line.split() for line in _COUNTERS.read_text().splitlines())
        return int(counters.get("oom_kill", 0))
    except (OSError, ValueError):
        return 0
