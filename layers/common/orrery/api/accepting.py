"""Accepting an invitation: the one call that makes somebody a member, and needs no token but the invitation's own."""

from datetime import UTC, datetime, timedelta

from orrery.api.entrance import routes
from orrery.api.wire.invites import AcceptedInvite, AcceptUserInviteRequest
from orrery.api.wire.users import User
from orrery.authz.principal import Kind
from orrery.minting import user_token
from orrery.store import invites, organizations, principals, roles
from orrery.store.principals import Credential

router = routes()
TOKEN_LIFE = timedelta(days=365)
"""How long the member's first token lasts."""


@router.post(
    "/accept", operation_id="AcceptUserInvite", summary="Accept an invitation", tags=["Invite"], openapi_extensions={"security": []}
)
def accept(body: AcceptUserInviteRequest) -> AcceptedInvite:
    """Become a member, once; a token that opens nothing is answered with the same words, whyever it does not."""
    now, token = datetime.now(UTC), body.token.get_secret_value()
    invite, waiting, key = invites.opened_by(token)
    user = waiting.accept(full_name=body.full_name or "", is_address_proven=key.is_mailed, now=now)
    home, end = organizations.load(user.organization_id), now + TOKEN_LIFE
    secret = user_token(user.id, home.id, now, end)
    credential = Credential(user.id, Kind.USER, user.full_name, home.id, (), end)
    invites.accept(token, invite, user, principals.remember(secret.hash, credential))
    shown = User.of(user, roles.called(home.id, user.grants))
    return AcceptedInvite(user=shown, organization_id=home.id, organization_name=home.name, token=secret.value, token_expires_at=end)
