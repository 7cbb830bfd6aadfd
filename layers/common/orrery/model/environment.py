"""Environment objects: connections, Airflow variables and environment variables, of a Workspace or of one Deployment.

A Workspace's object reaches the Deployments it is linked to, or all of them when it links by itself, save those it leaves out; a link may
say otherwise in single fields. What a Deployment has of its own under the same key comes before what reaches it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from orrery.model.subject import Subject


class ObjectType(StrEnum):
    CONNECTION = "CONNECTION"
    AIRFLOW_VARIABLE = "AIRFLOW_VARIABLE"
    ENVIRONMENT_VARIABLE = "ENVIRONMENT_VARIABLE"
    METRICS_EXPORT = "METRICS_EXPORT"


class Scope(StrEnum):
    WORKSPACE = "WORKSPACE"
    DEPLOYMENT = "DEPLOYMENT"


@dataclass(frozen=True)
class Content:
    """The fields of an object or of a link's overrides, by their wire names: those anybody may read, and the sealed secret ones."""

    open: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def fields(self) -> list[str]:
        """The names of the fields that are set."""
        return sorted([*self.open, *self.sealed])

    def over(self, below: "Content") -> "Content":
        """These fields, and what is below where they say nothing."""
        return Content(
            {name: value for name, value in below.open.items() if name not in self.sealed} | self.open,
            {name: value for name, value in below.sealed.items() if name not in self.open} | self.sealed,
        )

    def without(self, names: Iterable[str]) -> "Content":
        """The same but for the fields named."""
        gone = set(names)
        kept = {name: value for name, value in self.sealed.items() if name not in gone}
        return Content({name: value for name, value in self.open.items() if name not in gone}, kept)


@dataclass(frozen=True)
class Link:
    """One Deployment that an object reaches, and the fields that are different there."""

    deployment_id: str
    overrides: Content = Content()


@dataclass(frozen=True)
class EnvironmentObject:
    id: str
    organization_id: str
    workspace_id: str
    """The Workspace that it belongs to, or that its Deployment lies in."""
    type: ObjectType
    key: str
    scope: Scope
    scope_entity_id: str
    content: Content
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    description: str = ""
    auto_link: bool = False
    links: tuple[Link, ...] = ()
    excluded: tuple[str, ...] = ()
    """The Deployments that linking by itself leaves out."""
    generation: int = 1

    @property
    def owner(self) -> dict[str, str]:
        """Whose secrets its own are: what they are sealed for."""
        return {"organization": self.organization_id, self.scope.value.lower(): self.scope_entity_id}

    def update(self, *, by: Subject, now: datetime, **changes: Any) -> Self:
        """The same object with other fields, one generation on."""
        return replace(self, **changes, updated_at=now, updated_by=by, generation=self.generation + 1)

    def exclude(self, deployment_id: str, *, by: Subject, now: datetime) -> Self:
        """It does not reach this Deployment any more, by whatever way it did."""
        links = tuple(link for link in self.links if link.deployment_id != deployment_id)
        excluded = self.excluded if deployment_id in self.excluded else (*self.excluded, deployment_id)
        return self.update(by=by, now=now, links=links, excluded=excluded)

    def reaches(self, deployment_id: str) -> bool:
        """Whether a Deployment of its Workspace (or the Deployment that it belongs to) has it."""
        if self.scope is Scope.DEPLOYMENT:
            return self.scope_entity_id == deployment_id
        linked = any(link.deployment_id == deployment_id for link in self.links)
        return linked or (self.auto_link and deployment_id not in self.excluded)

    def content_for(self, deployment_id: str) -> Content:
        """What it is in a Deployment: its link's fields over its own."""
        overrides = (link.overrides for link in self.links if link.deployment_id == deployment_id)
        return next(overrides, Content()).over(self.content)


Reaching = Mapping[tuple[ObjectType, str], EnvironmentObject]


def reaching(objects: Iterable[EnvironmentObject], deployment_id: str) -> Reaching:
    """The objects that a Deployment has, by type and key: one under each, its own before its Workspace's."""
    there = (each for each in objects if each.reaches(deployment_id))
    return {(each.type, each.key): each for each in sorted(there, key=lambda each: each.scope is Scope.DEPLOYMENT)}


def digest(found: Reaching, deployment_id: str) -> str:
    """One text for everything that a Deployment has: another one means that there is something to deliver."""
    told = [(*key, each.content_for(deployment_id).open, each.content_for(deployment_id).sealed) for key, each in sorted(found.items())]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest() if told else ""
