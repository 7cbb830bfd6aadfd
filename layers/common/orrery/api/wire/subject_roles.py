"""The roles of a user or a team on the wire: one list a scope."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from orrery.api.wire.base import Request, Response
from orrery.model.token import Grant, TokenScope

OrganizationRole = Literal[
    "ORGANIZATION_OWNER",
    "ORGANIZATION_OBSERVE_ADMIN",
    "ORGANIZATION_OBSERVE_MEMBER",
    "ORGANIZATION_BILLING_ADMIN",
    "ORGANIZATION_MEMBER",
]
Id = Annotated[str, Field(min_length=1, max_length=25)]
MOST = 100
"""Roles of one kind that a request may name."""


class Held(BaseModel):
    """One role on one thing: taken and sent in the same form."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True, extra="forbid"
    )


class WorkspaceRole(Held):
    """A role on a Workspace."""

    workspace_id: Id
    role: Literal["WORKSPACE_OWNER", "WORKSPACE_OPERATOR", "WORKSPACE_AUTHOR", "WORKSPACE_MEMBER", "WORKSPACE_ACCESSOR"]


class DeploymentRole(Held):
    """A role on a Deployment: `DEPLOYMENT_ADMIN`, `DEPLOYMENT_ACCESSOR` or a custom role's name."""

    deployment_id: Id
    role: Annotated[str, Field(min_length=1, max_length=255)]


class DagRole(Held):
    """A role on the DAG of one id, or on those of one tag, in a Deployment: `DAG_VIEWER`, `DAG_AUTHOR` or a custom role's name.

    The lengths and letters are Airflow's: what it cannot have cannot be named.
    """

    deployment_id: Id
    role: Annotated[str, Field(min_length=1, max_length=255)]
    dag_id: Annotated[str, Field(max_length=250, pattern=r"^[\w.\-]*$")] | None = None
    dag_tag: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if bool(self.dag_id) == bool(self.dag_tag):
            raise ValueError("needs exactly one of `dagId` and `dagTag`")
        return self


class SubjectRoles(Response):
    """Everything that a user, a team or a token holds."""

    organization_role: str | None
    workspace_roles: list[WorkspaceRole]
    deployment_roles: list[DeploymentRole]
    dag_roles: list[DagRole]

    @classmethod
    def of(cls, grants: Iterable[Grant], role_names: Mapping[str, str]) -> "SubjectRoles":
        return cls(**sorted_by_scope(grants, role_names))


class UpdateUserRolesRequest(Request):
    """A user's new roles; what is left out stays as it is."""

    organization_role: OrganizationRole | None = None
    workspace_roles: Annotated[list[WorkspaceRole], Field(max_length=MOST)] | None = None
    deployment_roles: Annotated[list[DeploymentRole], Field(max_length=MOST)] | None = None
    dag_roles: Annotated[list[DagRole], Field(max_length=MOST)] | None = None


class UpdateTeamRolesRequest(UpdateUserRolesRequest):
    """A team's new roles; a list that is left out stays as it is."""

    organization_role: OrganizationRole


def sorted_by_scope(grants: Iterable[Grant], role_names: Mapping[str, str]) -> dict[str, Any]:
    """Grants as the wire has them: `organization_role`, and a list for each other scope; `role_names` has custom roles by their ids."""
    by_scope: dict[TokenScope, list[Grant]] = {scope: [] for scope in TokenScope}
    for grant in grants:
        by_scope[grant.scope].append(grant)
    return {
        "organization_role": next((grant.role for grant in by_scope[TokenScope.ORGANIZATION]), None),
        "workspace_roles": [{"workspaceId": each.entity_id, "role": each.role} for each in by_scope[TokenScope.WORKSPACE]],
        "deployment_roles": [
            {"deploymentId": each.entity_id, "role": role_names.get(each.role, each.role)} for each in by_scope[TokenScope.DEPLOYMENT]
        ],
        "dag_roles": [_on_dags(grant, role_names) for grant in (*by_scope[TokenScope.DAG], *by_scope[TokenScope.DAG_TAG])],
    }


def _on_dags(grant: Grant, role_names: Mapping[str, str]) -> dict[str, Any]:
    thing = "dagId" if grant.scope is TokenScope.DAG else "dagTag"
    return {"deploymentId": grant.deployment_id, "role": role_names.get(grant.role, grant.role), thing: grant.entity_id}
