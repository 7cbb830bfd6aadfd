"""What the lists need to be tried: several different things in each, and for each filter a value that keeps some and drops others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from orrery.model.scaling import ScalingDecision
from orrery.store import clusters, decisions, tables, writes

from tests.fuzz import world
from tests.fuzz.world import Things
from tests.support import people

Json = dict[str, Any]
_TODAY = datetime.now(UTC) - timedelta(minutes=5)
Maker = Callable[[Things, int], object]


def _cluster(things: Things, number: int) -> None:
    home, id = things.plane.installation.organization_id, world.MAKERS["clusterId"](things)
    now = datetime.now(UTC)
    own = replace(clusters.load(home, id), name=f"c{number}", created_at=now, updated_at=now)
    writes.commit(writes.put(tables.item(f"ORG#{home}", f"CLUSTER#{id}", own)))


def _token(things: Things, number: int) -> None:
    said = {"name": f"t{number}", "description": f"d{number}"}
    home = {"scope": "WORKSPACE", "role": "WORKSPACE_MEMBER", "entityId": things["workspaceId"]} if number else {}
    made = things.post("tokens", {"scope": "ORGANIZATION", "role": "ORGANIZATION_MEMBER"} | said | home)
    if not number:
        on = {"deploymentId": things["deploymentId"], "role": "DAG_VIEWER"}
        added = [{"entityType": "DAG", "entityId": "etl", **on}, {"entityType": "DAG_TAG", "entityId": "finance", **on}]
        kept = {"entityType": "ORGANIZATION", "entityId": things["organizationId"], "role": "ORGANIZATION_MEMBER"}
        things.post(f"tokens/{made['id']}/roles", {"roles": [kept, *added]})


def _team(things: Things, number: int) -> None:
    made = things.post("teams", {"name": f"t{number}", "description": f"d{number}", "memberIds": [things["userId"]]})
    if not number:
        things.post(f"teams/{made['id']}/roles", world.BODIES["UpdateTeamRoles"](things))


def _member(things: Things, number: int) -> None:
    id, _ = people.member(things.plane.installation, f"u{number}")
    things.post(f"teams/{things['teamId']}/members", {"memberIds": [id]})


def _user(things: Things, number: int) -> None:
    id, _ = people.member(things.plane.installation, f"u{number}")
    if not number:
        roles = world.BODIES["UpdateUserRoles"](things)
        tagged = {"deploymentId": things["deploymentId"], "role": "DAG_VIEWER", "dagTag": "finance"}
        things.post(f"users/{id}/roles", roles | {"dagRoles": [*roles["dagRoles"], tagged]})


def _deployment(things: Things, number: int) -> None:
    lies_in = things["workspaceId"] if number else things.plane.workspace_id
    things.made["deploymentId"] = things.plane.made(name=f"d{number}", workspaceId=lies_in)["id"]


def _decision(things: Things, number: int) -> None:
    """The hypervisor makes them, not a request."""
    deployment, at = things.plane.get(things["deploymentId"]), _TODAY - timedelta(days=2 * number)
    cause = ("DEMAND", "IDLE", "AT_CEILING")[number]
    made = ScalingDecision("", at, f"q{number}", ("LAUNCH", "DRAIN", "HOLD")[number], cause, 0, 1, 5, 0, f"r{number}", number)
    decisions.record(deployment["clusterId"], 0, [(deployment["id"], made)])


def _object(things: Things, number: int) -> None:
    place = [("WORKSPACE", things.plane.workspace_id), ("WORKSPACE", things["workspaceId"]), ("DEPLOYMENT", things["deploymentId"])][number]
    kind = [("CONNECTION", "connection", {"type": "http"}), *_VARIABLES][number]
    said = {"objectKey": f"K{number}", "scope": place[0], "scopeEntityId": place[1], "objectType": kind[0], kind[1]: kind[2]}
    things.post("environment-objects", said)


_VARIABLES = [("AIRFLOW_VARIABLE", "airflowVariable", {"value": "x"}), ("ENVIRONMENT_VARIABLE", "environmentVariable", {"value": "x"})]

MADE: dict[str, Maker] = {
    "ListAgentTokens": lambda things, number: things.post(
        f"deployments/{things['deploymentId']}/agent-tokens", {"name": f"t{number}", "description": f"d{number}"}
    ),
    "ListEnvironmentObjects": _object,
    "ListUserInvites": lambda things, number: things.post(
        "invites", {"inviteeEmail": f"u{number}@example.com", "role": "ORGANIZATION_MEMBER"}
    ),
    "ListAllowedIpAddressRanges": lambda things, number: world.MAKERS["allowedIpAddressRangeId"](things),
    "ListApiTokens": _token,
    "ListClusters": _cluster,
    "ListDeployments": _deployment,
    "ListScalingDecisions": _decision,
    "ListDeploys": lambda things, number: world.MAKERS["deployId"](things),
    "ListRoles": lambda things, number: things.post("roles", world.ROLE | {"name": f"r{number}", "description": f"d{number}"}),
    "ListTeamMembers": _member,
    "ListTeams": _team,
    "ListUserTeams": _team,
    "ListUsers": _user,
    "ListWorkspaces": lambda things, number: things.post("workspaces", {"name": f"w{number}"}),
}
"""How the first, second and third thing of a list are made, so that they differ in everything that the list can be sorted by."""

ONE_AT_MOST = {
    "ListOrganizations": "a token belongs to one Organization",
}
"""Lists that no request makes longer."""

ALIKE = {
    ("ListAgentTokens", "createdById"): "one person makes them all",
    ("ListAgentTokens", "updatedById"): "as above",
    ("ListRoles", "scopeType"): "all custom roles are made for Deployments",
}
"""Sort keys in which things cannot be made to differ."""

SHOWN_AS = {
    ("ListAgentTokens", "tokenStartAt"): "startAt",
    ("ListAgentTokens", "createdById"): "createdBy",
    ("ListAgentTokens", "updatedById"): "updatedBy",
    ("ListAllowedIpAddressRanges", "ipAddress"): "ipAddressRange",
    ("ListApiTokens", "tokenStartAt"): "startAt",
    ("ListUserTeams", "createdAt"): "name",
    ("ListUserTeams", "updatedAt"): "name",
}
"""Where to see by what a list is sorted, when it is not shown under the key's own name; the names here are given in the order of age."""

FILTERS: dict[tuple[str, str], Callable[[Things, Json], Any]] = {
    ("ListApiTokens", "includeOnlyOrganizationTokens"): lambda things, one: True,
    ("ListApiTokens", "kind"): lambda things, one: "DIRECT_ACCESS",
    ("ListApiTokens", "workspaceId"): lambda things, one: things["workspaceId"],
    ("ListApiTokens", "deploymentId"): lambda things, one: things["deploymentId"],
    ("ListClusters", "provider"): lambda things, one: "GCP",
    ("ListDeployments", "workspaceIds"): lambda things, one: things["workspaceId"],
    ("ListEnvironmentObjects", "workspaceId"): lambda things, one: things["workspaceId"],
    ("ListEnvironmentObjects", "deploymentId"): lambda things, one: things["deploymentId"],
    ("ListEnvironmentObjects", "objectType"): lambda things, one: "CONNECTION",
    ("ListEnvironmentObjects", "objectKey"): lambda things, one: "K1",
    ("ListOrganizations", "product"): lambda things, one: "HYBRID",
    ("ListOrganizations", "astronomerProduct"): lambda things, one: "another",
    ("ListOrganizations", "productPlan"): lambda things, one: "TRIAL",
    ("ListRoles", "scopeTypes"): lambda things, one: "DAG",
    ("ListScalingDecisions", "queue"): lambda things, one: "q1",
    ("ListScalingDecisions", "action"): lambda things, one: "DRAIN",
    ("ListScalingDecisions", "cause"): lambda things, one: "IDLE",
    ("ListScalingDecisions", "startDate"): lambda things, one: f"{_TODAY - timedelta(days=1):%Y-%m-%d}",
    ("ListScalingDecisions", "endDate"): lambda things, one: f"{_TODAY - timedelta(days=1):%Y-%m-%d}",
    ("ListTeams", "workspaceId"): lambda things, one: things["workspaceId"],
    ("ListTeams", "deploymentId"): lambda things, one: things["deploymentId"],
    ("ListApiTokens", "dagId"): lambda things, one: "etl",
    ("ListApiTokens", "dagTags"): lambda things, one: "finance",
    ("ListUsers", "dagId"): lambda things, one: "etl",
    ("ListUsers", "dagTags"): lambda things, one: "finance",
    ("ListUsers", "workspaceId"): lambda things, one: things["workspaceId"],
    ("ListUsers", "deploymentId"): lambda things, one: things["deploymentId"],
}
"""What a filter is asked for; `names` and the ids of the listed things themselves need no word here."""

NO_FILTER = {
    ("ListScalingDecisions", "isShadow"): "lists others in their place; tests/orrery/api/test_scaling_decisions.py",
    ("ListEnvironmentObjects", "showSecrets"): "shows more of each, where the Organization allows it",
    ("ListEnvironmentObjects", "resolveLinked"): "counts with `deploymentId` only; tests/orrery/api/test_environment_objects.py",
    ("ListRoles", "includeDefaultRoles"): "adds the default roles beside the list",
}
"""Query parameters of lists that keep nothing out."""
