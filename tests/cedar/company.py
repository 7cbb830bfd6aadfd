"""Who is in which team and which custom roles there are: what Cedar must be told beside the principals themselves."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal
from orrery.model.role import CustomRole
from orrery.model.team import Team
from orrery.model.token import Grant
from orrery.model.user import User

_TEMPLATE = (Path(__file__).parent / "custom_role.cedar.template").read_text()


@dataclass(frozen=True)
class Company:
    """Users, teams and custom roles by their ids; principals that are no users here hold what they hold themselves."""

    users: Mapping[str, User] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    roles: Mapping[str, CustomRole] = field(default_factory=dict)

    def own(self, principal: Principal) -> tuple[Grant, ...]:
        """What somebody holds in person, teams left aside."""
        return self.users[principal.id].grants if principal.id in self.users else principal.grants

    def teams_of(self, principal: Principal) -> list[Team]:
        """The teams that somebody is in and that are still there."""
        named = self.users[principal.id].team_ids if principal.id in self.users else ()
        return [self.teams[id] for id in named if id in self.teams]


def placed(grants: Iterable[Grant]) -> Iterator[tuple[str, str, str]]:
    """Grants as triples of role, kind of thing and id.

    A role on a Deployment is held `around` it, on its Workspace, as well; one on a DAG also there, and `within` its Deployment.
    """
    for grant in grants:
        yield grant.role, grant.scope.capitalize(), grant.key
        if grant.workspace_id:
            yield f"around {grant.role}", "Workspace", grant.workspace_id
        if grant.deployment_id:
            yield f"within {grant.role}", "Deployment", grant.deployment_id


@functools.cache
def policy(role: CustomRole) -> str:
    """The template's paragraphs for one custom role; what it may do with all DAGs of a Deployment, it may do with each."""
    reaching = {*role.permissions, *(each.replace("deployment.", "dag.", 1) for each in role.permissions)}
    actions = ", ".join(f'Action::"{each}"' for each in sorted(reaching & {*Permission}))
    workspaces = ", ".join(f'Workspace::"{id}"' for id in role.restricted_workspace_ids)
    restriction = f"resource in [{workspaces}]" if workspaces else "true"
    return _TEMPLATE.replace("%role%", role.id).replace("%actions%", actions).replace("%restriction%", restriction)
