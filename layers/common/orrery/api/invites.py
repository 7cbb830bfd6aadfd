"""Invitations: how somebody becomes a member of an Organization."""

from datetime import UTC, datetime

from aws_lambda_powertools.event_handler import Response

from orrery import invitations
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import Page
from orrery.api.wire.invites import CreateUserInviteRequest, Invite, InviteLink, InvitesPaginated
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role
from orrery.authz.principal import Principal, refuse_to_grant_more, require
from orrery.errors import Invalid
from orrery.model import invite as model
from orrery.model.token import Grant, TokenScope
from orrery.model.user import User
from orrery.names import new_id
from orrery.store import invites, organizations, users

router = routes()
COLLECTION = "/organizations/<organizationId>/invites"
ITEM = f"{COLLECTION}/<inviteId>"
SORTS = {"inviteeEmail": lambda each: each.email, "createdAt": lambda each: each.created_at, "expiresAt": lambda each: each.expires_at}


@router.get(COLLECTION, operation_id="ListUserInvites", summary="List open invitations", tags=["Invite"])
def list_invites(organizationId: str, caller: Caller, page: Page) -> InvitesPaginated:
    """The invitations that were neither accepted nor taken back, and are not over."""
    cut = page.cut(invites.list(caller, organizationId), SORTS)
    home = organizations.load(organizationId)
    return InvitesPaginated(invites=[Invite.of(each, home) for each in cut.items], **cut.envelope)


@router.post(COLLECTION, operation_id="CreateUserInvite", summary="Invite a user", tags=["Invite"])
def create_invite(organizationId: str, body: CreateUserInviteRequest, caller: Caller) -> Invite:
    """Invite somebody by their e-mail address; until they accept they are a user who is PENDING."""
    require(caller, Permission.ORGANIZATION_USERS_CREATE, organization=organizationId)
    refuse_to_grant_more(caller, Role(body.role), organization=organizationId)
    _refuse_whoever_is_here(users.called(organizationId, body.invitee_email))
    home = organizations.load(organizationId)
    invite = _invite(caller, organizationId, body.invitee_email)
    invitations.send_now(invites.create(invite, _invited(invite, body.role)))
    return Invite.of(invite, home)


@router.delete(ITEM, operation_id="DeleteUserInvite", summary="Take an invitation back", tags=["Invite"], status_code=204)
def delete_invite(organizationId: str, inviteId: str, caller: Caller) -> Response[None]:
    """Nobody can accept it from now on, and the user who was PENDING is gone."""
    invites.delete(invites.fetch(caller, organizationId, inviteId))
    return no_content()


@router.post(f"{ITEM}/link", operation_id="CreateUserInviteLink", summary="Get a link that accepts an invitation", tags=["Invite"])
def create_link(organizationId: str, inviteId: str, caller: Caller) -> InviteLink:
    """A link to hand over where no mail is sent; whoever has it can accept, and earlier links stay good until one of them is used."""
    invite = invites.fetch(caller, organizationId, inviteId)
    return InviteLink(url=invitations.link(invite), expires_at=invite.expires_at)


def _refuse_whoever_is_here(user: User | None) -> None:
    if user is None:
        return
    if user.status == "PENDING":
        what = f"`{user.username}` is invited already; delete the invite `{user.invite_id}` to invite them anew"
        raise Invalid.field("inviteeEmail", what, code="INVITED")
    raise Invalid.field("inviteeEmail", f"`{user.username}` is a member already; change their roles instead", code="MEMBER")


def _invite(caller: Principal, organization_id: str, email: str) -> model.Invite:
    now = datetime.now(UTC)
    return model.Invite(new_id(), organization_id, new_id(), email, caller.subject, now, now + model.LIFE)


def _invited(invite: model.Invite, role: str) -> User:
    grants = (Grant(TokenScope.ORGANIZATION, invite.organization_id, role),)
    at, name = invite.created_at, invite.email.partition("@")[0]
    return model.invited(invite, User(invite.user_id, invite.organization_id, invite.email, name, grants, at, at))
