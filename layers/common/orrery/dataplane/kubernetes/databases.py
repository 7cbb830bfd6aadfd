"""The door to the server on which every Deployment of a cluster has a database of its own."""

from typing import Protocol


class Databases(Protocol):
    def ensure(self, name: str, *, password: str, reader_password: str) -> None:
        """A database that a login of the same name owns, and a login `<name>_read` that may only read it.

        Raises `NotReadyYet` while it is being made, `Unavailable` when the server does not answer.
        """

    def remove(self, name: str) -> None:
        """Neither the database nor its logins are there any more."""
