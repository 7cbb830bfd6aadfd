"""Users in the table: the members of an Organization, each with the roles they hold there."""

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


def new(user: User) -> Write:
    """A member who was not there before, as one write among others."""
    return writes.put_new(item(f"ORG#{user.organization_id}", f"USER#{user.id}", user), Conflict(f"user `{user.username}` exists already"))
