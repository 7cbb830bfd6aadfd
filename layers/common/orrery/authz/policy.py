"""The whole policy on one screen: what each role may do, and who inherits from whom.

A role is the role below it plus what is named here. A grant of a role on a thing reaches everything inside it: an Organization role its
Workspaces and Deployments, a Workspace role its Deployments, a Deployment role its DAGs.
`allowed = (m[organization] | m[workspace] | m[deployment] | m[dag] | any m[tag]) & bit`; of a permission on Airflow's DAGs
(`deployment.airflow.dag.get`) its twin on each of them (`dag.airflow.dag.get`) is part.
"""

import functools
from collections.abc import Iterable
from enum import StrEnum

from orrery.authz.permissions import Permission, mask, named_mask, reaching
from orrery.model.role import CustomRole
from orrery.model.token import Grant


class Role(StrEnum):
    ORGANIZATION_OWNER = "ORGANIZATION_OWNER"
    ORGANIZATION_BILLING_ADMIN = "ORGANIZATION_BILLING_ADMIN"
    ORGANIZATION_OBSERVE_ADMIN = "ORGANIZATION_OBSERVE_ADMIN"
    ORGANIZATION_OBSERVE_MEMBER = "ORGANIZATION_OBSERVE_MEMBER"
    ORGANIZATION_MEMBER = "ORGANIZATION_MEMBER"
    WORKSPACE_OWNER = "WORKSPACE_OWNER"
    WORKSPACE_OPERATOR = "WORKSPACE_OPERATOR"
    WORKSPACE_AUTHOR = "WORKSPACE_AUTHOR"
    WORKSPACE_MEMBER = "WORKSPACE_MEMBER"
    WORKSPACE_ACCESSOR = "WORKSPACE_ACCESSOR"
    DEPLOYMENT_ADMIN = "DEPLOYMENT_ADMIN"
    DEPLOYMENT_ACCESSOR = "DEPLOYMENT_ACCESSOR"
    DEPLOYMENT_AGENT = "DEPLOYMENT_AGENT"
    DAG_AUTHOR = "DAG_AUTHOR"
    DAG_VIEWER = "DAG_VIEWER"
    CLUSTER_AGENT = "CLUSTER_AGENT"

    @property
    def noun(self) -> str:
        """What it is granted on: `ORGANIZATION`, `WORKSPACE`, `DEPLOYMENT`, `DAG` (or a tag of DAGs) or `CLUSTER`."""
        return self.value.partition("_")[0]


_DEFAULT = frozenset(Role)

MACHINES = frozenset({Role.DEPLOYMENT_AGENT, Role.CLUSTER_AGENT})
"""What only agents hold: nobody can be granted these."""

ANYBODY = "organization.get organization.clusters.get"
"""What every member and every API token may do in its own Organization, whatever its role."""

_BELOW = {
    Role.ORGANIZATION_OWNER: (Role.ORGANIZATION_BILLING_ADMIN, Role.WORKSPACE_OWNER),
    Role.ORGANIZATION_BILLING_ADMIN: (Role.ORGANIZATION_OBSERVE_ADMIN,),
    Role.ORGANIZATION_OBSERVE_ADMIN: (Role.ORGANIZATION_OBSERVE_MEMBER,),
    Role.ORGANIZATION_OBSERVE_MEMBER: (Role.ORGANIZATION_MEMBER,),
    Role.WORKSPACE_OWNER: (Role.WORKSPACE_OPERATOR,),
    Role.WORKSPACE_OPERATOR: (Role.WORKSPACE_AUTHOR,),
    Role.WORKSPACE_AUTHOR: (Role.WORKSPACE_MEMBER,),
    Role.WORKSPACE_MEMBER: (Role.WORKSPACE_ACCESSOR,),
    Role.DAG_AUTHOR: (Role.DAG_VIEWER,),
}

_ADDS = {
    Role.ORGANIZATION_MEMBER: f"{ANYBODY} organization.users.get organization.teams.get organization.lineage.get",
    Role.ORGANIZATION_OBSERVE_MEMBER: "organization.observe.get",
    Role.ORGANIZATION_OBSERVE_ADMIN: "organization.observe.update",
    Role.ORGANIZATION_BILLING_ADMIN: "organization.billing.* organization.usage.get organization.dashboards.get",
    Role.ORGANIZATION_OWNER: "organization.*",
    Role.WORKSPACE_ACCESSOR: "workspace.get",
    Role.WORKSPACE_MEMBER: """
        workspace.users.get workspace.teams.get workspace.alerts.get
        deployment.get deployment.users.get deployment.teams.get deployment.alerts.get deployment.deploys.get deployment.logs.get
        deployment.metrics.get deployment.agents.get
        deployment.airflow.website.get deployment.airflow.docs.get deployment.airflow.browseMenu.get deployment.airflow.clusterActivity.get
        deployment.airflow.customMenu.get deployment.airflow.dag.get deployment.airflow.dagCode.get deployment.airflow.dagDependencies.get
        deployment.airflow.dagRun.get deployment.airflow.datasets.get deployment.airflow.importError.get deployment.airflow.job.get
        deployment.airflow.slaMiss.get deployment.airflow.taskInstance.get deployment.airflow.taskLog.get
        deployment.airflow.taskReschedule.get deployment.airflow.auditLog.get""",
    Role.WORKSPACE_AUTHOR: """
        workspace.alerts.* deployment.alerts.* deployment.deploys.*
        deployment.airflow.trigger.get deployment.airflow.dag.update deployment.airflow.dagRun.* deployment.airflow.taskInstance.*
        deployment.airflow.adminMenu.get deployment.airflow.connection.get deployment.airflow.variable.get deployment.airflow.pool.get
        deployment.airflow.plugin.get deployment.airflow.provider.get deployment.airflow.xcom.get""",
    Role.WORKSPACE_OPERATOR: """
        workspace.deployments.create workspace.envObjects.* workspace.apiTokens.*
        deployment.update deployment.delete deployment.envObjects.* deployment.agents.* deployment.agentTokens.*
        deployment.airflow.connection.* deployment.airflow.variable.* deployment.airflow.pool.* deployment.airflow.xcom.*
        deployment.airflow.dag.*""",
    Role.WORKSPACE_OWNER: "workspace.* deployment.*",
    Role.DEPLOYMENT_ACCESSOR: "deployment.get",
    Role.DEPLOYMENT_AGENT: "deployment.get",
    Role.DAG_VIEWER: """
        dag.airflow.dag.get dag.airflow.dagCode.get dag.airflow.dagDependencies.get dag.airflow.dagRun.get dag.airflow.taskInstance.get
        dag.airflow.taskLog.get""",
    Role.DAG_AUTHOR: "dag.*",
    Role.CLUSTER_AGENT: "cluster.report",
}


class AirflowRole(StrEnum):
    """What our auth manager knows inside Airflow, from most to least."""

    ADMIN = "ADMIN"
    OPERATOR = "OPERATOR"
    AUTHOR = "AUTHOR"
    VIEWER = "VIEWER"


AIRFLOW = {
    AirflowRole.ADMIN: Role.WORKSPACE_OWNER,
    AirflowRole.OPERATOR: Role.WORKSPACE_OPERATOR,
    AirflowRole.AUTHOR: Role.WORKSPACE_AUTHOR,
    AirflowRole.VIEWER: Role.WORKSPACE_MEMBER,
}
"""The role whose every Airflow permission one must hold to have each Airflow role: a custom role with less must not gain the rest."""


@functools.cache
def permissions(role: Role) -> frozenset[Permission]:
    """Everything a role may do."""
    if role is Role.DEPLOYMENT_ADMIN:  # a Workspace Operator of one Deployment
        return frozenset(each for each in permissions(Role.WORKSPACE_OPERATOR) if each.noun in ("deployment", "dag"))
    inherited = frozenset[Permission]().union(*(permissions(lower) for lower in _BELOW.get(role, ())))
    return inherited | reaching(_named(_ADDS[role]))


@functools.cache
def role_mask(role: Role) -> int:
    """Everything a role may do, as one integer."""
    return mask(permissions(role))


def power(role: Role | CustomRole) -> int:
    """Everything a default or a custom role may do, as one integer."""
    return role_mask(role) if isinstance(role, Role) else named_mask(role.permissions)


def is_default(name: str) -> bool:
    """Whether a grant's role is one of ours; otherwise it is a custom role's id."""
    return name in _DEFAULT


def named_by(grant: Grant, custom_roles: Iterable[CustomRole]) -> Role | CustomRole | None:
    """The role that a grant names; none if it was a custom role that is gone."""
    return Role(grant.role) if is_default(grant.role) else next((each for each in custom_roles if each.id == grant.role), None)


@functools.cache
def airflow_mask(role: AirflowRole) -> int:
    """The Airflow permissions that an Airflow role stands for."""
    return mask(each for each in permissions(AIRFLOW[role]) if each.startswith("deployment.airflow."))


@functools.cache
def anybody_mask() -> int:
    return mask(_named(ANYBODY))


def least_role(permission: Permission) -> Role:
    """The humblest role of the permission's own kind that has it, to name in a refusal; a machine's only if nobody else has it."""
    own = [role for role in Role if role.noun == permission.noun.upper()]
    other = [role for role in Role if role.noun != permission.noun.upper()]
    return next(role for role in [*_humblest_first(own), *_humblest_first(other)] if permission in permissions(role))


def _humblest_first(roles: list[Role]) -> list[Role]:
    return sorted(roles, key=lambda role: (role in MACHINES, len(permissions(role))))


def _named(text: str) -> frozenset[Permission]:
    return frozenset[Permission]().union(*(_matching(pattern) for pattern in text.split()))


def _matching(pattern: str) -> frozenset[Permission]:
    if not pattern.endswith(".*"):
        return frozenset([Permission(pattern)])
    return frozenset(each for each in Permission if each.value.startswith(pattern[:-1]))
