"""Every single thing that can be allowed, by the name it has on the wire; each is one bit."""

import functools
from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    CLUSTER_REPORT = "cluster.report"

    ORGANIZATION_GET = "organization.get"
    ORGANIZATION_UPDATE = "organization.update"
    ORGANIZATION_AUDIT_LOGS_GET = "organization.auditLogs.get"
    ORGANIZATION_BILLING_GET = "organization.billing.get"
    ORGANIZATION_BILLING_UPDATE = "organization.billing.update"
    ORGANIZATION_CLUSTERS_GET = "organization.clusters.get"
    ORGANIZATION_CLUSTERS_CREATE = "organization.clusters.create"
    ORGANIZATION_CLUSTERS_UPDATE = "organization.clusters.update"
    ORGANIZATION_CLUSTERS_DELETE = "organization.clusters.delete"
    ORGANIZATION_DASHBOARDS_GET = "organization.dashboards.get"
    ORGANIZATION_IP_RANGES_GET = "organization.allowedIpAddressRanges.get"
    ORGANIZATION_IP_RANGES_CREATE = "organization.allowedIpAddressRanges.create"
    ORGANIZATION_IP_RANGES_DELETE = "organization.allowedIpAddressRanges.delete"
    ORGANIZATION_LINEAGE_GET = "organization.lineage.get"
    ORGANIZATION_OBSERVE_GET = "organization.observe.get"
    ORGANIZATION_OBSERVE_UPDATE = "organization.observe.update"
    ORGANIZATION_ROLES_GET = "organization.roles.get"
    ORGANIZATION_ROLES_CREATE = "organization.roles.create"
    ORGANIZATION_ROLES_UPDATE = "organization.roles.update"
    ORGANIZATION_ROLES_DELETE = "organization.roles.delete"
    ORGANIZATION_TEAMS_GET = "organization.teams.get"
    ORGANIZATION_TEAMS_CREATE = "organization.teams.create"
    ORGANIZATION_TEAMS_UPDATE = "organization.teams.update"
    ORGANIZATION_TEAMS_DELETE = "organization.teams.delete"
    ORGANIZATION_TOKENS_GET = "organization.apiTokens.get"
    ORGANIZATION_TOKENS_CREATE = "organization.apiTokens.create"
    ORGANIZATION_TOKENS_UPDATE = "organization.apiTokens.update"
    ORGANIZATION_TOKENS_DELETE = "organization.apiTokens.delete"
    ORGANIZATION_TOKENS_ROTATE = "organization.apiTokens.rotate"
    ORGANIZATION_USAGE_GET = "organization.usage.get"
    ORGANIZATION_USERS_GET = "organization.users.get"
    ORGANIZATION_USERS_CREATE = "organization.users.create"
    ORGANIZATION_USERS_UPDATE = "organization.users.update"
    ORGANIZATION_USERS_DELETE = "organization.users.delete"
    ORGANIZATION_WORKSPACES_CREATE = "organization.workspaces.create"

    WORKSPACE_GET = "workspace.get"
    WORKSPACE_UPDATE = "workspace.update"
    WORKSPACE_DELETE = "workspace.delete"
    WORKSPACE_ALERTS_GET = "workspace.alerts.get"
    WORKSPACE_ALERTS_CREATE = "workspace.alerts.create"
    WORKSPACE_ALERTS_UPDATE = "workspace.alerts.update"
    WORKSPACE_ALERTS_DELETE = "workspace.alerts.delete"
    WORKSPACE_DEPLOYMENTS_CREATE = "workspace.deployments.create"
    WORKSPACE_ENV_OBJECTS_GET = "workspace.envObjects.get"
    WORKSPACE_ENV_OBJECTS_CREATE = "workspace.envObjects.create"
    WORKSPACE_ENV_OBJECTS_UPDATE = "workspace.envObjects.update"
    WORKSPACE_ENV_OBJECTS_DELETE = "workspace.envObjects.delete"
    WORKSPACE_TEAMS_GET = "workspace.teams.get"
    WORKSPACE_TEAMS_UPDATE = "workspace.teams.update"
    WORKSPACE_TOKENS_GET = "workspace.apiTokens.get"
    WORKSPACE_TOKENS_CREATE = "workspace.apiTokens.create"
    WORKSPACE_TOKENS_UPDATE = "workspace.apiTokens.update"
    WORKSPACE_TOKENS_DELETE = "workspace.apiTokens.delete"
    WORKSPACE_TOKENS_ROTATE = "workspace.apiTokens.rotate"
    WORKSPACE_USERS_GET = "workspace.users.get"
    WORKSPACE_USERS_UPDATE = "workspace.users.update"

    DEPLOYMENT_GET = "deployment.get"
    DEPLOYMENT_UPDATE = "deployment.update"
    DEPLOYMENT_DELETE = "deployment.delete"
    DEPLOYMENT_AGENTS_GET = "deployment.agents.get"
    DEPLOYMENT_AGENTS_UPDATE = "deployment.agents.update"
    DEPLOYMENT_AGENTS_DELETE = "deployment.agents.delete"
    DEPLOYMENT_AGENT_TOKENS_GET = "deployment.agentTokens.get"
    DEPLOYMENT_AGENT_TOKENS_CREATE = "deployment.agentTokens.create"
    DEPLOYMENT_AGENT_TOKENS_UPDATE = "deployment.agentTokens.update"
    DEPLOYMENT_AGENT_TOKENS_DELETE = "deployment.agentTokens.delete"
    DEPLOYMENT_ALERTS_GET = "deployment.alerts.get"
    DEPLOYMENT_ALERTS_CREATE = "deployment.alerts.create"
    DEPLOYMENT_ALERTS_UPDATE = "deployment.alerts.update"
    DEPLOYMENT_ALERTS_DELETE = "deployment.alerts.delete"
    DEPLOYMENT_DEPLOYS_GET = "deployment.deploys.get"
    DEPLOYMENT_DEPLOYS_CREATE = "deployment.deploys.create"
    DEPLOYMENT_DEPLOYS_UPDATE = "deployment.deploys.update"
    DEPLOYMENT_ENV_OBJECTS_GET = "deployment.envObjects.get"
    DEPLOYMENT_ENV_OBJECTS_CREATE = "deployment.envObjects.create"
    DEPLOYMENT_ENV_OBJECTS_UPDATE = "deployment.envObjects.update"
    DEPLOYMENT_ENV_OBJECTS_DELETE = "deployment.envObjects.delete"
    DEPLOYMENT_LOGS_GET = "deployment.logs.get"
    DEPLOYMENT_METRICS_GET = "deployment.metrics.get"
    DEPLOYMENT_TEAMS_GET = "deployment.teams.get"
    DEPLOYMENT_TEAMS_DELETE = "deployment.teams.delete"
    DEPLOYMENT_TOKENS_GET = "deployment.apiTokens.get"
    DEPLOYMENT_TOKENS_CREATE = "deployment.apiTokens.create"
    DEPLOYMENT_TOKENS_UPDATE = "deployment.apiTokens.update"
    DEPLOYMENT_TOKENS_DELETE = "deployment.apiTokens.delete"
    DEPLOYMENT_TOKENS_ROTATE = "deployment.apiTokens.rotate"
    DEPLOYMENT_USERS_GET = "deployment.users.get"
    DEPLOYMENT_USERS_DELETE = "deployment.users.delete"

    AIRFLOW_ADMIN_MENU_GET = "deployment.airflow.adminMenu.get"
    AIRFLOW_ASTRONOMER_GET = "deployment.airflow.astronomer.get"
    AIRFLOW_AUDIT_LOG_GET = "deployment.airflow.auditLog.get"
    AIRFLOW_BROWSE_MENU_GET = "deployment.airflow.browseMenu.get"
    AIRFLOW_CLUSTER_ACTIVITY_GET = "deployment.airflow.clusterActivity.get"
    AIRFLOW_CONFIG_MENU_GET = "deployment.airflow.configMenu.get"
    AIRFLOW_CONNECTION_GET = "deployment.airflow.connection.get"
    AIRFLOW_CONNECTION_CREATE = "deployment.airflow.connection.create"
    AIRFLOW_CONNECTION_UPDATE = "deployment.airflow.connection.update"
    AIRFLOW_CONNECTION_DELETE = "deployment.airflow.connection.delete"
    AIRFLOW_CUSTOM_MENU_GET = "deployment.airflow.customMenu.get"
    AIRFLOW_DAG_GET = "deployment.airflow.dag.get"
    AIRFLOW_DAG_UPDATE = "deployment.airflow.dag.update"
    AIRFLOW_DAG_DELETE = "deployment.airflow.dag.delete"
    AIRFLOW_DAG_CODE_GET = "deployment.airflow.dagCode.get"
    AIRFLOW_DAG_DEPENDENCIES_GET = "deployment.airflow.dagDependencies.get"
    AIRFLOW_DAG_RUN_GET = "deployment.airflow.dagRun.get"
    AIRFLOW_DAG_RUN_CREATE = "deployment.airflow.dagRun.create"
    AIRFLOW_DAG_RUN_UPDATE = "deployment.airflow.dagRun.update"
    AIRFLOW_DAG_RUN_DELETE = "deployment.airflow.dagRun.delete"
    AIRFLOW_DATASETS_GET = "deployment.airflow.datasets.get"
    AIRFLOW_DOCS_GET = "deployment.airflow.docs.get"
    AIRFLOW_IMPORT_ERROR_GET = "deployment.airflow.importError.get"
    AIRFLOW_JOB_GET = "deployment.airflow.job.get"
    AIRFLOW_PLUGIN_GET = "deployment.airflow.plugin.get"
    AIRFLOW_POOL_GET = "deployment.airflow.pool.get"
    AIRFLOW_POOL_CREATE = "deployment.airflow.pool.create"
    AIRFLOW_POOL_UPDATE = "deployment.airflow.pool.update"
    AIRFLOW_POOL_DELETE = "deployment.airflow.pool.delete"
    AIRFLOW_PROVIDER_GET = "deployment.airflow.provider.get"
    AIRFLOW_SLA_MISS_GET = "deployment.airflow.slaMiss.get"
    AIRFLOW_TASK_INSTANCE_GET = "deployment.airflow.taskInstance.get"
    AIRFLOW_TASK_INSTANCE_CREATE = "deployment.airflow.taskInstance.create"
    AIRFLOW_TASK_INSTANCE_UPDATE = "deployment.airflow.taskInstance.update"
    AIRFLOW_TASK_INSTANCE_DELETE = "deployment.airflow.taskInstance.delete"
    AIRFLOW_TASK_LOG_GET = "deployment.airflow.taskLog.get"
    AIRFLOW_TASK_RESCHEDULE_GET = "deployment.airflow.taskReschedule.get"
    AIRFLOW_TRIGGER_GET = "deployment.airflow.trigger.get"
    AIRFLOW_VARIABLE_GET = "deployment.airflow.variable.get"
    AIRFLOW_VARIABLE_CREATE = "deployment.airflow.variable.create"
    AIRFLOW_VARIABLE_UPDATE = "deployment.airflow.variable.update"
    AIRFLOW_VARIABLE_DELETE = "deployment.airflow.variable.delete"
    AIRFLOW_WEBSITE_GET = "deployment.airflow.website.get"
    AIRFLOW_XCOM_GET = "deployment.airflow.xcom.get"
    AIRFLOW_XCOM_DELETE = "deployment.airflow.xcom.delete"

    DAG_GET = "dag.airflow.dag.get"
    DAG_UPDATE = "dag.airflow.dag.update"
    DAG_DELETE = "dag.airflow.dag.delete"
    DAG_CODE_GET = "dag.airflow.dagCode.get"
    DAG_DEPENDENCIES_GET = "dag.airflow.dagDependencies.get"
    DAG_RUN_GET = "dag.airflow.dagRun.get"
    DAG_RUN_CREATE = "dag.airflow.dagRun.create"
    DAG_RUN_UPDATE = "dag.airflow.dagRun.update"
    DAG_RUN_DELETE = "dag.airflow.dagRun.delete"
    DAG_TASK_INSTANCE_GET = "dag.airflow.taskInstance.get"
    DAG_TASK_INSTANCE_CREATE = "dag.airflow.taskInstance.create"
    DAG_TASK_INSTANCE_UPDATE = "dag.airflow.taskInstance.update"
    DAG_TASK_INSTANCE_DELETE = "dag.airflow.taskInstance.delete"
    DAG_TASK_LOG_GET = "dag.airflow.taskLog.get"
    DAG_XCOM_GET = "dag.airflow.xcom.get"
    DAG_XCOM_DELETE = "dag.airflow.xcom.delete"

    @property
    def noun(self) -> str:
        """What it is about: `deployment`, `workspace`, `organization`, `dag` or `cluster`."""
        return self.value.partition(".")[0]

    @property
    def to_see_it(self) -> "Permission":
        """The permission without which the thing does not even exist for the caller."""
        special = {"cluster": Permission.CLUSTER_REPORT, "dag": Permission.DAG_GET}
        return special.get(self.noun) or Permission(f"{self.noun}.get")

    @property
    def on_each_dag(self) -> "Permission | None":
        """The same on a single DAG: whoever may do it with all DAGs of a Deployment may do it with each."""
        return _each_dag().get(self) if self.noun == "deployment" else None


@functools.cache
def _each_dag() -> dict[Permission, Permission]:
    twins = {f"deployment.{each.value.removeprefix('dag.')}": each for each in Permission if each.noun == "dag"}
    return {Permission(name): each for name, each in twins.items()}


def reaching(permissions: Iterable[Permission]) -> frozenset[Permission]:
    """Permissions, with what they allow on single DAGs."""
    held = frozenset(permissions)
    return held | {twin for each in held if (twin := each.on_each_dag)}


@functools.cache
def _bits() -> dict[str, int]:
    return {permission: 1 << position for position, permission in enumerate(Permission)}


def mask(permissions: Iterable[Permission]) -> int:
    """Permissions as one integer."""
    bits = _bits()
    total = 0
    for permission in permissions:
        total |= bits[permission]
    return total


def named_mask(names: Iterable[str]) -> int:
    """Permissions by their stored names as one integer, single DAGs included; a name that is no permission any more allows nothing."""
    bits = _reaching_bits()
    total = 0
    for name in names:
        total |= bits.get(name, 0)
    return total


@functools.cache
def _reaching_bits() -> dict[str, int]:
    return {each: mask(reaching([each])) for each in Permission}


@functools.cache
def bit(permission: Permission) -> int:
    """One permission as an integer."""
    return _bits()[permission]
