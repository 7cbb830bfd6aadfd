"""Who is asking, and whether they may: a refusal says which permission is missing and which role has it."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from orrery.authz.permissions import Permission, bit
from orrery.authz.policy import AirflowRole, Role, airflow_mask, anybody_mask, least_role, named_by, power, role_mask
from orrery.errors import Forbidden, NotFound
from orrery.model.role import CustomRole
from orrery.model.subject import Subject, SubjectType
from orrery.model.token import Grant


class Kind(StrEnum):
    USER = "USER"
    SERVICEKEY = "SERVICEKEY"
    """An API token."""
    AGENT = "AGENT"
    """A cluster's agent, which reports for its cluster, or a Deployment's remote one: each sees what its role says, and nothing else."""


@dataclass(frozen=True)
class Principal:
    """A user, an API token or an agent, with the roles it was granted; `organization_id` is its home, the only Organization it sees."""

    id: str
    kind: Kind
    name: str
    organization_id: str
    grants: tuple[Grant, ...]
    username: str = ""
    custom_roles: tuple[CustomRole, ...] = ()
    """Those its grants name, as they are at this request; one that is gone or restricted elsewhere is worth nothing."""

    allowed_from: tuple[str, ...] = ()
    """The ranges of addresses that its Organization allows; none is from everywhere."""

    @property
    def subject(self) -> Subject:
        """The stamp it leaves on what it makes."""
        return Subject(self.id, SubjectType.USER if self.kind is Kind.USER else SubjectType.SERVICEKEY, self.name, self.username)

    @functools.cached_property
    def masks(self) -> dict[str, int]:
        """What it may do, by the id of the thing it was granted a role on."""
        masks = {} if self.kind is Kind.AGENT else {self.organization_id: anybody_mask()}
        for grant in self.grants:
            for place, held in worth(grant, self.custom_roles).items():
                masks[place] = masks.get(place, 0) | held
        return masks

    def holds(self, *scopes: str) -> int:
        """Everything it may do on a thing, named by its own place and those it lies in, a DAG's tags included."""
        total = 0
        for scope in scopes:
            total |= self.masks.get(scope, 0)
        return total

    def may(self, permission: Permission, *scopes: str) -> bool:
        """Whether it may do one thing there."""
        masks, wanted = self.masks, bit(permission)
        for scope in scopes:  # noqa: SIM110  # the most frequent question of all; a generator would double its price
            if masks.get(scope, 0) & wanted:
                return True
        return False


def worth(grant: Grant, custom_roles: Iterable[CustomRole]) -> dict[str, int]:
    """What one grant allows, by the ids of the places where it does."""
    role = named_by(grant, custom_roles)
    if isinstance(role, Role) and not grant.is_on_dags:
        return {grant.entity_id: role_mask(role)}
    if role is None or (isinstance(role, CustomRole) and not role.counts_in(grant.workspace_id)):
        return {}
    # whoever has a role on a Deployment may know the Workspace it lies in, and whoever has one on a DAG both
    known = {grant.workspace_id: role_mask(Role.WORKSPACE_ACCESSOR)}
    if grant.is_on_dags:
        known[grant.deployment_id] = role_mask(Role.DEPLOYMENT_ACCESSOR)
    return known | {grant.key: power(role)}


def require(principal: Principal, permission: Permission, *, organization: str, workspace: str = "", deployment: str = "") -> None:
    """Return if the principal may; raise `NotFound` if it may not even see the thing, `Forbidden` if it may see it but not do this."""
    scopes = (organization, workspace, deployment)
    if principal.may(permission, *scopes):
        return
    if not principal.may(permission.to_see_it, *scopes):
        raise missing(permission.noun)
    raise Forbidden(f"this needs the permission `{permission}`, which you do not have here; the role `{least_role(permission)}` has it")


def missing(noun: str) -> NotFound:
    """The answer for what is not there and for what is somebody else's; the two must look the same."""
    return NotFound(f"there is no such {noun}, or you may not see it")


def refuse_to_grant_more(
    principal: Principal, role: Role | CustomRole, *, organization: str, workspace: str = "", deployment: str = ""
) -> None:
    """Nobody grants more than they hold: every permission of the role must be the principal's own at that place."""
    if power(role) & ~principal.holds(organization, workspace, deployment):
        name = role.value if isinstance(role, Role) else role.name
        raise Forbidden(f"the role `{name}` can do more than you can here; nobody grants more than they hold")


def airflow_role(principal: Principal, *, organization: str, workspace: str, deployment: str) -> AirflowRole | None:
    """The role that the principal has inside a Deployment's Airflow; none if it may not enter."""
    held = principal.holds(organization, workspace, deployment)
    return next((role for role in AirflowRole if not airflow_mask(role) & ~held), None)
