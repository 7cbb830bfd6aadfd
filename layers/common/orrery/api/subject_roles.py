"""The roles of a user or a team, out of a request: what it names replaces what was there, and every change is one the caller may make."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orrery.api.problems import Problems
from orrery.api.wire.subject_roles import UpdateTeamRolesRequest, UpdateUserRolesRequest
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role
from orrery.authz.principal import Principal, refuse_to_grant_more, require
from orrery.model.deployment import Deployment
from orrery.model.token import Grant, TokenScope
from orrery.store import deployments, workspaces

Grants = tuple[Grant, ...]
Request = UpdateUserRolesRequest | UpdateTeamRolesRequest


@dataclass(frozen=True)
class Change:
    """Who changes whose roles, and what it takes where the Organization itself is meant."""

    caller: Principal
    organization_id: str
    needed: Permission


def wanted(change: Change, body: Request, before: Grants) -> Grants:
    """The grants after the request: a list left out stays as it is, a role on a Deployment brings the accessor's on its Workspace."""
    problems = Problems()
    if body.dag_roles:
        problems.add("dagRoles", "must be empty: roles on single DAGs are not served in this version", "NOT_SERVED")
    asked = [*_organization(change, body, before), *_workspaces(body, before), *_deployments(body, before)]
    there = _Places(change, asked, before)
    there.judge(problems)
    problems.refuse()
    after = (*asked, *there.accessors(asked))
    for grant in set(after) ^ set(before):
        _require(change, grant, there.workspace_of(grant))
    return after


def _organization(change: Change, body: Request, before: Grants) -> list[Grant]:
    if body.organization_role:
        return [Grant(TokenScope.ORGANIZATION, change.organization_id, body.organization_role)]
    return [grant for grant in before if grant.scope is TokenScope.ORGANIZATION]


def _workspaces(body: Request, before: Grants) -> list[Grant]:
    if body.workspace_roles is None:
        return [grant for grant in before if grant.scope is TokenScope.WORKSPACE]
    return [Grant(TokenScope.WORKSPACE, each.workspace_id, each.role) for each in body.workspace_roles]


def _deployments(body: Request, before: Grants) -> list[Grant]:
    if body.deployment_roles is None:
        return [grant for grant in before if grant.scope is TokenScope.DEPLOYMENT]
    return [Grant(TokenScope.DEPLOYMENT, each.deployment_id, each.role) for each in body.deployment_roles]


def _require(change: Change, grant: Grant, workspace_id: str) -> None:
    """To give and to take away are the same power: whoever may do less than a role does neither with it."""
    needed = change.needed if grant.scope is TokenScope.ORGANIZATION else Permission.WORKSPACE_USERS_UPDATE
    if change.needed is Permission.ORGANIZATION_TEAMS_UPDATE and grant.scope is not TokenScope.ORGANIZATION:
        needed = Permission.WORKSPACE_TEAMS_UPDATE
    deployment = grant.entity_id if grant.scope is TokenScope.DEPLOYMENT else ""
    require(change.caller, needed, organization=change.organization_id, workspace=workspace_id, deployment=deployment)
    refuse_to_grant_more(
        change.caller, Role(grant.role), organization=change.organization_id, workspace=workspace_id, deployment=deployment
    )  # fmt: skip


class _Places:
    """The Workspaces and Deployments that a request names, read in two batches."""

    def __init__(self, change: Change, asked: Sequence[Grant], before: Grants) -> None:
        self._change, self._asked, self._before = change, asked, before
        named = {*asked, *before}
        self._workspaces = workspaces.names(change.organization_id, _ids(named, TokenScope.WORKSPACE))
        self._deployments = deployments.several(change.organization_id, _ids(named, TokenScope.DEPLOYMENT))

    def workspace_of(self, grant: Grant) -> str:
        """The Workspace that a grant is on or in; none for the Organization, and for what is gone."""
        if grant.scope is TokenScope.WORKSPACE:
            return grant.entity_id
        deployment = self._deployments.get(grant.entity_id)
        return deployment.workspace_id if deployment else ""

    def judge(self, problems: Problems) -> None:
        """A place must be there and be seen by the caller, and be named once; a role that was held before is taken as it is."""
        for scope, field, key in (
            (TokenScope.WORKSPACE, "workspaceRoles", "workspaceId"),
            (TokenScope.DEPLOYMENT, "deploymentRoles", "deploymentId"),
        ):
            seen: set[str] = set()
            for place, grant in enumerate(each for each in self._asked if each.scope is scope):
                if grant.entity_id in seen:
                    problems.add(f"{field}[{place}].{key}", "is named twice; there is one role a place", "DUPLICATE")
                if grant not in self._before and not self._seen(grant):
                    problems.add(f"{field}[{place}].{key}", f"names no {scope.lower()} that you can see", "NOT_FOUND")
                if grant not in self._before and grant.role not in [role for role in Role if role.noun == scope.value]:
                    problems.add(f"{field}[{place}].role", f"`{grant.role}` is no role of a {scope.lower()}", "INVALID")
                seen.add(grant.entity_id)

    def accessors(self, asked: Iterable[Grant]) -> Grants:
        """Whoever has a role on a Deployment may know the Workspace it lies in."""
        within = {self.workspace_of(grant) for grant in asked if grant.scope is TokenScope.DEPLOYMENT} - {""}
        bare = within - {grant.entity_id for grant in asked if grant.scope is TokenScope.WORKSPACE}
        return tuple(Grant(TokenScope.WORKSPACE, id, Role.WORKSPACE_ACCESSOR) for id in sorted(bare))

    def _seen(self, grant: Grant) -> bool:
        caller, organization = self._change.caller, self._change.organization_id
        if grant.scope is TokenScope.WORKSPACE:
            return grant.entity_id in self._workspaces and caller.may(Permission.WORKSPACE_GET, organization, grant.entity_id)
        there: Deployment | None = self._deployments.get(grant.entity_id)
        return there is not None and caller.may(Permission.DEPLOYMENT_GET, organization, there.workspace_id, there.id)


def _ids(grants: Iterable[Grant], scope: TokenScope) -> set[str]:
    return {grant.entity_id for grant in grants if grant.scope is scope}
