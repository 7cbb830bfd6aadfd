"""Users in the table: the members of an Organization and those it invited, each with the roles they hold there.

An address belongs to one user of an Organization: a claim says to whom, made and let go in the same breath as the user.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing
from orrery.errors import Conflict, Error
from orrery.model.user import User, folded
from orrery.store import reads, writes
from orrery.store.tables import Item, claim, item, table
from orrery.store.writes import Write


def load(organization_id: str, id: str) -> User:
    """One user, unguarded."""
    user = reads.get(User, f"ORG#{organization_id}", f"USER#{id}")
    if user is None or not user.is_there(datetime.now(UTC)):
        raise missing("user")
    return user


def fetch(principal: Principal, organization_id: str, id: str) -> User:
    """One user, for a caller who may see the members of the Organization."""
    if not principal.may(Permission.ORGANIZATION_USERS_GET, organization_id):
        raise missing("user")
    return load(organization_id, id)


def every(organization_id: str) -> tuple[User, ...]:
    """All members and everybody invited, oldest first, unguarded."""
    return tuple(_there(reads.every(User, f"ORG#{organization_id}", "USER#")))


def several(organization_id: str, ids: Iterable[str]) -> dict[str, User]:
    """Many users, by their ids; whoever is not there is left out."""
    return {user.id: user for user in _there(reads.several(User, [(f"ORG#{organization_id}", f"USER#{id}") for id in ids]))}


def called(organization_id: str, address: str) -> User | None:
    """The user who has an address, or nobody; unguarded."""
    row = reads.row(f"ORG#{organization_id}", f"EMAIL#{folded(address)}")
    return several(organization_id, [row.body["owner"]]).get(row.body["owner"]) if row else None


def having(address: str) -> tuple[User, ...]:
    """The members who have an address, one in each Organization that it is a member of; unguarded."""
    bound = table()
    with writes.speaking():
        rows = list(bound.query(f"EMAIL#{folded(address)}", bound.sk.startswith("MEMBER#"), consistent_read=True))
    found = reads.several(User, [(f"ORG#{row.sk.removeprefix('MEMBER#')}", f"USER#{row.body['owner']}") for row in rows])
    return tuple(user for user in found if user.status == "ACTIVE" and folded(user.username) == folded(address))


def save(user: User, *, before: User) -> None:
    """The next generation. An Organization is never without an owner: whoever stops being one names another, who must still be one then."""
    home = user.organization_id
    loses_an_owner = before.owns(home) and not user.owns(home)
    writes.commit(replaced(user), *(_another_owner_stays(before) if loses_an_owner else ()))


def delete(user: User) -> None:
    """A member less, and their address free; never the last owner."""
    is_owner = user.owns(user.organization_id)
    writes.commit(*gone(user), *(_another_owner_stays(user) if is_owner else ()))


def new(user: User, taken: Error | None = None) -> tuple[Write, ...]:
    """A user who was not there before, with their address claimed, as writes among others; `taken` is said if somebody has the address."""
    otherwise = taken or Conflict(f"user `{user.username}` exists already")
    theirs = writes.put_free(_address(user), datetime.now(UTC), otherwise)
    return writes.put_new(_row(user), otherwise), theirs, writes.put(_found_by_address(user))


def replaced(user: User) -> Write:
    """The next generation of a user, as one write among others."""
    return writes.put_next(_row(user), _changed(user))


def accepted(user: User) -> tuple[Write, ...]:
    """Somebody invited who becomes a member: the next generation, and a claim that no longer ends."""
    address = _address(user)
    kept = writes.put_if(address, type(address).body == address.body, _changed(user))
    return replaced(user), kept, writes.put(_found_by_address(user))


def gone(user: User) -> tuple[Write, ...]:
    """A user who goes as they were read, and their address, as writes among others."""
    row = _row(user)
    released = (_released(each, user) for each in (_address(user), _found_by_address(user)))
    return writes.delete(row, type(row).generation == user.generation, _changed(user)), *released


def _released(row: Item, user: User) -> Write:
    """Somebody else may have taken the address of an invitation that ran out: theirs stays theirs."""
    nobodys = type(row).pk.does_not_exist() | (type(row).body == row.body)
    return writes.delete(row, nobodys, _changed(user))


def _another_owner_stays(user: User) -> tuple[Write, ...]:
    others = [each for each in every(user.organization_id) if each.id != user.id and each.owns(each.organization_id)]
    if not others:
        raise Conflict(f"`{user.username}` is the last owner of the Organization; make somebody else an owner first")
    row = _row(others[0])
    return (writes.check(row, type(row).generation == others[0].generation, writes.changed("the list of owners")),)


def _there(found: Iterable[User]) -> list[User]:
    now = datetime.now(UTC)
    return [user for user in found if user.is_there(now)]


def _row(user: User) -> Item:
    return item(f"ORG#{user.organization_id}", f"USER#{user.id}", user, **_end(user))


def _address(user: User) -> Item:
    return claim(f"ORG#{user.organization_id}", f"EMAIL#{folded(user.username)}", user.id, **_end(user))


def _found_by_address(user: User) -> Item:
    return claim(f"EMAIL#{folded(user.username)}", f"MEMBER#{user.organization_id}", user.id, **_end(user))


def _end(user: User) -> dict[str, Any]:
    return {"expires": user.expires_at} if user.expires_at else {}


def _changed(user: User) -> Error:
    return writes.changed(f"user `{user.username}`")
