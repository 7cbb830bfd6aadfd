"""Why somebody may or may not do something: the grants that decide it, in words; the same arithmetic as every check."""

from collections.abc import Iterable
from dataclasses import dataclass

from orrery.authz.permissions import Permission, bit
from orrery.authz.policy import Role, anybody_mask, least_role, role_mask
from orrery.model.token import Grant


@dataclass(frozen=True)
class Place:
    """A thing and what it lies in, by their ids; what is not there is empty."""

    organization: str
    workspace: str = ""
    deployment: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(each for each in (self.organization, self.workspace, self.deployment) if each)


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


def explain(holdings: Iterable[Holding], permission: Permission, place: Place) -> Explanation:
    """What decides whether whoever has these holdings may do one thing there."""
    here = [each for each in holdings if each.grant.entity_id in place.scopes]
    giving = tuple(each for each in here if role_mask(Role(each.grant.role)) & bit(permission))
    if giving:
        return Explanation(True, giving, f"`{permission}` comes from {_listed(giving)}")
    if anybody_mask() & bit(permission):
        return Explanation(True, (), f"`{permission}` is every member's and every token's in their own Organization")
    held = f"they hold {_listed(here)}, which does not include it" if here else "they hold no role there"
    return Explanation(False, (), f"`{permission}` is missing: {held}; the role `{least_role(permission)}` has it")


def _listed(holdings: Iterable[Holding]) -> str:
    return ", ".join(_said(each) for each in holdings)


def _said(holding: Holding) -> str:
    through = f" through the team `{holding.team}`" if holding.team else ""
    return f"the role `{holding.grant.role}` on the {holding.grant.scope.lower()} `{holding.grant.entity_id}`{through}"
