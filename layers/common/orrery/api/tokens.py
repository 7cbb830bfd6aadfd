"""API tokens: list, create, get, update, delete, rotate."""

from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery.api import granting, places, token_roles
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import BY_NAME_AND_AGE, Paging
from orrery.api.subject_roles import held_on, held_on_dags
from orrery.api.wire.subject_roles import SubjectRoles
from orrery.api.wire.tokens import (
    ApiToken,
    ApiTokensPaginated,
    CreateApiTokenRequest,
    UpdateApiTokenRequest,
    UpdateApiTokenRolesRequest,
)
from orrery.model.token import Token, TokenScope
from orrery.store import principals, roles, tokens, writes

router = routes()
COLLECTION = "/organizations/<organizationId>/tokens"
ITEM = f"{COLLECTION}/<tokenId>"
SORTS = {**BY_NAME_AND_AGE, "description": lambda each: each.description, "tokenStartAt": lambda each: each.start_at}


class Filter(Paging):
    """Which tokens to list."""

    workspaceId: str = Field("", description="Only those with a role on this Workspace.")
    deploymentId: str = Field("", description="Only those with a role on this Deployment.")
    dagId: str = Field("", description="Only those with a role on the DAG of this id.")
    dagTags: list[str] = Field([], description="Only those with a role on one of these tags.")
    includeOnlyOrganizationTokens: bool = Field(False, description="Only those at home in the Organization itself.")
    kind: str = Field("", description="Only `STANDARD` or `DIRECT_ACCESS` ones.")

    def matches(self, token: Token) -> bool:
        return (
            held_on(token.grants, workspace=self.workspaceId, deployment=self.deploymentId)
            and held_on_dags(token.grants, deployment=self.deploymentId, dag=self.dagId, tags=self.dagTags)
            and (not self.includeOnlyOrganizationTokens or token.scope is TokenScope.ORGANIZATION)
            and (not self.kind or token.kind == self.kind)
        )


@router.get(COLLECTION, operation_id="ListApiTokens", summary="List API tokens", tags=["ApiToken"])
def list_tokens(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> ApiTokensPaginated:
    """The tokens that have a role in a place whose tokens the caller may see."""
    places.narrowed(caller, organizationId, "apiTokens", workspace=asked.workspaceId, deployment=asked.deploymentId)
    cut = asked.cut([each for each in tokens.list(caller, organizationId) if asked.matches(each)], SORTS)
    return ApiTokensPaginated(tokens=shown(*cut.items), **cut.envelope)


@router.post(COLLECTION, operation_id="CreateApiToken", summary="Create an API token", tags=["ApiToken"])
def create_token(organizationId: str, body: CreateApiTokenRequest, caller: Caller) -> ApiToken:
    """A new token; its value is in this answer and nowhere else."""
    return made(granting.new_token(caller, organizationId, body))


@router.get(ITEM, operation_id="GetApiToken", summary="Get an API token", tags=["ApiToken"])
def get_token(organizationId: str, tokenId: str, caller: Caller) -> ApiToken:
    """One token's description."""
    return shown(tokens.fetch(caller, organizationId, tokenId, "get"))[0]


@router.post(ITEM, operation_id="UpdateApiToken", summary="Update an API token", tags=["ApiToken"])
def update_token(organizationId: str, tokenId: str, body: UpdateApiTokenRequest, caller: Caller) -> ApiToken:
    """Give a token another name or description; its value stays."""
    token = tokens.fetch(caller, organizationId, tokenId, "update")
    updated = token.update(name=body.name, description=body.description, by=caller.subject, now=datetime.now(UTC))
    tokens.save(updated)
    return shown(updated)[0]


@router.post(f"{ITEM}/roles", operation_id="UpdateApiTokenRoles", summary="Update an API token's roles", tags=["ApiToken"])
def update_roles(organizationId: str, tokenId: str, body: UpdateApiTokenRolesRequest, caller: Caller) -> SubjectRoles:
    """Add a token to places inside its home and take it away from there; it counts from its next request on, and its value stays."""
    token = tokens.fetch(caller, organizationId, tokenId, "get")
    updated = token.grant(token_roles.wanted(caller, token, body.roles), by=caller.subject, now=datetime.now(UTC))
    if updated.grants != token.grants:  # whoever only looks on leaves no trace
        tokens.save(updated)
    return SubjectRoles.of(updated.grants, roles.called(organizationId, updated.grants))


@router.delete(ITEM, operation_id="DeleteApiToken", summary="Delete an API token", tags=["ApiToken"], status_code=204)
def delete_token(organizationId: str, tokenId: str, caller: Caller) -> Response[None]:
    """Delete a token; it is dead at the next request."""
    tokens.delete(tokens.fetch(caller, organizationId, tokenId, "delete"))
    return no_content()


@router.post(f"{ITEM}/rotate", operation_id="RotateApiToken", summary="Rotate an API token", tags=["ApiToken"])
def rotate_token(organizationId: str, tokenId: str, caller: Caller) -> ApiToken:
    """A new value for a token; the old one is dead at once. The new value is in this answer and nowhere else."""
    token = tokens.fetch(caller, organizationId, tokenId, "rotate")
    rotated, value = granting.rotated(caller, token, now=datetime.now(UTC))
    answer = shown(rotated, secret=value, used_as=token)[0]  # first, as in `made`
    writes.commit(*tokens.rotated(rotated, before=token))
    return answer


def made(minted: granting.Minted) -> ApiToken:
    """Makes a token and answers with it; the answer comes first: when it fails, nobody has lost the only sight of the token's value."""
    answer = shown(minted.token, secret=minted.value)[0]
    writes.commit(*minted.writes)
    return answer


def shown(*found: Token, secret: str | None = None, used_as: Token | None = None) -> list[ApiToken]:
    """Tokens of one Organization as they go over the wire; `secret` is there only in the answer that made it.

    `used_as` is a rotated token before its rotation, whose last use is the new one's until that is used itself.
    """
    if not found:
        return []
    names = roles.called(found[0].organization_id, [grant for each in found for grant in each.grants])
    used = principals.last_used({(used_as or each).hash for each in found})
    return [ApiToken.of(each, secret, names, used.get((used_as or each).hash)) for each in found]
