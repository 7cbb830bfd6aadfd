"""Somebody who did something: the stamp that every stored thing carries for its maker and its last writer."""

from dataclasses import dataclass
from enum import StrEnum


class SubjectType(StrEnum):
    USER = "USER"
    SERVICEKEY = "SERVICEKEY"


@dataclass(frozen=True)
class Subject:
    """A user or an API token, as it is shown to others."""

    id: str
    type: SubjectType
    name: str
    """The full name of a user, or the name of an API token."""
    username: str = ""
    """The e-mail address of a user."""
