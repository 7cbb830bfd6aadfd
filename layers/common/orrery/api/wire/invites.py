"""Invitations on the wire."""

from typing import Annotated

from pydantic import Field, SecretStr

from orrery.api.wire.base import BasicSubjectProfile, Paginated, Request, Response, Timestamp
from orrery.api.wire.subject_roles import OrganizationRole
from orrery.api.wire.users import User
from orrery.model import invite as model
from orrery.model.organization import Organization
from orrery.model.subject import Subject, SubjectType

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
Address = Annotated[str, Field(max_length=254, pattern=rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*$")]
"""An e-mail address as browsers take it: letters, digits and signs of ASCII, so that it can break out of no header."""


class Invite(Response):
    """An invitation that waits for an answer; its secret travels in a mail or a link, never here."""

    invite_id: str
    organization_id: str
    organization_name: str
    user_id: str
    invitee: BasicSubjectProfile
    inviter: BasicSubjectProfile
    expires_at: Timestamp

    @classmethod
    def of(cls, invite: model.Invite, organization: Organization) -> "Invite":
        invitee = Subject(invite.user_id, SubjectType.USER, invite.email.partition("@")[0], invite.email)
        return cls(
            invite_id=invite.id, organization_id=organization.id, organization_name=organization.name, user_id=invite.user_id,
            invitee=BasicSubjectProfile.of(invitee), inviter=BasicSubjectProfile.of(invite.inviter), expires_at=invite.expires_at,
        )  # fmt: skip


class InvitesPaginated(Paginated):
    invites: list[Invite]


class InviteLink(Response):
    """What accepts an invitation, once; it is in this answer and nowhere else."""

    url: str
    expires_at: Timestamp


class CreateUserInviteRequest(Request):
    """Whom to invite, and as what."""

    invitee_email: Address
    role: OrganizationRole


class AcceptUserInviteRequest(Request):
    """The token out of an invitation's link, and what the new member is called if not after their address."""

    token: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    full_name: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class AcceptedInvite(Response):
    """The new member, who signs in to act."""

    user: User
    organization_id: str
    organization_name: str
