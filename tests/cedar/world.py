"""A world in which Organizations grow and roles come and go: users, teams and custom roles as the store keeps them, without a table."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from orrery.authz.permissions import Permission
from orrery.authz.principal import Kind, Principal
from orrery.model.role import CustomRole
from orrery.model.team import Team
from orrery.model.token import Grant
from orrery.model.user import User
from orrery.store import principals, reads
from orrery.store.documents import freeze
from orrery.store.principals import Credential

from tests.cedar.company import Company
from tests.cedar.oracle import Place, Question
from tests.cedar.tally import Tally
from tests.support.builders import BORN, SOMEBODY


class Rows(dict[tuple[str, str], Any]):
    """What the store would read, without a table: values under their keys."""

    def get_one(self, cls: type, pk: str, sk: str) -> Any:
        return self.get((pk, sk))

    def several(self, cls: type, keys: Iterable[tuple[str, str]]) -> list[Any]:
        return [self[key] for key in keys if key in self]

    def rows(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        return {key: SimpleNamespace(body=freeze(self[key])) for key in keys if key in self}


class World:
    """Who asks is put together by the store, as in every request; whatever changes is compared with Cedar at once."""

    tally = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []
        self.credentials: dict[str, Credential] = {}
        self.users: dict[str, User] = {}
        self.teams: dict[str, Team] = {}
        self.roles: dict[str, CustomRole] = {}
        self.names = itertools.count()

    def hire(self, kind: Kind, home: str) -> str:
        id = self.name()
        self.credentials[id] = Credential(id, kind, id, home, (), BORN + timedelta(days=1))
        if kind is Kind.USER:
            self.users[id] = User(id, home, id, id, (), BORN, BORN)
        return id

    def a_team(self, home: str) -> str:
        id = self.name()
        self.teams[id] = Team(id, home, id, (), BORN, SOMEBODY, BORN, SOMEBODY)
        return id

    def a_role(self, home: str, permissions: Iterable[str], *, scope: str = "DEPLOYMENT") -> CustomRole:
        role = CustomRole(self.name(), home, "a role", tuple(sorted(permissions)), BORN, SOMEBODY, BORN, SOMEBODY, scope_type=scope)
        self.roles[role.id] = role
        return role

    def give(self, holder: str, grants: tuple[Grant, ...]) -> None:
        """Other roles for a user, a token or a team; then all that changes by it is compared, everywhere."""
        if holder in self.teams:
            self.teams[holder] = self.teams[holder].grant(grants, by=SOMEBODY, now=BORN)
        elif holder in self.users:
            self.users[holder] = self.users[holder].grant(grants, now=BORN)
        else:
            self.credentials[holder] = replace(self.credentials[holder], grants=grants)
        self.compare([user.id for user in self.users.values() if holder in user.team_ids] if holder in self.teams else [holder])

    def grants(self, holder: str) -> tuple[Grant, ...]:
        found: User | Team | Credential = self.teams.get(holder) or self.users.get(holder) or self.credentials[holder]
        return found.grants

    def home(self, holder: str) -> str:
        found: Team | Credential = self.teams.get(holder) or self.credentials[holder]
        return found.organization_id

    def asking(self, id: str) -> Principal:
        """The principal, as every request puts it together."""
        rows = Rows({(f"ORG#{each.organization_id}", f"USER#{each.id}"): each for each in self.users.values()})
        rows |= {(f"ORG#{each.organization_id}", f"TEAM#{each.id}"): each for each in self.teams.values()}
        rows |= {(f"ORG#{each.organization_id}", f"ROLE#{each.id}"): each for each in self.roles.values()}
        with patch.multiple(reads, get=rows.get_one, several=rows.several, rows=rows.rows):
            return principals.principal(self.credentials[id])

    @property
    def company(self) -> Company:
        return Company(self.users, self.teams, self.roles)

    def compare(self, ids: Iterable[str]) -> None:
        asking = [self.asking(id) for id in ids]
        if asking:
            self.tally.compare([Question(*each) for each in itertools.product(asking, Permission, self.places)], self.company)

    def everything(self) -> list[int]:
        """All that anybody holds anywhere."""
        return [who.holds(*place.scopes) for who in map(self.asking, self.credentials) for place in self.places]

    def holders_of(self, role: CustomRole) -> list[str]:
        return [id for id in self.credentials if any(grant.role == role.id for grant in self.asking(id).grants)]

    def name(self) -> str:
        return f"n{next(self.names)}"
