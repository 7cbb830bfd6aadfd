"""The roles of a user, team or token, out of a request: what it names replaces what was there; each change is one the caller may make."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orrery.api import named_roles
from orrery.api.problems import Problems
from orrery.api.wire.subject_roles import DagRole, DeploymentRole, UpdateTeamRolesRequest, UpdateUserRolesRequest
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role, is_default, named_by
from orrery.authz.principal import Principal, refuse_to_grant_more, require
from orrery.model.role import CustomRole
from orrery.model.token import Grant, TokenScope
from orrery.store import deployments, roles, workspaces

Grants = tuple[Grant, ...]
Request = UpdateUserRolesRequest | UpdateTeamRolesRequest


@dataclass(frozen=True)
class Change:
    """Who changes whose roles, and what it takes on the Organization and on a Workspace."""

    caller: Principal
    organization_id: str
    on_organization: Permission
    on_workspace: Permission
    on_deployment: Permission | None = None
    """What it takes on a Deployment and its DAGs; none: its Workspace decides, and a role brings the accessors' on what it lies in."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What the request calls the fields that are judged here, where it has other names for them."""

    def needed(self, scope: TokenScope) -> Permission:
        """What it takes to give or take a role on one kind of thing."""
        if scope is TokenScope.ORGANIZATION:
            return self.on_organization
        return self.on_workspace if scope is TokenScope.WORKSPACE else self.on_deployment or self.on_workspace


def wanted(change: Change, body: Request, before: Grants) -> Grants:
    """The grants after the request: a list left out stays as it is, a role on a thing brings the accessor's on what it lies in."""
    problems, places = Problems(change.fields), _Places(change, body, before)
    on_workspaces, on_deployments = places.workspace_grants(problems), places.deployment_grants(problems)
    on_dags = places.dag_grants(problems)
    problems.refuse()
    if not change.on_deployment:
        on_deployments += places.deployment_accessors(on_deployments, on_dags)
        on_workspaces += places.workspace_accessors(on_workspaces, on_deployments)
    after = (*places.organization_grants(), *on_workspaces, *on_deployments, *on_dags)
    for grant in set(after) ^ set(before):
        _require(change, grant, places)
    return after


def _require(change: Change, grant: Grant, places: "_Places") -> None:
    """To give and to take away are the same power: whoever may do less than a role does neither with it."""
    where = {
        "organization": change.organization_id,
        "workspace": places.workspace_of(grant),
        "deployment": _deployment_of(grant),
    }
    require(change.caller, change.needed(grant.scope), **where)
    if role := places.role(grant):
        refuse_to_grant_more(change.caller, role, **where)


def held_on(grants: Grants, *, workspace: str, deployment: str) -> bool:
    """Whether there is a role on each of those that are named, or on a DAG of the Deployment."""
    return {workspace, deployment} - {""} <= {id for grant in grants for id in (grant.key, grant.deployment_id)}


def held_on_dags(grants: Grants, *, deployment: str, dag: str, tags: Sequence[str]) -> bool:
    """Whether there is a role on the DAG and on one of the tags, as far as they are named; in the Deployment, if one is."""
    there = {(each.scope, each.entity_id) for each in grants if not deployment or each.deployment_id == deployment}
    named = not dag or (TokenScope.DAG, dag) in there
    return named and (not tags or any((TokenScope.DAG_TAG, tag) in there for tag in tags))


def _deployment_of(grant: Grant) -> str:
    """The Deployment that a grant is on or in."""
    return grant.entity_id if grant.scope is TokenScope.DEPLOYMENT else grant.deployment_id


class _Places:
    """What a request and the grants before it name: Workspaces, Deployments and custom roles, each read in one batch."""

    def __init__(self, change: Change, body: Request, before: Grants) -> None:
        self._change, self._body, self._before = change, body, before
        home = change.organization_id
        asked = body.workspace_roles or []
        named: list[DeploymentRole | DagRole] = [*(body.deployment_roles or []), *(body.dag_roles or [])]
        self._workspaces = workspaces.names(home, {each.workspace_id for each in asked})
        on_deployments = {id for each in before if (id := _deployment_of(each))}
        self._deployments = deployments.several(home, {each.deployment_id for each in named} | on_deployments)
        held = [each.role for each in named] + [each.role for each in before]
        self._custom = () if all(is_default(role) for role in held) else roles.every(home)

    def organization_grants(self) -> Grants:
        if role := self._body.organization_role:
            return (Grant(TokenScope.ORGANIZATION, self._change.organization_id, role),)
        return self._kept(TokenScope.ORGANIZATION)

    def workspace_grants(self, problems: Problems) -> Grants:
        if self._body.workspace_roles is None:
            return self._kept(TokenScope.WORKSPACE)
        grants = tuple(Grant(TokenScope.WORKSPACE, each.workspace_id, each.role) for each in self._body.workspace_roles)
        for place, grant in enumerate(grants):
            self._judge(grant, f"workspaceRoles[{place}].workspaceId", grants[:place], problems)
        return grants

    def deployment_grants(self, problems: Problems) -> Grants:
        if self._body.deployment_roles is None:
            return self._kept(TokenScope.DEPLOYMENT)
        grants = tuple(self._on_deployment(each) for each in self._body.deployment_roles)
        for place, grant in enumerate(grants):
            self._judge(grant, f"deploymentRoles[{place}].deploymentId", grants[:place], problems)
            if grant not in self._before:
                named_roles.judge(grant, self._custom, f"deploymentRoles[{place}].role", problems)
        return grants

    def dag_grants(self, problems: Problems) -> Grants:
        if self._body.dag_roles is None:
            return (*self._kept(TokenScope.DAG), *self._kept(TokenScope.DAG_TAG))
        grants = tuple(self._on_dags(each) for each in self._body.dag_roles)
        for place, grant in enumerate(grants):
            self._judge(grant, f"dagRoles[{place}].deploymentId", grants[:place], problems)
            if grant not in self._before:
                named_roles.judge(grant, self._custom, f"dagRoles[{place}].role", problems)
        return grants

    def deployment_accessors(self, on_deployments: Grants, on_dags: Grants) -> Grants:
        """Whoever has a role on a DAG may know the Deployment it runs in."""
        bare = {grant.deployment_id for grant in on_dags} & self._deployments.keys() - {grant.entity_id for grant in on_deployments}
        return tuple(Grant(TokenScope.DEPLOYMENT, id, Role.DEPLOYMENT_ACCESSOR) for id in sorted(bare))

    def workspace_accessors(self, on_workspaces: Grants, on_deployments: Grants) -> Grants:
        """Whoever has a role on a Deployment may know the Workspace it lies in."""
        bare = {self.workspace_of(grant) for grant in on_deployments} - {""} - {grant.entity_id for grant in on_workspaces}
        return tuple(Grant(TokenScope.WORKSPACE, id, Role.WORKSPACE_ACCESSOR) for id in sorted(bare))

    def workspace_of(self, grant: Grant) -> str:
        """The Workspace that a grant is on or in; none for the Organization, and for what is gone."""
        if grant.scope is TokenScope.WORKSPACE:
            return grant.entity_id
        return self._workspace_with(_deployment_of(grant))

    def role(self, grant: Grant) -> Role | CustomRole | None:
        """The role that a grant names; none if it is gone."""
        return named_by(grant, self._custom)

    def _on_deployment(self, asked: DeploymentRole) -> Grant:
        return self._as_before(
            Grant(
                TokenScope.DEPLOYMENT,
                asked.deployment_id,
                self._named(TokenScope.DEPLOYMENT, asked.role),
                self._workspace_with(asked.deployment_id),
            )
        )

    def _on_dags(self, asked: DagRole) -> Grant:
        scope = TokenScope.DAG if asked.dag_id else TokenScope.DAG_TAG
        inside = {"workspace_id": self._workspace_with(asked.deployment_id), "deployment_id": asked.deployment_id}
        return self._as_before(Grant(scope, asked.dag_id or asked.dag_tag or "", self._named(scope, asked.role), **inside))

    def _named(self, scope: TokenScope, name: str) -> str:
        """A custom role may be named by its name or its id; what is stored is its id."""
        role = named_roles.find(scope, name, self._custom)
        return role.id if isinstance(role, CustomRole) else name

    def _as_before(self, fresh: Grant) -> Grant:
        """A role on a thing that is gone can be sent back as it is."""
        return next((each for each in self._before if replace(each, workspace_id=fresh.workspace_id) == fresh), fresh)

    def _workspace_with(self, deployment_id: str) -> str:
        """The Workspace of a Deployment; of one that is gone, what a role on it says."""
        if there := self._deployments.get(deployment_id):
            return there.workspace_id
        return next((each.workspace_id for each in self._before if each.workspace_id and _deployment_of(each) == deployment_id), "")

    def _judge(self, grant: Grant, field: str, before: Iterable[Grant], problems: Problems) -> None:
        """A place must be there and be seen by the caller, and be named once; a role that was held before is taken as it is."""
        if grant.key in {each.key for each in before}:
            problems.add(field, "is named twice; there is one role a place", "DUPLICATE")
        if grant not in self._before and not self._seen(grant):
            kind = "workspace" if grant.scope is TokenScope.WORKSPACE else "deployment"
            problems.add(field, f"names no {kind} that you can see", "NOT_FOUND")

    def _kept(self, scope: TokenScope) -> Grants:
        return tuple(grant for grant in self._before if grant.scope is scope)

    def _seen(self, grant: Grant) -> bool:
        caller, home = self._change.caller, self._change.organization_id
        if grant.scope is TokenScope.WORKSPACE:
            return grant.entity_id in self._workspaces and caller.may(Permission.WORKSPACE_GET, home, grant.entity_id)
        there = self._deployments.get(_deployment_of(grant))
        return there is not None and caller.may(Permission.DEPLOYMENT_GET, home, there.workspace_id, there.id)
