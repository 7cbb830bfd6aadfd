"""The roles of an API token, out of a request: it keeps one at home, and may be added to what lies in its home."""

from collections import Counter
from collections.abc import Sequence

from orrery.api import named_roles, subject_roles
from orrery.api.problems import Problems
from orrery.api.subject_roles import Change, Grants
from orrery.api.wire.subject_roles import MOST, UpdateUserRolesRequest
from orrery.api.wire.tokens import HeldApiTokenRole
from orrery.authz.principal import Principal
from orrery.errors import Invalid
from orrery.model.token import Grant, Token, TokenScope
from orrery.store import tokens

INSIDE = {
    TokenScope.ORGANIZATION: (TokenScope.WORKSPACE, TokenScope.DEPLOYMENT, TokenScope.DAG, TokenScope.DAG_TAG),
    TokenScope.WORKSPACE: (TokenScope.DEPLOYMENT, TokenScope.DAG, TokenScope.DAG_TAG),
    TokenScope.DEPLOYMENT: (TokenScope.DAG, TokenScope.DAG_TAG),
}
"""What a token may be added to, by the scope it is at home in."""


def wanted(caller: Principal, token: Token, asked: Sequence[HeldApiTokenRole]) -> Grants:
    """The grants after the request, the one at home first; what is not named is taken away."""
    _refuse_what_cannot_be(token, asked)
    body, fields = _by_scope(asked)
    on_organization, on_workspace, on_deployment = (tokens.permission(scope, "update") for scope in INSIDE)
    change = Change(caller, token.organization_id, on_organization, on_workspace, on_deployment, fields)
    after = subject_roles.wanted(change, body, token.grants)
    _refuse_outside(token, after)
    return tuple(sorted(after, key=lambda grant: not _is_home(token, grant)))


def _refuse_what_cannot_be(token: Token, asked: Sequence[HeldApiTokenRole]) -> None:
    problems = Problems()
    for place, each in enumerate(asked):
        _judge(token, each, f"roles[{place}]", problems)
    for kind, count in Counter("DAG or tag" if each.is_on_dags else each.entity_type.lower() for each in asked).items():
        if count > MOST:
            problems.add("roles", f"may name at most {MOST} roles on a {kind}, not {count}", "TOO_MANY")
    if sum(_is_home(token, _grant(each)) for each in asked) != 1:
        home = f"{token.scope.lower()} `{token.entity_id}`"
        problems.add("roles", f"must have exactly one role on the {home}, where the token is at home; to end it, delete the token", "HOME")
    problems.refuse()


def _judge(token: Token, asked: HeldApiTokenRole, at: str, problems: Problems) -> None:
    grant = _grant(asked)
    if asked.is_on_dags and not asked.deployment_id:
        problems.add(f"{at}.deploymentId", "is required for a DAG or a tag: it says which deployment it is in", "MISSING")
    if not asked.is_on_dags and asked.deployment_id not in (None, asked.entity_id):
        problems.add(f"{at}.deploymentId", "says where a DAG is; leave it out", "UNEXPECTED")
    if not _is_home(token, grant) and grant.scope not in INSIDE[token.scope]:
        problems.add(f"{at}.entityId", f"lies not in the {token.scope.lower()} where the token is at home", "OUTSIDE")
    if grant.scope in (TokenScope.ORGANIZATION, TokenScope.WORKSPACE):  # others may be custom ones, and are judged with their Workspace
        named_roles.judge(grant, (), f"{at}.role", problems)


def _refuse_outside(token: Token, after: Grants) -> None:
    """A token of a Workspace does not leave it, nor one of a Deployment its Deployment."""
    if token.scope is TokenScope.ORGANIZATION:
        return
    ways = [each.place(token.organization_id) for each in set(after) - set(token.grants)]
    home = token.scope.lower()
    strangers = {way["deployment"] for way in ways if way["deployment"] and way[home] not in ("", token.entity_id)}
    if strangers:
        raise Invalid.clause("roles", f"names a deployment outside the token's {home}: `{min(strangers)}`", code="OUTSIDE")


def _by_scope(asked: Sequence[HeldApiTokenRole]) -> tuple[UpdateUserRolesRequest, dict[str, str]]:
    """The request as that of a user is, and what its fields are called in this one."""
    on_workspaces = [(place, each) for place, each in enumerate(asked) if each.entity_type == TokenScope.WORKSPACE]
    on_deployments = [(place, each) for place, each in enumerate(asked) if each.entity_type == TokenScope.DEPLOYMENT]
    on_dags = [(place, each) for place, each in enumerate(asked) if each.is_on_dags]
    fields = {f"workspaceRoles[{at}].workspaceId": f"roles[{place}].entityId" for at, (place, _) in enumerate(on_workspaces)}
    fields |= {f"deploymentRoles[{at}].deploymentId": f"roles[{place}].entityId" for at, (place, _) in enumerate(on_deployments)}
    fields |= {f"deploymentRoles[{at}].role": f"roles[{place}].role" for at, (place, _) in enumerate(on_deployments)}
    fields |= {
        f"dagRoles[{at}].{name}": f"roles[{place}].{name}" for at, (place, _) in enumerate(on_dags) for name in ("deploymentId", "role")
    }
    return UpdateUserRolesRequest.model_validate(
        {
            "organizationRole": next((each.role for each in asked if each.entity_type == TokenScope.ORGANIZATION), None),
            "workspaceRoles": [{"workspaceId": each.entity_id, "role": each.role} for _, each in on_workspaces],
            "deploymentRoles": [{"deploymentId": each.entity_id, "role": each.role} for _, each in on_deployments],
            "dagRoles": [_dag_role(each) for _, each in on_dags],
        }
    ), fields


def _dag_role(asked: HeldApiTokenRole) -> dict[str, str | None]:
    thing = "dagId" if asked.entity_type == TokenScope.DAG else "dagTag"
    return {"deploymentId": asked.deployment_id, "role": asked.role, thing: asked.entity_id}


def _grant(asked: HeldApiTokenRole) -> Grant:
    return Grant(TokenScope(asked.entity_type), asked.entity_id, asked.role, deployment_id=asked.deployment_id or "")


def _is_home(token: Token, grant: Grant) -> bool:
    return (grant.scope, grant.entity_id) == (token.scope, token.entity_id)
