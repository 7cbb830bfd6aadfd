"""Accepting an invitation: the one call that makes somebody a member, and needs no token but the invitation's own.

It gives none either. Whoever has the link need not read the address's mail; to act, the member signs in and proves the address.
"""

from datetime import UTC, datetime

from orrery.api.entrance import routes
from orrery.api.wire.invites import AcceptedInvite, AcceptUserInviteRequest
from orrery.api.wire.users import User
from orrery.store import invites, organizations, roles

router = routes()


@router.post(
    "/accept", operation_id="AcceptUserInvite", summary="Accept an invitation", tags=["Invite"], openapi_extensions={"security": []}
)
def accept(body: AcceptUserInviteRequest) -> AcceptedInvite:
    """Become a member, once; a token that opens nothing is answered with the same words, whyever it does not."""
    now, token = datetime.now(UTC), body.token.get_secret_value()
    invite, waiting, key = invites.opened_by(token)
    user = waiting.accept(full_name=body.full_name or "", is_address_proven=key.is_mailed, now=now)
    home = organizations.load(user.organization_id)
    invites.accept(token, invite, user)
    return AcceptedInvite(user=User.of(user, roles.called(home.id, user.grants)), organization_id=home.id, organization_name=home.name)
