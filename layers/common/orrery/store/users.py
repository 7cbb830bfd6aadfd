"""Users in the table: the members of an Organization, each with the roles they hold there."""

from collections.abc import Iterable

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing
from orrery.errors import Conflict
from orrery.model.user import User
from orrery.store import reads, writes
from orrery.store.tables import Item, item
from orrery.store.writes import Write


def load(organization_id: str, id: str) -> User:
    """One member, unguarded."""
    user = reads.get(User, f"ORG#{organization_id}", f"USER#{id}")
    if user is None:
        raise missing("user")
    return user


def fetch(principal: Principal, organization_id: str, id: str) -> User:
    """One member, for a caller who may see the members of the Organization."""
    if not principal.may(Permission.ORGANIZATION_USERS_GET, organization_id):
        raise missing("user")
    return load(organization_id, id)


def every(organization_id: str) -> tuple[User, ...]:
    """All members, oldest first, unguarded."""
    return tuple(reads.every(User, f"ORG#{organization_id}", "USER#"))


def save(user: User, *, before: User) -> None:
    """The next generation. An Organization is never without an owner: whoever stops being one names another, who must still be one then."""
    home = user.organization_id
    if before.owns(home) and not user.owns(home):
        return writes.commit(replaced(user), _still_owner(_another_owner(before)))
    return writes.commit(replaced(user))


def _another_owner(user: User) -> User:
    others = [each for each in every(user.organization_id) if each.id != user.id and each.owns(each.organization_id)]
    if not others:
        raise Conflict(f"`{user.username}` is the last owner of the Organization; make somebody else an owner first")
    return others[0]


def _still_owner(user: User) -> Write:
    row = _row(user)
    return writes.check(row, type(row).generation == user.generation, writes.changed("the list of owners"))


def several(organization_id: str, ids: Iterable[str]) -> dict[str, User]:
    """Many members, by their ids; whoever is not there is left out."""
    return {user.id: user for user in reads.several(User, [(f"ORG#{organization_id}", f"USER#{id}") for id in ids])}


def replaced(user: User) -> Write:
    """The next generation of a member, as one write among others."""
    return writes.put_next(_row(user), writes.changed(f"user `{user.username}`"))


def new(user: User) -> Write:
    """A member who was not there before, as one write among others."""
    return writes.put_new(_row(user), Conflict(f"user `{user.username}` exists already"))


def _row(user: User) -> Item:
    return item(f"ORG#{user.organization_id}", f"USER#{user.id}", user)
