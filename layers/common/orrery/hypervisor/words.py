"""Counts as people read them, in reasons. Pure."""


def counted(count: int, noun: str) -> str:
    """`1 worker`, `2 workers`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def are(count: int) -> str:
    """`1 is`, `2 are`."""
    return f"{count} is" if count == 1 else f"{count} are"
