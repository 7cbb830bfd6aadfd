"""The first Organization, its owner, its owner's token, the first standard cluster and that cluster's agent: made once, all or nothing."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from orrery import dataplane, names
from orrery.authz.policy import Role
from orrery.errors import Conflict, Invalid, NotFound
from orrery.minting import LIFE, agent_token, api_token
from orrery.model.cluster import Cluster, ClusterStatus, ClusterType
from orrery.model.organization import Organization
from orrery.model.token import Grant, Token, TokenScope
from orrery.model.user import User
from orrery.settings import settings
from orrery.store import clusters, organizations, principals, reads, tokens, users, writes
from orrery.store.tables import item
from orrery.store.writes import Write

_KEY = ("FIRST", "RUN")


@dataclass(frozen=True)
class FirstRun:
    """What the first run made, and the hash of the agent's token, so that it can be replaced."""

    organization_id: str
    owner_id: str
    cluster_id: str
    token_id: str
    agent_hash: str
    generation: int = 1


def run(reissue: str = "") -> dict[str, Any]:
    """Make them if they are not there; `reissue` the `owner`'s or the `agent`'s token. A token is in the answer that made it only."""
    done = reads.get(FirstRun, *_KEY)
    if done is None:
        return _begin()
    if reissue == "owner":
        return _new_owner_token(done)
    if reissue == "agent":
        return _ids(done) | {"agentToken": _new_agent_token(done)}
    if reissue:
        raise Invalid.field("reissue", f"`{reissue}` cannot be reissued; write `owner` or `agent`")
    return _ids(done)


@dataclass(frozen=True)
class Tenant:
    """An Organization to be, with its owner and the owner's token."""

    organization: Organization
    owner: User
    token: Token
    value: str = field(repr=False)

    @property
    def writes(self) -> tuple[Write, ...]:
        return *organizations.new(self.organization), *users.new(self.owner), *tokens.new(self.token)


def tenant(name: str, email: str, now: datetime) -> Tenant:
    """A new Organization of that name, owned by whoever has that address."""
    id = names.new_id()
    grants = (Grant(TokenScope.ORGANIZATION, id, Role.ORGANIZATION_OWNER),)
    owner = User(names.new_id(), id, email, email.partition("@")[0], grants, now, now)
    organization = Organization(id, name, email, now, owner.subject, now, owner.subject)
    return Tenant(organization, owner, *_owner_token(owner, now))


def _begin() -> dict[str, Any]:
    now = datetime.now(UTC)
    first = tenant(_given("first_organization_name"), _given("first_owner_email"), now)
    region = settings().first_cluster_region or settings().region
    cluster = Cluster(names.new_id(), f"standard-{region}", ClusterType.STANDARD, region, now, now, status=_first_status())
    agent = agent_token(cluster.id, now, now + LIFE)
    done = FirstRun(first.organization.id, first.owner.id, cluster.id, first.token.id, agent.hash)
    writes.commit(
        writes.put_new(item(*_KEY, done), Conflict("the first run is being done by somebody else right now; call it again")),
        *first.writes,
        clusters.new_standard(cluster),
        principals.remember_agent(cluster.id, agent.hash, now + LIFE),
    )
    return _ids(done) | {"token": first.value, "agentToken": agent.value}


def _first_status() -> ClusterStatus:
    """One that has to be registered waits for that; a data plane that serves all clusters by itself is there already."""
    return ClusterStatus.CREATING if settings().data_plane == dataplane.REGISTERED_CLUSTERS else ClusterStatus.CREATED


def _given(name: str) -> str:
    value: str = getattr(settings(), name)
    if not value:
        raise Invalid(f"the setting {name.upper()} is empty; set it in the stack's parameters before the first run")
    return value


def _owner_token(owner: User, now: datetime) -> tuple[Token, str]:
    id, end = names.new_id(), now + LIFE
    secret = api_token(id, now, end, organizationId=owner.organization_id)
    token = Token(
        id, owner.organization_id, "first owner", TokenScope.ORGANIZATION, owner.grants, secret.hash, secret.short, now, owner.subject, now,
        owner.subject, now, end, description="made by the first run; `reissue` replaces it",
        bearer_id=owner.id,
    )  # fmt: skip
    return token, secret.value


def _new_owner_token(done: FirstRun) -> dict[str, Any]:
    now, owner = datetime.now(UTC), _owner(done)
    token = _token_of(owner, done)
    if token is None:
        token, value = _owner_token(owner, now)
        known = replace(done, owner_id=owner.id, token_id=token.id, generation=done.generation + 1)
        writes.commit(_replace(known), *tokens.new(token))
        return _ids(known) | {"token": value}
    secret = api_token(token.id, now, now + LIFE, organizationId=done.organization_id)
    writes.commit(*tokens.rotated(token.rotate(hash=secret.hash, short=secret.short, by=owner.subject, now=now), before=token))
    return _ids(done) | {"token": secret.value}


def _owner(done: FirstRun) -> User:
    """Whoever came first, or who owns the Organization now if they left it: there is always somebody."""
    members = sorted(users.every(done.organization_id), key=lambda user: user.id != done.owner_id)
    return next(user for user in members if user.owns(done.organization_id))


def _token_of(owner: User, done: FirstRun) -> Token | None:
    """The token that can be replaced; none if it was somebody else's, or if somebody deleted it."""
    try:
        return tokens.load(done.organization_id, done.token_id) if owner.id == done.owner_id else None
    except NotFound:
        return None


def _new_agent_token(done: FirstRun) -> str:
    now = datetime.now(UTC)
    agent = agent_token(done.cluster_id, now, now + LIFE)
    known = replace(done, agent_hash=agent.hash, generation=done.generation + 1)
    writes.commit(_replace(known), principals.forget(done.agent_hash), principals.remember_agent(done.cluster_id, agent.hash, now + LIFE))
    return agent.value


def _replace(done: FirstRun) -> Write:
    return writes.put_next(item(*_KEY, done), writes.changed("what the first run made"))


def _ids(done: FirstRun) -> dict[str, Any]:
    return {"organizationId": done.organization_id, "ownerId": done.owner_id, "clusterId": done.cluster_id}
