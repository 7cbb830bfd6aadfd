"""Users in the table: the members of an Organization, each with the roles they hold there."""

from collections.abc import Iterable

from orrery.authz.principal import missing
from orrery.errors import Conflict
from orrery.model.user import User
from orrery.store import reads, writes
from orrery.store.tables import item
from orrery.store.writes import Write


def load(organization_id: str, id: str) -> User:
    """One member, unguarded."""
    user = reads.get(User, f"ORG#{organization_id}", f"USER#{id}")
    if user is None:
        raise missing("user")
    return user


def several(organization_id: str, ids: Iterable[str]) -> dict[str, User]:
    """Many members, by their ids; whoever is not there is left out."""
    return {user.id: user for user in reads.several(User, [(f"ORG#{organization_id}", f"USER#{id}") for id in ids])}


def replaced(user: User) -> Write:
    """The next generation of a member, as one write among others."""
    return writes.put_next(item(f"ORG#{user.organization_id}", f"USER#{user.id}", user), writes.changed(f"user `{user.username}`"))


def new(user: User) -> Write:
    """A member who was not there before, as one write among others."""
    return writes.put_new(item(f"ORG#{user.organization_id}", f"USER#{user.id}", user), Conflict(f"user `{user.username}` exists already"))
