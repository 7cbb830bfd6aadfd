"""Statements on their way to a database server: the door, what a refusal means, and how names and texts are written."""

from typing import Protocol

from orrery.errors import DataPlaneFailed, Error, NotReadyYet, Unavailable

Value = str | int | float | bool | None


class Refused(Exception):
    """The server took the statement and said no. `code` is the SQLSTATE; the message is the server's own, for the log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Sql(Protocol):
    def run(self, statement: str, *, database: str = "") -> list[tuple[Value, ...]]:
        """One small statement outside of any transaction, in a database or the administrator's own; its rows.

        Raises `Refused`, `NotReadyYet` while the server wakes up, `Unavailable` when it does not answer, and `DataPlaneFailed` when the way
        there is closed for good.
        """


_PASSING = ("08", "40", "53", "57", "58", "55006", "55P03", "XX000")
"""Classes and codes that another try can mend: connections, collisions, no room, shutdowns, locks; and XX000, which is what PostgreSQL says
when two change the same row of its catalogue."""
_WAKING = ("57P03",)


def meaning(refused: Refused) -> Error:
    """A refusal as one of ours."""
    if refused.code in _WAKING:
        return NotReadyYet("the database server is starting")
    if refused.code.startswith(_PASSING):
        return Unavailable("the database server is busy")
    return DataPlaneFailed(f"the database server refused: SQLSTATE {refused.code or 'unknown'}")


def identifier(name: str) -> str:
    """A name as a statement has it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a statement has it. A backslash is refused: what it means is a setting of the server's."""
    if "\\" in text or "\0" in text:
        raise ValueError("this cannot stand in a statement")
    return "'" + text.replace("'", "''") + "'"
