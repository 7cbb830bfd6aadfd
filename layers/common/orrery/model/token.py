"""An API token: a name, the roles it holds, and the hash by which its secret is known."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from orrery import names
from orrery.model.subject import Subject


class TokenScope(StrEnum):
    ORGANIZATION = "ORGANIZATION"
    WORKSPACE = "WORKSPACE"
    DEPLOYMENT = "DEPLOYMENT"
    DAG = "DAG"
    """A role on one DAG of a Deployment; no token is at home there, nor on a tag."""
    DAG_TAG = "DAG_TAG"
    CLUSTER = "CLUSTER"
    """An agent's token: it may report for one cluster and nothing else; never listed with the others."""


@dataclass(frozen=True)
class Grant:
    """One role on one thing."""

    scope: TokenScope
    entity_id: str
    """An id of ours; a DAG's id or a tag is the tenant's own text, and counts in one Deployment only."""
    role: str
    """A default role's name, or a custom role's id."""
    workspace_id: str = ""
    """Where the Deployment lies that the role is on or in: what a custom role's restriction to Workspaces is held against."""
    deployment_id: str = ""
    """Where a DAG or a tag is."""

    @property
    def is_on_dags(self) -> bool:
        """Whether it is on one DAG, or on those of one tag."""
        return self.scope in (TokenScope.DAG, TokenScope.DAG_TAG)

    @property
    def key(self) -> str:
        """What it is on, as a key that no other place has."""
        if self.scope is TokenScope.DAG:
            return names.dag_place(self.deployment_id, self.entity_id)
        return names.tag_place(self.deployment_id, self.entity_id) if self.scope is TokenScope.DAG_TAG else self.entity_id

    def place(self, organization_id: str) -> dict[str, str]:
        """Its thing by the ids on the way there, `organization`, `workspace` and `deployment`; empty where there is none."""
        workspace = self.entity_id if self.scope is TokenScope.WORKSPACE else self.workspace_id
        deployment = self.entity_id if self.scope is TokenScope.DEPLOYMENT else self.deployment_id
        return {"organization": organization_id, "workspace": workspace, "deployment": deployment}


@dataclass(frozen=True)
class Token:
    id: str
    organization_id: str
    name: str
    scope: TokenScope
    grants: tuple[Grant, ...]
    hash: str
    """SHA-256 of the whole token, in hex; the token itself is shown once and kept nowhere."""
    short: str
    """The last characters, to tell tokens apart in a list: the first ones are the same in all of them."""
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    start_at: datetime
    end_at: datetime
    """Every token ends; one made without an expiry ends after ten years (the wire's longest)."""
    workspace_id: str = ""
    """The Workspace of a Workspace token, and the one that a Deployment token's Deployment lies in."""
    description: str = ""
    kind: str = "STANDARD"
    expiry_period_in_days: int | None = None
    last_rotated_at: datetime | None = None
    bearer_id: str = ""
    """The user it ends with; none for one that belongs to the Organization alone, whoever made it."""
    generation: int = 1

    @property
    def entity_id(self) -> str:
        """What it is at home in: the thing of its first role."""
        return self.grants[0].entity_id

    def update(self, *, name: str, description: str | None, by: Subject, now: datetime) -> Self:
        """The same token under another name; a description that is not given stays."""
        kept = self.description if description is None else description
        return replace(self, name=name, description=kept, updated_at=now, updated_by=by, generation=self.generation + 1)

    def grant(self, grants: tuple[Grant, ...], *, by: Subject, now: datetime) -> Self:
        """The same token with other roles, the one at home first; its secret stays."""
        return replace(self, grants=grants, updated_at=now, updated_by=by, generation=self.generation + 1)

    def rotate(self, *, hash: str, short: str, by: Subject, now: datetime) -> Self:
        """A new secret; the old one is dead from this moment."""
        life = timedelta(days=self.expiry_period_in_days) if self.expiry_period_in_days else self.end_at - self.start_at
        return replace(
            self, hash=hash, short=short, start_at=now, end_at=now + life, last_rotated_at=now, updated_at=now, updated_by=by,
            generation=self.generation + 1,
        )  # fmt: skip
