"""API tokens on the wire."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from orrery.api.wire.base import BasicSubjectProfile, Integer, Name, Paginated, Request, Response, Timestamp, one_of
from orrery.api.wire.subject_roles import Id
from orrery.model import token as model

Scope = Literal["ORGANIZATION", "WORKSPACE", "DEPLOYMENT"]
Kind = Literal["STANDARD", "DIRECT_ACCESS"]
ENTITIES = {"DAG": r"[\w.\-]+", "DAG_TAG": r".{1,100}"}
"""What is not named by an id of ours; the lengths and letters are Airflow's."""


class ApiTokenRole(Response):
    """One role of a token on one thing."""

    entity_type: Annotated[str, one_of("DEPLOYMENT", "WORKSPACE", "ORGANIZATION", "DAG", "DAG_TAG")]
    entity_id: str
    deployment_id: str | None
    role: str

    @classmethod
    def of(cls, grant: model.Grant, names: Mapping[str, str]) -> "ApiTokenRole":
        role = names.get(grant.role, grant.role)
        return cls(entity_type=grant.scope.value, entity_id=grant.entity_id, deployment_id=grant.deployment_id or None, role=role)


class ApiToken(Response):
    """A token's description; `token` itself is there only in the answer that made it."""

    id: str
    name: str
    description: str
    kind: Annotated[str, one_of("STANDARD", "DIRECT_ACCESS")]
    scope: Annotated[str, one_of("ORGANIZATION", "WORKSPACE", "DEPLOYMENT")]
    roles: list[ApiTokenRole]
    short_token: str
    token: str | None
    start_at: Timestamp
    end_at: Timestamp
    expiry_period_in_days: int | None
    last_rotated_at: Timestamp | None
    last_used_at: Timestamp | None
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, token: model.Token, secret: str | None, role_names: Mapping[str, str], last_used_at: datetime | None) -> "ApiToken":
        """`role_names` has what custom roles are called, by their ids."""
        return cls(
            id=token.id,
            name=token.name,
            description=token.description,
            kind=token.kind,
            scope=token.scope.value,
            roles=[ApiTokenRole.of(grant, role_names) for grant in token.grants],
            short_token=token.short,
            token=secret,
            start_at=token.start_at,
            end_at=token.end_at,
            expiry_period_in_days=token.expiry_period_in_days,
            last_rotated_at=token.last_rotated_at,
            last_used_at=last_used_at,
            created_at=token.created_at,
            created_by=BasicSubjectProfile.of(token.created_by),
            updated_at=token.updated_at,
            updated_by=BasicSubjectProfile.of(token.updated_by),
        )


class ApiTokensPaginated(Paginated):
    tokens: list[ApiToken]


class CreateAgentTokenRequest(Request):
    """A token to be, for a remote agent of a Deployment; without a period it ends after ten years."""

    name: Annotated[Name, Field(max_length=256)]
    description: Annotated[str, Field(max_length=500)] | None = None
    token_expiry_period_in_days: Annotated[Integer, Field(ge=1, le=3650)] | None = None


class CreateApiTokenRequest(CreateAgentTokenRequest):
    """A token to be, at home in the Organization, a Workspace or a Deployment (`entityId`), with one role there."""

    role: str
    scope: Scope
    entity_id: str | None = None
    kind: Kind | None = None


class UpdateApiTokenRequest(Request):
    """A token's new name, and its description if that changes too."""

    name: Annotated[Name, Field(max_length=256)]
    description: Annotated[str, Field(max_length=500)] | None = None


class HeldApiTokenRole(Request):
    """One role that a token is to hold; `deploymentId` says where a DAG or a tag is."""

    entity_type: Literal["DEPLOYMENT", "WORKSPACE", "ORGANIZATION", "DAG", "DAG_TAG"]
    entity_id: Annotated[str, Field(min_length=1, max_length=250)]
    deployment_id: Id | None = None
    role: Annotated[str, Field(min_length=1, max_length=255)]

    @field_validator("entity_id")
    @classmethod
    def _is_one_of_its_kind(cls, value: str, others: ValidationInfo) -> str:
        if not re.fullmatch(ENTITIES.get(others.data.get("entity_type", ""), r".{1,25}"), value, re.DOTALL):
            raise ValueError("is no id of the entity type; an id of ours has at most 25 characters, a tag 100")
        return value

    @property
    def is_on_dags(self) -> bool:
        return self.entity_type in ENTITIES


class UpdateApiTokenRolesRequest(Request):
    """Everything that a token is to hold from now on, with one role where it is at home."""

    roles: Annotated[list[HeldApiTokenRole], Field(max_length=200)]
