"""People in an Organization: signed in, in person, and alone or in teams."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from orrery import names
from orrery.authz.policy import Role
from orrery.authz.principal import Kind
from orrery.minting import digest
from orrery.model.token import Grant, TokenScope
from orrery.model.user import User
from orrery.store import principals, users, writes

from tests.support.http import Caller
from tests.support.installation import Installation


def signed_in(installation: Installation, user_id: str, name: str) -> Caller:
    """A user in person: with a token of their own, not an API token."""
    token = uuid.uuid4().hex
    until = datetime.now(UTC) + timedelta(hours=1)
    writes.commit(
        principals.remember(digest(token), principals.Credential(user_id, Kind.USER, name, installation.organization_id, (), until))
    )
    return Caller(token)


def member(installation: Installation, name: str = "eve") -> tuple[str, Caller]:
    """A plain member of the Organization, signed in."""
    now, id, home = datetime.now(UTC), names.new_id(), installation.organization_id
    grants = (Grant(TokenScope.ORGANIZATION, home, Role.ORGANIZATION_MEMBER),)
    writes.commit(*users.new(User(id, home, f"{name}@example.com", name, grants, now, now)))
    return id, signed_in(installation, id, name)


def team(installation: Installation, name: str = "platform", **said: object) -> dict[str, Any]:
    """A team that the owner made."""
    made = installation.owner.post(f"{installation.path}/teams", {"name": name, **said})
    assert made.status == 200, made.body
    return dict(made.body)
