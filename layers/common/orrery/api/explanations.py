"""Explaining access: why somebody can or cannot do one thing with one thing."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery.api.entrance import Caller, routes
from orrery.api.wire.explanations import AccessExplanation
from orrery.authz.explain import Explanation, Holding, Place, explain
from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, missing, require
from orrery.errors import Invalid, NotFound
from orrery.store import deployments, roles, teams, tokens, users, workspaces

router = routes()

Subject = Annotated[str, Query(description="The id of a user or of an API token.", max_length=25)]
Named = Annotated[str, Query(description="A permission, as in `deployment.deploys.create`.", max_length=100)]
Resource = Annotated[
    str,
    Query(
        description="The id of the Organization, a Workspace or a Deployment; `<deployment>/dag/<DAG id>` or `<deployment>/tag/<tag>`.",
        max_length=300,
    ),
]
Tags = Annotated[
    list[Annotated[str, Field(max_length=100)]],
    Query(description="The tags that a DAG has in Airflow, which the control plane does not know.", max_length=100),
]


@router.get(
    "/organizations/<organizationId>/authorization/explain",
    operation_id="ExplainAuthorization",
    summary="Say why somebody can or cannot do something",
    tags=["Authorization"],
)
def explain_authorization(
    organizationId: str,
    caller: Caller,
    subject: Subject,
    permission: Named,
    resource: Resource,
    dagTags: Tags = [],  # noqa: B006
) -> AccessExplanation:
    """Everybody may ask about themselves; to ask about others takes what it takes to see their roles."""
    require(caller, Permission.ORGANIZATION_GET, organization=organizationId)
    asked = _permission(permission)
    place = _place(caller, organizationId, resource, tuple(dagTags))
    return AccessExplanation.of(_explained(caller, organizationId, subject, asked, place), subject=subject, permission=asked, place=place)


def _explained(caller: Principal, organization_id: str, subject: str, permission: Permission, place: Place) -> Explanation:
    try:
        user = users.load(organization_id, subject)
    except NotFound:
        return _decided(organization_id, _of_token(caller, organization_id, subject), permission, place)
    if subject != caller.id and not caller.may(Permission.ORGANIZATION_USERS_GET, organization_id):
        raise missing("subject")
    if user.status != "ACTIVE":
        return Explanation(False, (), f"user `{user.username}` is {user.status.lower()} and may do nothing")
    own = [Holding(grant) for grant in user.grants]
    through = [Holding(grant, team.name) for team in teams.of(user) for grant in team.grants]
    return _decided(organization_id, own + through, permission, place)


def _decided(organization_id: str, holdings: list[Holding], permission: Permission, place: Place) -> Explanation:
    return explain(holdings, permission, place, roles.behind(organization_id, [each.grant for each in holdings]))


def _of_token(caller: Principal, organization_id: str, id: str) -> list[Holding]:
    try:
        token = tokens.load(organization_id, id) if id == caller.id else tokens.fetch(caller, organization_id, id, "get")
    except NotFound:
        raise missing("subject") from None
    return [Holding(grant) for grant in tokens.grants(token)]


def _permission(name: str) -> Permission:
    if name not in list(Permission) or name == Permission.CLUSTER_REPORT:
        raise Invalid.field("permission", f"`{name}` is no permission; GET /v1/authorization/permission-groups lists them")
    return Permission(name)


def _place(caller: Principal, organization_id: str, resource: str, tags: tuple[str, ...]) -> Place:
    """The thing of that id and what it lies in, if the caller may see it; whoever sees a Deployment may ask about what DAGs it may have."""
    id, _, inside = resource.partition("/")
    kind, _, name = inside.partition("/")
    if inside and (kind not in ("dag", "tag") or not name):
        raise missing("resource")
    if tags and kind != "dag":
        raise Invalid.field("dagTags", "are a DAG's; ask about one, as in `<deployment>/dag/<DAG id>`")
    if id == organization_id and not inside:
        return Place(organization_id)
    try:
        deployment = deployments.fetch(caller, organization_id, id, Permission.DEPLOYMENT_GET)
    except NotFound:
        if inside:
            raise missing("resource") from None
    else:
        dag, of_it = (name, tags) if kind == "dag" else ("", (name,) if name else ())
        return Place(organization_id, deployment.workspace_id, id, dag, of_it)
    try:
        return Place(organization_id, workspaces.fetch(caller, organization_id, id, Permission.WORKSPACE_GET).id)
    except NotFound:
        raise missing("resource") from None
