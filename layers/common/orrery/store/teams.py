"""Teams in the table. A user's row names their teams, so that who asks is known in one batch more; a row per membership lists members."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Error
from orrery.model.team import Membership, Team
from orrery.model.user import User
from orrery.store import reads, users, writes
from orrery.store.tables import Item, claim, item, table
from orrery.store.writes import Write


def fetch(principal: Principal, organization_id: str, id: str, permission: Permission) -> Team:
    """One team, for a caller who may do `permission` in its Organization."""
    if not principal.may(Permission.ORGANIZATION_TEAMS_GET, organization_id):
        raise missing("team")
    team = load(organization_id, id)
    require(principal, permission, organization=organization_id)
    return team


def load(organization_id: str, id: str) -> Team:
    """One team, unguarded."""
    team = reads.get(Team, f"ORG#{organization_id}", f"TEAM#{id}")
    if team is None:
        raise missing("team")
    return team


def every(organization_id: str) -> tuple[Team, ...]:
    """All teams of an Organization, oldest first, unguarded."""
    return tuple(reads.every(Team, f"ORG#{organization_id}", "TEAM#"))


def of(user: User) -> tuple[Team, ...]:
    """The teams that a user is in, oldest first, unguarded."""
    found = reads.several(Team, [(f"ORG#{user.organization_id}", f"TEAM#{id}") for id in user.team_ids])
    return tuple(sorted(found, key=lambda team: team.id))


def create(team: Team, members: Sequence[User], now: datetime) -> None:
    """Makes it with its first members and claims its name, or nothing at all."""
    writes.commit(writes.put_new(_row(team), _changed(team)), _name_claimed(team), *_joined(team, members, now))


def save(team: Team, *, before: Team) -> None:
    """The next generation; a new name is claimed and the old one let go in the same breath."""
    renamed = () if team.name == before.name else (_name_claimed(team), writes.delete_anyway(_name(before)))
    writes.commit(writes.put_next(_row(team), _changed(team)), *renamed)


def delete(team: Team) -> None:
    """Gone, and with it at once whatever its members could do through it; the traces of their membership go after."""
    row, bound = _row(team), table()
    writes.commit(writes.delete(row, type(row).generation == team.generation, _changed(team)), writes.delete_anyway(_name(team)))
    with writes.speaking(), bound.batch_write() as batch:
        for membership in memberships(team):
            batch.delete(_membership(team, membership))


def memberships(team: Team) -> tuple[Membership, ...]:
    """Who is in a team, in the order of their ids."""
    return tuple(reads.every(Membership, f"ORG#{team.organization_id}", f"IN#{team.id}#"))


def join(team: Team, members: Iterable[User], now: datetime) -> None:
    """All of them are in it from now on, or none; whoever is in it already stays."""
    fresh = [user for user in members if team.id not in user.team_ids]
    if fresh:
        there = writes.check(_row(team), table().pk.exists(), missing("team"))
        writes.commit(there, *_joined(team, fresh, now))


def leave(team: Team, user: User) -> None:
    """They are out of it at the next request."""
    row = _membership(team, Membership(team.id, user.id, user.updated_at))
    writes.commit(users.replaced(user.leave(team.id)), writes.delete_anyway(row))


def forget(user: User) -> None:
    """The traces of the membership of somebody who is no longer there; whoever lists members passes over those that stay."""
    rows = [table()(f"ORG#{user.organization_id}", f"IN#{id}#{user.id}") for id in user.team_ids]
    with writes.speaking(), table().batch_write() as batch:
        for row in rows:
            batch.delete(row)


def _joined(team: Team, members: Iterable[User], now: datetime) -> tuple[Write, ...]:
    pairs = [(users.replaced(user.join(team.id)), writes.put(_membership(team, Membership(team.id, user.id, now)))) for user in members]
    return tuple(write for pair in pairs for write in pair)


def _row(team: Team) -> Item:
    return item(f"ORG#{team.organization_id}", f"TEAM#{team.id}", team)


def _membership(team: Team, membership: Membership) -> Item:
    return item(f"ORG#{team.organization_id}", f"IN#{team.id}#{membership.user_id}", membership)


def _name_claimed(team: Team) -> Write:
    return writes.claim_name(_name(team), f"team named `{team.name}`")


def _name(team: Team) -> Item:
    return claim(f"ORG#{team.organization_id}", f"TEAMNAME#{team.name}", team.id)


def _changed(team: Team) -> Error:
    return writes.changed(f"team `{team.name}`")
