"""Tenants with one of everything, and for each operation a request that its owner may send."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from orrery import names
from orrery.model.cluster import ClusterType
from orrery.store import clusters, tables, writes

from tests.support.http import Answer, Caller
from tests.support.people import member
from tests.support.plane import Plane
from tests.support.tars import tar_of

Json = dict[str, Any]


@dataclass
class Things:
    """One tenant's things, each made when it is first asked for; what lies in something lies in this one's."""

    plane: Plane
    made: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, slot: str) -> str:
        kind = SAME.get(slot, slot)
        if kind not in self.made:
            self.made[kind] = str(MAKERS[kind](self))
        return self.made[kind]

    @property
    def path(self) -> str:
        return self.plane.installation.path

    def post(self, path: str, body: Json) -> Json:
        answer = self.plane.installation.owner.post(f"{self.path}/{path}", body)
        assert answer.status in (200, 204), answer.body
        return dict(answer.body or {})

    @functools.cached_property
    def fresh(self) -> str:
        """A name that nothing else has."""
        return f"n{names.new_id()}"


ROLE = {"permissions": ["deployment.get"], "scopeType": "DEPLOYMENT"}


def _range(things: Things) -> str:
    """One of two, so that it can go and still leave the caller's own address in."""
    there = things.plane.installation.owner.get(f"{things.path}/allowed-ip-address-ranges").body["allowedIpAddressRanges"]
    if not there:
        things.post("allowed-ip-address-ranges", {"ipAddressRange": "127.0.0.0/8"})
    return str(things.post("allowed-ip-address-ranges", {"ipAddressRange": f"10.{len(there)}.0.0/16"})["id"])


def _cluster(things: Things) -> str:
    home = things.plane.installation
    standard = clusters.load(home.organization_id, home.cluster_id)
    own = replace(standard, id=names.new_id(), name="ours", type=ClusterType.DEDICATED, organization_id=home.organization_id)
    writes.commit(writes.put(tables.item(f"ORG#{home.organization_id}", f"CLUSTER#{own.id}", own)))
    return own.id


def _deployment(things: Things) -> str:
    id = str(things.plane.made(name=things.fresh, isDevelopmentMode=True)["id"])
    things.plane.observe(id)
    return id


def _deploy(things: Things) -> str:
    return str(things.post(f"deployments/{things['deploymentId']}/deploys", {"type": "DAG_ONLY"})["id"])


def _live(things: Things) -> str:
    """A deploy that is live, to roll back to."""
    deploy = things.post(f"deployments/{things['deploymentId']}/deploys", {"type": "DAG_ONLY"})
    version = things.plane.put(deploy["dagsUploadUrl"], tar_of({"dags/a.py": b"1\n"})).headers["x-ms-version-id"]
    things.post(f"deployments/{things['deploymentId']}/deploys/{deploy['id']}/finalize", {"dagTarballVersion": version})
    return str(deploy["id"])


def _invitation() -> Json:
    return {"inviteeEmail": f"{names.new_id()}@example.com", "role": "ORGANIZATION_MEMBER"}


def _member(things: Things) -> str:
    things.post(f"teams/{things['teamId']}/members", {"memberIds": [things["userId"]]})
    return things["userId"]


def _object(things: Things) -> str:
    return str(things.post("environment-objects", _object_in(things, "OBJECT"))["id"])


def _object_in(things: Things, prefix: str) -> Json:
    return {
        "objectKey": f"{prefix}_{things.fresh}", "objectType": "AIRFLOW_VARIABLE", "scope": "WORKSPACE",
        "scopeEntityId": things.plane.workspace_id, "airflowVariable": {"value": "x", "isSecret": True},
    }  # fmt: skip


def _reach(things: Things) -> Json:
    """Links of a Workspace's object: a Deployment of it, and what is different there."""
    link = {"scope": "DEPLOYMENT", "scopeEntityId": things["deploymentId"]}
    return {"links": [link | {"overrides": {"airflowVariable": {"value": "y"}}}], "excludeLinks": [link]}


MAKERS: dict[str, Callable[[Things], str]] = {
    "organizationId": lambda things: things.plane.installation.organization_id,
    "clusterId": _cluster,
    "workspaceId": lambda things: things.post("workspaces", {"name": things.fresh})["id"],
    "deploymentId": _deployment,
    "deployId": _deploy,
    "teamId": lambda things: things.post("teams", {"name": things.fresh})["id"],
    "tokenId": lambda things: things.post("tokens", {"name": "ci", "scope": "ORGANIZATION", "role": "ORGANIZATION_MEMBER"})["id"],
    "agentTokenId": lambda things: things.post(f"deployments/{things['deploymentId']}/agent-tokens", {"name": "remote"})["id"],
    "allowedIpAddressRangeId": lambda things: _range(things),
    "roleId": lambda things: things.post("roles", ROLE | {"name": things.fresh})["id"],
    "userId": lambda things: things.plane.installation.owner_id,
    "memberId": _member,
    "environmentObjectId": _object,
    "inviteId": lambda things: things.post("invites", _invitation())["inviteId"],
}
"""How one of each kind is made, by the name of the path's parameter."""

SAME = {
    "defaultClusterId": "clusterId", "deploymentIds": "deploymentId", "workspaceIds": "workspaceId", "memberIds": "userId",
    "allowedIpAddressRangeIds": "allowedIpAddressRangeId",
    "entityId": "workspaceId", "restrictedWorkspaceIds": "workspaceId", "customRoleId": "roleId",
    "scopeEntityId": "workspaceId", "links[].scopeEntityId": "deploymentId", "excludeLinks[].scopeEntityId": "deploymentId",
    "subject": "tokenId", "resource": "workspaceId",
}  # fmt: skip
"""Slots that take an id of a kind that another name stands for."""

NOT_OURS = {
    "dagId": "the tenant's own text, counts within its Deployment only",
    "tenantId": "another cloud's account",
    "authTypeId": "authentication types are refused",
    "searchId": "a moment in time, of nobody's",
    "nodePoolId": "node pools of dedicated clusters come with their own operations",
    "nodePools[].id": "as above",
    "workerQueues[].id": "counts within its own Deployment only",
}
"""Slots whose ids are looked up nowhere, and why."""

_CLUSTER = {"cloudProvider": "AWS", "name": "ours", "region": "us-east-1", "type": "DEDICATED", "vpcSubnetRange": "172.20.0.0/20"}


def _update(things: Things) -> Json:
    told = things.plane.get(things["deploymentId"])
    same = ("name", "type", "workspaceId", "executor", "schedulerSize", "isCicdEnforced", "isDagDeployEnabled", "isHighAvailability")
    return {name: told[name] for name in same} | {"environmentVariables": []}


def _free(things: Things, start: str) -> str:
    """A range around the caller's address that is not in the list yet."""
    there = things.plane.installation.owner.get(f"{things.path}/allowed-ip-address-ranges").body["totalCount"]
    return f"{start}/{8 + there}"


def _roles(things: Things) -> Json:
    return {
        "workspaceRoles": [{"workspaceId": things["workspaceId"], "role": "WORKSPACE_MEMBER"}],
        "deploymentRoles": [{"deploymentId": things["deploymentId"], "role": "DEPLOYMENT_ADMIN"}],
        "dagRoles": [{"deploymentId": things["deploymentId"], "role": "DAG_VIEWER", "dagId": "etl"}],
    }


def _token_roles(things: Things) -> list[Json]:
    added = {"entityType": "WORKSPACE", "entityId": things["workspaceId"], "role": "WORKSPACE_MEMBER"}
    return [added, {"entityType": "ORGANIZATION", "entityId": things["organizationId"], "role": "ORGANIZATION_MEMBER"}]


BODIES: dict[str, Callable[[Things], Json]] = {
    "UpdateOrganization": lambda things: {"name": "Analytics", "billingEmail": "ada@example.com", "isScimEnabled": False},
    "CreateCluster": lambda things: _CLUSTER | {"workspaceIds": [things["workspaceId"]]},
    "UpdateCluster": lambda things: {"clusterType": "DEDICATED", "name": "a", "k8sTags": [], "workspaceIds": [things["workspaceId"]]},
    "CreateDeployment": lambda things: things.plane.request(name=things.fresh, workspaceId=things["workspaceId"]),
    "UpdateDeployment": _update,
    "CreateDeploy": lambda things: {"type": "DAG_ONLY"},
    "UpdateDeploy": lambda things: {"description": "better"},
    "FinalizeDeploy": lambda things: {},
    "DeployRollback": lambda things: {"description": "back"},
    "CreateHandover": lambda things: {"shouldWake": False},
    "UpdateDeploymentHibernationOverride": lambda things: {"isHibernating": True},
    "ReplayScaling": lambda things: {"style": "ECONOMY"},
    "CreateAllowedIpAddressRange": lambda things: {"ipAddressRange": _free(things, "127.0.0.0")},
    "BulkCreateAllowedIpAddressRanges": lambda things: {"allowedIpAddressRanges": [_free(things, "127.0.0.0")]},
    "BulkDeleteAllowedIpAddressRanges": lambda things: {"allowedIpAddressRangeIds": [things["allowedIpAddressRangeId"]]},
    "CreateCustomRole": lambda things: ROLE | {"name": f"{things.fresh}2"},
    "UpdateCustomRole": lambda things: {"name": f"{things.fresh}3", "permissions": ["deployment.get"]},
    "UpdateUserRoles": lambda things: _roles(things),
    "UpdateTeamRoles": lambda things: _roles(things) | {"organizationRole": "ORGANIZATION_MEMBER"},
    "CreateUserInvite": lambda things: _invitation(),
    "CreateTeam": lambda things: {"name": f"{things.fresh}2", "memberIds": [things["userId"]]},
    "UpdateTeam": lambda things: {"name": f"{things.fresh}3"},
    "AddTeamMembers": lambda things: {"memberIds": [things["userId"]]},
    "CreateApiToken": lambda things: {"name": "a", "scope": "WORKSPACE", "role": "WORKSPACE_MEMBER", "entityId": things["workspaceId"]},
    "CreateAgentToken": lambda things: {"name": "remote"},
    "UpdateApiToken": lambda things: {"name": "b"},
    "CreateEnvironmentObject": lambda things: _object_in(things, "FRESH") | _reach(things),
    "UpdateEnvironmentObject": lambda things: {"airflowVariable": {"value": "z"}} | _reach(things),
    "ExcludeLinkingEnvironmentObject": lambda things: {"scope": "DEPLOYMENT", "scopeEntityId": things["deploymentId"]},
    "UpdateApiTokenRoles": lambda things: {"roles": _token_roles(things)},
    "CreateWorkspace": lambda things: {"name": f"{things.fresh}2"},
    "UpdateWorkspace": lambda things: {"name": f"{things.fresh}3", "description": "", "cicdEnforcedDefault": False},
}
"""What is sent; operations that take no body are not named."""

QUERIES: dict[str, Callable[[Things], Json]] = {
    "ExplainAuthorization": lambda things: {"subject": things["tokenId"], "permission": "workspace.get", "resource": things["workspaceId"]},
    "GetClusterOptions": lambda things: {"type": "STANDARD"},
    "GetDeploymentLogs": lambda things: {"sources": "scheduler"},
}
"""What must be asked; other queries are only put in where their ids are tried."""


def prepare(operation: str, things: Things) -> None:
    """What must have happened before an operation can succeed, or has something to do."""
    if operation == "DeleteTeam":
        things["memberId"]
    if operation == "DeployRollback":
        things.made["deployId"] = _live(things)
    if operation == "DeleteUser":
        things.made["userId"], _ = member(things.plane.installation, things.fresh)
    if operation == "DeleteDeploymentHibernationOverride":
        things.post(f"deployments/{things['deploymentId']}/hibernation-override", {"isHibernating": False})
        things.plane.settle(things["deploymentId"])


RIGHTFUL = {"CreateCluster": 412, "UpdateCluster": 412, "DeleteCluster": 412}
"""Answers other than 200 and 204 that the owner gets: what this version refuses to everybody."""

ANYBODY = {
    "ExplainAuthorization", "GetCluster", "GetClusterOptions", "GetDeploymentOptions", "GetOrganization", "GetSelfUser", "GetTeam",
    "GetUser",
    "ListApiTokens", "ListClusters", "ListDeployments", "ListEnvironmentObjects", "ListOrganizations", "ListPermissionGroups",
    "ListRoleTemplates", "ListTeamMembers", "ListTeams", "ListUserTeams", "ListUsers",
    "ListWorkspaces",
}  # fmt: skip
"""What a plain member of the Organization may call; what a list shows them is judged by the tests of the lists."""


def revoked(things: Things) -> Caller:
    """Somebody whose token was taken away a moment ago."""
    made = things.post("tokens", {"name": "gone", "scope": "ORGANIZATION", "role": "ORGANIZATION_OWNER"})
    answer: Answer = things.plane.installation.owner.delete(f"{things.path}/tokens/{made['id']}")
    assert answer.status == 204
    return Caller(str(made["token"]))
