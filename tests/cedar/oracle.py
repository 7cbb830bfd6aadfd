"""Asks Cedar what a principal may do: principals and places become Cedar entities, the `*.cedar` files beside this one decide.

What a role may do stands in those files alone; here is only how a grant, a place and an action are spelled.
"""

import functools
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cedarpy
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role
from orrery.authz.principal import Kind, Principal
from orrery.model.role import CustomRole
from orrery.model.team import Team

from tests.cedar.company import Company, placed, policy

BATCH = 10_000
NOBODY = Company()
"""No teams and no custom roles."""
TYPES = {Kind.USER: "User", Kind.SERVICEKEY: "ServiceKey", Kind.AGENT: "Agent"}


class Thing(NamedTuple):
    """An Organization, a Workspace, a Deployment or a Cluster."""

    type: str
    id: str


class Place(NamedTuple):
    """A thing and all it lies in, outermost first."""

    path: tuple[Thing, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        """As `Principal.may` wants it."""
        return tuple(thing.id for thing in self.path)

    @property
    def thing(self) -> Thing:
        return self.path[-1]

    def inside(self, type: str, id: str) -> "Place":
        return Place((*self.path, Thing(type, id)))


class Question(NamedTuple):
    """May this principal do this there?"""

    principal: Principal
    permission: Permission
    place: Place

    @property
    def ours(self) -> bool:
        return self.principal.may(self.permission, *self.place.scopes)


def organization(id: str) -> Place:
    return Place((Thing("Organization", id),))


def cluster(id: str) -> Place:
    return Place((Thing("Cluster", id),))


def ask(questions: Sequence[Question], company: Company = NOBODY) -> list[bool]:
    """Cedar's answers, in the order of the questions. Principals are told apart by their id."""
    principals = {each.principal.id: each.principal for each in questions}
    world = entities(principals.values(), {each.place for each in questions}, company)
    rules = policies(frozenset(company.roles.values()))
    answers: list[bool] = []
    for start in range(0, len(questions), BATCH):
        answers += decide([request(each) for each in questions[start : start + BATCH]], world, rules)
    return answers


def decide(requests: list[dict[str, Any]], world: cedarpy.Entities, rules: cedarpy.PolicySet | None = None) -> list[bool]:
    """One call of Cedar. An error in a policy would silently switch that policy off, so it is one here."""
    results = cedarpy.is_authorized_batch(requests, rules or policies(), world)
    assert not any(each.diagnostics.errors for each in results)
    return [bool(each.allowed) for each in results]


def request(question: Question) -> dict[str, Any]:
    return {
        "principal": {"type": TYPES[question.principal.kind], "id": question.principal.id},
        "action": {"type": "Action", "id": question.permission.value},
        "resource": question.place.thing._asdict(),
    }


def entities(principals: Iterable[Principal], places: Iterable[Place], company: Company = NOBODY) -> cedarpy.Entities:
    """Everything Cedar must know to answer.

    What a team holds in a role is a thing of its own, which lies in what each member holds: Cedar's hierarchy does the adding up.
    """
    paths = {place.path[:depth] for place in places for depth in range(1, len(place.path) + 1)}
    holdings = _holdings(company)
    told = [*_actions(), *(_principal(each, company) for each in principals), *(_thing(path, holdings) for path in paths)]
    return cedarpy.Entities.from_json_str(json.dumps(told + [_entity(*each) for each in {*itertools.chain(*holdings.values())}]))


@functools.lru_cache(maxsize=8)
def policies(roles: frozenset[CustomRole] = frozenset()) -> cedarpy.PolicySet:
    """Every `*.cedar` file here and the template once for each custom role, as one policy set."""
    texts = [path.read_text() for path in sorted(Path(__file__).parent.glob("*.cedar"))]
    return cedarpy.PolicySet.from_str("\n".join(texts + [policy(role) for role in sorted(roles, key=lambda role: role.id)]))


def _actions() -> list[dict[str, Any]]:
    nouns = [_entity("Action", f"{noun}.*") for noun in ("organization", "workspace", "deployment", "cluster")]
    return nouns + [_entity("Action", each.value, parents=[Thing("Action", f"{each.noun}.*")]) for each in Permission]


def _principal(principal: Principal, company: Company) -> dict[str, Any]:
    roles = [*Role, *company.roles, *(f"around {id}" for id in company.roles)]
    granted: dict[str, list[Any]] = {role: [_reference(_held(team, role)) for team in company.teams_of(principal)] for role in roles}
    for role, type, id in placed(company.own(principal)):
        if role in granted:  # a role that is gone is worth nothing, and who knows a Workspace by a default role was granted that
            granted[role].append(_reference(Thing(type, id)))
    return _entity(TYPES[principal.kind], principal.id, attributes={**granted, "home": _reference(_home(principal))})


def _home(principal: Principal) -> Thing:
    """The wall around a principal: its Organization; for a cluster's agent, which has none, its cluster."""
    if not principal.organization_id:
        return Thing("Cluster", principal.grants[0].entity_id)
    return Thing("Organization", principal.organization_id)


def _thing(path: tuple[Thing, ...], holdings: Mapping[Thing, list[Thing]]) -> dict[str, Any]:
    return _entity(*path[-1], parents=[*path[-2:-1], *holdings.get(path[-1], [])])


def _holdings(company: Company) -> dict[Thing, list[Thing]]:
    """For each thing on which teams have roles: what those teams hold in them."""
    holdings: dict[Thing, list[Thing]] = {}
    for team in company.teams.values():
        for role, type, id in placed(team.grants):
            holdings.setdefault(Thing(type, id), []).append(_held(team, role))
    return holdings


def _held(team: Team, role: str) -> Thing:
    return Thing("Held", f"{role} of {team.id}")


def _entity(type: str, id: str, *, parents: Sequence[Thing] = (), attributes: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"uid": {"type": type, "id": id}, "attrs": attributes or {}, "parents": [each._asdict() for each in parents]}


def _reference(thing: Thing) -> dict[str, Any]:
    return {"__entity": thing._asdict()}
