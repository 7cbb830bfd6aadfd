"""Roles that a request names: which there are on a kind of thing, and where a custom one may be used."""

from collections.abc import Iterable

from orrery.api.problems import Problems
from orrery.authz.policy import MACHINES, Role, is_default
from orrery.model.role import CustomRole
from orrery.model.token import Grant, TokenScope


def find(scope: TokenScope, name: str, custom: Iterable[CustomRole]) -> Role | CustomRole | None:
    """The role of that name (a custom one: or of that id) that somebody can be granted on a kind of thing."""
    if is_default(name):
        return next((role for role in _known(scope) if role == name), None)
    return next((each for each in custom if each.scope_type == _noun(scope) and name in (each.id, each.name)), None)


def judge(grant: Grant, custom: Iterable[CustomRole], field: str, problems: Problems) -> None:
    """A role must be one of the scope, and a custom one must count where it is granted."""
    role = find(grant.scope, grant.role, custom)
    if role is None:
        choice = ", ".join(f"`{each}`" for each in _known(grant.scope))
        scope = _noun(grant.scope)
        own = " or a custom role of it" if scope in ("DEPLOYMENT", "DAG") else ""
        problems.add(field, f"`{grant.role}` is no role of the scope `{scope}`; choose one of {choice}{own}", "NOT_FOUND")
    elif isinstance(role, CustomRole) and not role.counts_in(grant.workspace_id):
        problems.add(field, f"`{role.name}` may not be used in this workspace; choose another role", "RESTRICTED")


def _known(scope: TokenScope) -> list[Role]:
    return [role for role in Role if role.noun == _noun(scope) and role not in MACHINES]


def _noun(scope: TokenScope) -> str:
    """A tag's roles are those of its DAGs."""
    return "DAG" if scope is TokenScope.DAG_TAG else scope.value
