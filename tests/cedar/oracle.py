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
from orrery import names
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role
from orrery.authz.principal import Kind, Principal
from orrery.model.role import CustomRole
from orrery.model.team import Team
from orrery.model.token import Grant, TokenScope

from tests.cedar.company import Company, placed, policy

BATCH = 10_000
NOBODY = Company()
"""No teams and no custom roles."""
TYPES = {Kind.USER: "User", Kind.SERVICEKEY: "ServiceKey", Kind.AGENT: "Agent"}


class Thing(NamedTuple):
    """An Organization, a Workspace, a Deployment, a DAG or a tag (by its place) or a Cluster."""

    type: str
    id: str


class Place(NamedTuple):
    """A thing and all it lies in, outermost first; a DAG also lies in its tags."""

    path: tuple[Thing, ...]
    tags: tuple[Thing, ...] = ()

    @property
    def scopes(self) -> tuple[str, ...]:
        """As `Principal.may` wants it."""
        return tuple(thing.id for thing in self.path + self.tags)

    @property
    def thing(self) -> Thing:
        return self.path[-1]

    def inside(self, type: str, id: str) -> "Place":
        return Place((*self.path, Thing(type, id)))

    def dag(self, id: str, *tags: str) -> "Place":
        """A DAG of this Deployment."""
        return self.inside("Dag", names.dag_place(self.thing.id, id))._replace(tags=tuple(self.tag(each).thing for each in tags))

    def tag(self, tag: str) -> "Place":
        """Any DAG of a tag in this Deployment."""
        return self.inside("Dag_tag", names.tag_place(self.thing.id, tag))

    def grant(self, role: str) -> Grant:
        """A role here."""
        scope = TokenScope(self.thing.type.upper())
        if len(self.path) < 4:
            return Grant(scope, self.thing.id, role, self.path[1].id if scope is TokenScope.DEPLOYMENT else "")
        return Grant(scope, self.thing.id.split("/", 2)[2], role, self.path[1].id, self.path[2].id)


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
    told = [*_actions(), *(_principal(each, company) for each in principals)]
    holdings = _holdings(company)
    told += [_thing(each, holdings) for each in _with_what_they_lie_in(places)]
    return cedarpy.Entities.from_json_str(json.dumps(told + [_entity(*each) for each in {*itertools.chain(*holdings.values())}]))


def _with_what_they_lie_in(places: Iterable[Place]) -> Iterable[Place]:
    there = list(places)
    outer = [Place(place.path[:depth]) for place in there for depth in range(1, len(place.path))]
    tags = [Place((*place.path[:-1], tag)) for place in there for tag in place.tags]
    return {place.path: place for place in (*outer, *tags, *there)}.values()


@functools.lru_cache(maxsize=8)
def policies(roles: frozenset[CustomRole] = frozenset()) -> cedarpy.PolicySet:
    """Every `*.cedar` file here and the template once for each custom role, as one policy set."""
    texts = [path.read_text() for path in sorted(Path(__file__).parent.glob("*.cedar"))]
    return cedarpy.PolicySet.from_str("\n".join(texts + [policy(role) for role in sorted(roles, key=lambda role: role.id)]))


def _actions() -> list[dict[str, Any]]:
    nouns = [_entity("Action", f"{noun}.*") for noun in ("organization", "workspace", "deployment", "dag", "cluster")]
    return nouns + [_entity("Action", each.value, parents=[Thing("Action", f"{each.noun}.*")]) for each in Permission]


def _principal(principal: Principal, company: Company) -> dict[str, Any]:
    roles = [*Role, *company.roles]
    roles += [f"{around} {role}" for role in (*company.roles, Role.DAG_VIEWER, Role.DAG_AUTHOR) for around in ("around", "within")]
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


def _thing(place: Place, holdings: Mapping[Thing, list[Thing]]) -> dict[str, Any]:
    return _entity(*place.thing, parents=[*place.path[-2:-1], *place.tags, *holdings.get(place.thing, [])])


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
