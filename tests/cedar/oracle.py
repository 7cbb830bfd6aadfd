"""Asks Cedar what a principal may do: principals and places become Cedar entities, the `*.cedar` files beside this one decide.

What a role may do stands in those files alone; here is only how a grant, a place and an action are spelled.
"""

import functools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cedarpy
from orrery import names
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role
from orrery.authz.principal import Kind, Principal

BATCH = 10_000
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


def ask(questions: Sequence[Question]) -> list[bool]:
    """Cedar's answers, in the order of the questions. Principals are told apart by their id."""
    principals = {each.principal.id: each.principal for each in questions}
    world = entities(principals.values(), {each.place for each in questions})
    answers: list[bool] = []
    for start in range(0, len(questions), BATCH):
        answers += decide([request(each) for each in questions[start : start + BATCH]], world)
    return answers


def decide(requests: list[dict[str, Any]], world: cedarpy.Entities) -> list[bool]:
    """One call of Cedar. An error in a policy would silently switch that policy off, so it is one here."""
    results = cedarpy.is_authorized_batch(requests, policies(), world)
    assert not any(each.diagnostics.errors for each in results)
    return [bool(each.allowed) for each in results]


def request(question: Question) -> dict[str, Any]:
    return {
        "principal": {"type": TYPES[question.principal.kind], "id": question.principal.id},
        "action": {"type": "Action", "id": question.permission.value},
        "resource": question.place.thing._asdict(),
    }


def entities(principals: Iterable[Principal], places: Iterable[Place]) -> cedarpy.Entities:
    """Everything Cedar must know to answer."""
    around = {Place(place.path[:depth]) for place in places for depth in range(1, len(place.path))}
    paths = {place.path: place for place in (*around, *places)}
    return cedarpy.Entities.from_json_str(json.dumps([*_actions(), *map(_principal, principals), *map(_thing, paths.values())]))


@functools.cache
def policies() -> cedarpy.PolicySet:
    """Every `*.cedar` file here, as one policy set."""
    texts = [path.read_text() for path in sorted(Path(__file__).parent.glob("*.cedar"))]
    return cedarpy.PolicySet.from_str("\n".join(texts))


def _actions() -> list[dict[str, Any]]:
    nouns = [_entity("Action", f"{noun}.*") for noun in ("organization", "workspace", "deployment", "dag", "cluster")]
    return nouns + [_entity("Action", each.value, parents=[Thing("Action", f"{each.noun}.*")]) for each in Permission]


def _principal(principal: Principal) -> dict[str, Any]:
    granted: dict[str, list[Any]] = {role.value: [] for role in Role}
    for grant in principal.grants:
        granted[grant.role].append(_reference(Thing(grant.scope.capitalize(), grant.place)))
    return _entity(TYPES[principal.kind], principal.id, attributes={**granted, **_around(principal), "home": _reference(_home(principal))})


def _around(principal: Principal) -> dict[str, Any]:
    """The Deployments and Workspaces that the DAGs lie in on which somebody has a role."""
    on_dags = [grant for grant in principal.grants if grant.is_on_dags]
    return {
        "aroundDeployments": [_reference(Thing("Deployment", each.deployment_id)) for each in on_dags],
        "aroundWorkspaces": [_reference(Thing("Workspace", each.workspace_id)) for each in on_dags],
    }


def _home(principal: Principal) -> Thing:
    """The wall around a principal: its Organization; for an agent, which has none, its cluster."""
    if principal.kind is Kind.AGENT:
        return Thing("Cluster", principal.grants[0].entity_id)
    return Thing("Organization", principal.organization_id)


def _thing(place: Place) -> dict[str, Any]:
    return _entity(*place.thing, parents=[*place.path[-2:-1], *place.tags])


def _entity(type: str, id: str, *, parents: Sequence[Thing] = (), attributes: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"uid": {"type": type, "id": id}, "attrs": attributes or {}, "parents": [each._asdict() for each in parents]}


def _reference(thing: Thing) -> dict[str, Any]:
    return {"__entity": thing._asdict()}
