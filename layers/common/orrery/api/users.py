"""Users: for now, who am I."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from orrery.api.entrance import Caller, routes
from orrery.api.wire.users import SelfUser
from orrery.authz.principal import Kind
from orrery.errors import Forbidden
from orrery.store import tokens, users

router = routes()
CreateIfNotExist = Annotated[bool, Query(description="Taken for the sake of clients that send it; a user is made when first invited.")]


@router.get("/users/self", operation_id="GetSelfUser", summary="Get the current user", tags=["User"])
def get_self(caller: Caller, createIfNotExist: CreateIfNotExist = False) -> SelfUser:
    """The user whom the token belongs to, or the API token itself."""
    names = {role.id: role.name for role in caller.custom_roles}
    if caller.kind is Kind.USER:
        return SelfUser.of(users.load(caller.organization_id, caller.id), names)
    if caller.kind is Kind.SERVICEKEY:
        return SelfUser.of_token(tokens.load(caller.organization_id, caller.id), names)
    raise Forbidden("an agent's token can only report for its cluster")
