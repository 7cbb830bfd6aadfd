"""API tokens on the wire."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from orrery.api.wire.base import BasicSubjectProfile, Integer, Name, Paginated, Request, Response, Timestamp, one_of
from orrery.model import token as model

Scope = Literal["ORGANIZATION", "WORKSPACE", "DEPLOYMENT"]
Kind = Literal["STANDARD", "DIRECT_ACCESS"]


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
    def of(cls, token: model.Token, secret: str | None = None, *, role_names: Mapping[str, str]) -> "ApiToken":
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
            last_used_at=None,
            created_at=token.created_at,
            created_by=BasicSubjectProfile.of(token.created_by),
            updated_at=token.updated_at,
            updated_by=BasicSubjectProfile.of(token.updated_by),
        )


class ApiTokensPaginated(Paginated):
    tokens: list[ApiToken]


class CreateApiTokenRequest(Request):
    """A token to be, at home in the Organization, a Workspace or a Deployment (`entityId`), with one role there."""

    name: Annotated[Name, Field(max_length=256)]
    role: str
    scope: Scope
    description: Annotated[str, Field(max_length=500)] | None = None
    entity_id: str | None = None
    kind: Kind | None = None
    token_expiry_period_in_days: Annotated[Integer, Field(ge=1, le=3650)] | None = None


class UpdateApiTokenRequest(Request):
    """A token's new name, and its description if that changes too."""

    name: Annotated[Name, Field(max_length=256)]
    description: Annotated[str, Field(max_length=500)] | None = None
