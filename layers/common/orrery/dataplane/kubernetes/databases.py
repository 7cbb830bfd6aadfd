"""The door to the server on which every Deployment of a cluster has a database of its own."""

from typing import Protocol


class Databases(Protocol):
    def ensure(self, name: str, *, password: str, reader_password: str) -> None:
        """A database for a login of the same name to fill, and a login `<name>_read` that may only look at demand.

        Raises `NotReadyYet` while it is being made, `Unavailable` when the server does not answer.
        """

    def ensure_readable(self, name: str) -> None:
        """`<name>_read` sees the tables that demand is read from, as far as migrations have made them, and no others."""

    def is_used(self, name: str) -> bool:
        """Whether there is anything in it that a person would miss: a run, a connection, a variable."""

    def remove(self, name: str) -> None:
        """Neither the database nor its logins are there any more."""
