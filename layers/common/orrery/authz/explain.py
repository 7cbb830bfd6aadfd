"""Why somebody may or may not do something: the grants that decide it, in words; the same arithmetic as every check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from orrery import names
from orrery.authz.permissions import Permission, bit
from orrery.authz.policy import anybody_mask, least_role
from orrery.authz.principal import worth
from orrery.model.role import CustomRole
from orrery.model.token import Grant, TokenScope


@dataclass(frozen=True)
class Place:
    """A thing and what it lies in, by their ids; what is not there is empty."""

    organization: str
    workspace: str = ""
    deployment: str = ""
    dag: str = ""
    """A DAG's id, the tenant's own text."""
    tags: tuple[str, ...] = ()
    """The DAG's tags; one tag without a DAG is whatever DAGs have it."""

    @property
    def kind(self) -> TokenScope:
        """What it is."""
        if self.dag or self.tags:
            return TokenScope.DAG if self.dag else TokenScope.DAG_TAG
        return TokenScope.DEPLOYMENT if self.deployment else TokenScope.WORKSPACE if self.workspace else TokenScope.ORGANIZATION

    @property
    def key(self) -> str:
        """Its own id, or the place of a DAG or a tag."""
        return names.dag_place(self.deployment, self.dag) if self.dag else self.scopes[-1]

    @property
    def scopes(self) -> tuple[str, ...]:
        """Where a role may lie that counts here."""
        dags = (names.dag_place(self.deployment, self.dag),) if self.dag else ()
        tags = tuple(names.tag_place(self.deployment, tag) for tag in self.tags)
        return (*(each for each in (self.organization, self.workspace, self.deployment) if each), *dags, *tags)


@dataclass(frozen=True)
class Holding:
    """A grant that somebody has: their own, or through the team of that name."""

    grant: Grant
    team: str = ""


@dataclass(frozen=True)
class Explanation:
    """The answer, the holdings that give it (none for a refusal, or for what every member may), and one sentence for a person."""

    is_allowed: bool
    because: tuple[Holding, ...]
    message: str


def explain(holdings: Iterable[Holding], permission: Permission, place: Place, custom_roles: Sequence[CustomRole] = ()) -> Explanation:
    """What decides whether whoever has these holdings may do one thing there; `custom_roles` are those that the holdings name."""
    held = [(each, worth(each.grant, custom_roles)) for each in holdings]
    here = [each for each, masks in held if any(scope in masks for scope in place.scopes)]
    giving = tuple(each for each, masks in held if any(masks.get(scope, 0) & bit(permission) for scope in place.scopes))
    called = {role.id: role.name for role in custom_roles}
    if giving:
        return Explanation(True, tuple(_named(each, called) for each in giving), f"`{permission}` comes from {_listed(giving, called)}")
    if anybody_mask() & bit(permission):
        return Explanation(True, (), f"`{permission}` is every member's and every token's in their own Organization")
    instead = f"they hold {_listed(here, called)}, which does not include it" if here else "they hold no role there"
    return Explanation(False, (), f"`{permission}` is missing: {instead}; the role `{least_role(permission)}` has it")


def _listed(holdings: Iterable[Holding], called: Mapping[str, str]) -> str:
    return ", ".join(_said(each, called) for each in holdings)


def _said(holding: Holding, called: Mapping[str, str]) -> str:
    grant, through = _named(holding, called).grant, f" through the team `{holding.team}`" if holding.team else ""
    return f"the role `{grant.role}` on the {grant.scope.lower().replace('_', ' ')} `{grant.entity_id}`{through}"


def _named(holding: Holding, called: Mapping[str, str]) -> Holding:
    """With a custom role's name where the grant has its id."""
    return replace(holding, grant=replace(holding.grant, role=called.get(holding.grant.role, holding.grant.role)))
