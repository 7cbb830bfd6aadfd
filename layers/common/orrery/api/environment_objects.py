"""Environment objects: list, create, get, update, delete, leave a Deployment out; each change is brought to the Deployments it reaches."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery import delivery, names
from orrery.api import environment_contents as contents
from orrery.api import places
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import Paging
from orrery.api.problems import Problems
from orrery.api.wire.base import Request
from orrery.api.wire.environment_objects import CreateEnvironmentObject, EnvironmentObject, EnvironmentObjectsPaginated, Shown
from orrery.api.wire.environment_requests import (
    CreateEnvironmentObjectLinkRequest,
    CreateEnvironmentObjectRequest,
    ExcludeLinkEnvironmentObjectRequest,
    UpdateEnvironmentObjectLinkRequest,
    UpdateEnvironmentObjectRequest,
    check_key,
    held_in,
    overridable,
    properties_but,
    property_of,
    unset_in,
)
from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal, require
from orrery.errors import Forbidden, Invalid, NotAllowed
from orrery.model import environment as model
from orrery.model.environment import Content, ObjectType, Scope
from orrery.store import deployments, environment, organizations, workspaces
from orrery.store.documents import freeze
from orrery.vault import Sealing

router = routes()
COLLECTION = "/organizations/<organizationId>/environment-objects"
ITEM = f"{COLLECTION}/<environmentObjectId>"
SORTS = {
    "objectType": lambda each: each.type,
    "objectKey": lambda each: each.key,
    "createdAt": lambda each: each.created_at,
    "updatedAt": lambda each: each.updated_at,
}
_LARGEST = 300 * 1024
"""Bytes of an object with all its links: it is one row, and rows end at 400 KB."""


class Filter(Paging):
    """Which environment objects to list."""

    limit: int = Field(20, ge=1, description="How many to send at most.")
    workspaceId: str = Field("", description="Only those of this Workspace.")
    deploymentId: str = Field("", description="Only those that this Deployment has.")
    objectType: ObjectType | None = Field(None, description="Only those of this type.")
    objectKey: str = Field("", description="Only those under this key.")
    showSecrets: bool = Field(False, description="Send secrets too; only where the Organization allows it.")
    resolveLinked: bool = Field(
        True, description="With `deploymentId`: send its Workspace's objects that reach it too, as they are there; otherwise only its own."
    )

    def matches(self, found: model.EnvironmentObject) -> bool:
        return (not self.objectType or found.type is self.objectType) and (not self.objectKey or found.key == self.objectKey)


@router.get(COLLECTION, operation_id="ListEnvironmentObjects", summary="List environment objects", tags=["EnvironmentObject"])
def list_objects(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> EnvironmentObjectsPaginated:
    """The environment objects of the places whose objects the caller may see."""
    shown = _shown(caller, organizationId, asked.showSecrets)
    cut = asked.cut([each for each in _asked_for(caller, organizationId, asked) if asked.matches(each)], SORTS)
    told = [EnvironmentObject.of(each, shown, deployment_id=asked.deploymentId) for each in cut.items]
    return EnvironmentObjectsPaginated(environment_objects=told, **cut.envelope)


@router.post(COLLECTION, operation_id="CreateEnvironmentObject", summary="Create an environment object", tags=["EnvironmentObject"])
def create_object(organizationId: str, body: CreateEnvironmentObjectRequest, caller: Caller) -> CreateEnvironmentObject:
    """A new object; the Deployments that it reaches have it in a moment, without a restart unless it is an environment variable."""
    require(caller, Permission.ORGANIZATION_GET, organization=organizationId)
    workspace_id = _home(caller, organizationId, body.scope, body.scope_entity_id)
    now = datetime.now(UTC)
    made = model.EnvironmentObject(
        names.new_id(), organizationId, workspace_id, body.object_type, body.object_key, body.scope, body.scope_entity_id, Content(),
        created_at=now, created_by=caller.subject, updated_at=now, updated_by=caller.subject,
        description=body.description or "", auto_link=bool(body.auto_link_deployments),
    )  # fmt: skip
    problems = Problems()
    if wrong := check_key(body.object_type, body.object_key):
        problems.add("objectKey", wrong)
    if held_in(body, body.object_type) is None:
        problems.add(property_of(body.object_type), f"is required for an object of the type `{body.object_type}`", "MISSING")
    made = _filled(made, body, problems)
    delivery.carry_out(environment.create(made))
    return CreateEnvironmentObject(id=made.id)


@router.get(ITEM, operation_id="GetEnvironmentObject", summary="Get an environment object", tags=["EnvironmentObject"])
def get_object(organizationId: str, environmentObjectId: str, caller: Caller) -> EnvironmentObject:
    """One environment object; its secrets are masked."""
    return EnvironmentObject.of(environment.fetch(caller, organizationId, environmentObjectId, "get"), Shown())


@router.post(ITEM, operation_id="UpdateEnvironmentObject", summary="Update an environment object", tags=["EnvironmentObject"])
def update_object(organizationId: str, environmentObjectId: str, body: UpdateEnvironmentObjectRequest, caller: Caller) -> EnvironmentObject:
    """Change an object; what is left out stays, secrets too."""
    before = environment.fetch(caller, organizationId, environmentObjectId, "update")
    changes: dict[str, Any] = {} if body.description is None else {"description": body.description}
    if body.auto_link_deployments is not None:
        changes["auto_link"] = body.auto_link_deployments
    updated = _filled(before.update(by=caller.subject, now=datetime.now(UTC), **changes), body, Problems())
    delivery.carry_out(environment.save(updated))
    return EnvironmentObject.of(updated, Shown())


@router.delete(
    ITEM, operation_id="DeleteEnvironmentObject", summary="Delete an environment object", tags=["EnvironmentObject"], status_code=204
)
def delete_object(organizationId: str, environmentObjectId: str, caller: Caller) -> Response[None]:
    """Delete an object; no Deployment has it any more in a moment."""
    found = environment.fetch(caller, organizationId, environmentObjectId, "delete")
    leaving = found.update(by=caller.subject, now=datetime.now(UTC))
    delivery.carry_out(environment.delete(leaving))
    return no_content()


@router.post(
    f"{ITEM}/exclude-linking", operation_id="ExcludeLinkingEnvironmentObject", summary="Leave a Deployment out", tags=["EnvironmentObject"]
)
def exclude_linking(
    organizationId: str, environmentObjectId: str, body: ExcludeLinkEnvironmentObjectRequest, caller: Caller
) -> Response[None]:
    """Keep an object of a Workspace from one of its Deployments, whether it was linked by hand or by itself."""
    found = environment.fetch(caller, organizationId, environmentObjectId, "update")
    _refuse_links_of_a_deployment(found)
    _judge_places(found, [body.scope_entity_id], "scopeEntityId", problems := Problems())
    problems.refuse()
    excluded = found.exclude(body.scope_entity_id, by=caller.subject, now=datetime.now(UTC))
    delivery.carry_out(environment.save(excluded))
    return Response(status_code=200, content_type=None, body=None)


def _asked_for(caller: Principal, organization_id: str, asked: Filter) -> Iterable[model.EnvironmentObject]:
    if places.narrowed(caller, organization_id, "envObjects", workspace=asked.workspaceId, deployment=asked.deploymentId):
        if not asked.deploymentId:
            return environment.every(asked.workspaceId)
        deployment = deployments.load(organization_id, asked.deploymentId)
        return environment.of(deployment).values() if asked.resolveLinked else environment.every(deployment.id)
    return sorted(_everywhere(caller, organization_id), key=lambda each: each.id)


def _everywhere(caller: Principal, organization_id: str) -> Iterable[model.EnvironmentObject]:
    """What belongs to the Workspaces and Deployments whose objects the caller may see."""
    for workspace in workspaces.list(caller, organization_id):
        if caller.may(Permission.WORKSPACE_ENV_OBJECTS_GET, organization_id, workspace.id):
            yield from environment.every(workspace.id)
    for deployment in deployments.list(caller, organization_id):
        if caller.may(Permission.DEPLOYMENT_ENV_OBJECTS_GET, organization_id, deployment.workspace_id, deployment.id):
            yield from environment.every(deployment.id)


def _shown(caller: Principal, organization_id: str, secrets: bool) -> Shown:
    organization = organizations.fetch(caller, organization_id, Permission.ORGANIZATION_GET)
    if secrets and not organization.is_environment_secrets_fetching_enabled:
        raise Forbidden(
            "your Organization does not let secrets be fetched; "
            "an owner allows it by updating the Organization with `isEnvironmentSecretsFetchingEnabled`"
        )
    return contents.Revealed() if secrets else Shown()


def _home(caller: Principal, organization_id: str, scope: Scope, id: str) -> str:
    """The Workspace that a new object belongs to, or lies in, for a caller who may create one there."""
    needed = environment.permission(scope, "create")
    with places.named_in("scopeEntityId"):
        if scope is Scope.WORKSPACE:
            return workspaces.fetch(caller, organization_id, id, needed).id
        return deployments.fetch(caller, organization_id, id, needed).workspace_id


def _filled(
    found: model.EnvironmentObject, body: CreateEnvironmentObjectRequest | UpdateEnvironmentObjectRequest, problems: Problems
) -> model.EnvironmentObject:
    """The object with what a request says that it holds and whom it reaches; every refusal comes at once, and before anything is sealed."""
    _judge(found, body, problems)
    problems.refuse()
    seal = Sealing(**found.owner)
    content = contents.wanted(found, held_in(body, found.type), seal, problems)
    problems.refuse()
    changes: dict[str, Any] = {"content": content}
    if body.exclude_links is not None:
        changes["excluded"] = tuple(each.scope_entity_id for each in body.exclude_links)
    filled = contents.with_links(found, body.links, seal, **changes)
    contents.judge_authentication(filled, problems)
    problems.refuse()
    if len(json.dumps(freeze(filled))) > _LARGEST:
        raise Invalid.field("links", f"the object with all its links may have at most {_LARGEST // 1024} KiB", code="TOO_LARGE")
    return filled


def _judge(
    found: model.EnvironmentObject, body: CreateEnvironmentObjectRequest | UpdateEnvironmentObjectRequest, problems: Problems
) -> None:
    for name, wire in properties_but(found.type).items():
        if getattr(body, name) is not None:
            problems.add(wire, f"does not belong to an object of the type `{found.type}`; leave it out")
    if body.connection and body.connection.auth_type_id:
        problems.add("connection.authTypeId", "is not offered yet: give the connection's fields themselves; leave it out", "NOT_SERVED")
    _judge_identity(body, "metricsExport", problems)
    if found.scope is Scope.DEPLOYMENT and (body.links or body.exclude_links or body.auto_link_deployments):
        problems.add("links", "are for objects of a Workspace: this one belongs to a single Deployment", "NOT_LINKABLE")
        return
    links: Sequence[CreateEnvironmentObjectLinkRequest | UpdateEnvironmentObjectLinkRequest] = body.links or ()
    _judge_places(found, [each.scope_entity_id for each in links], "links[{}].scopeEntityId", problems)
    _judge_places(found, [each.scope_entity_id for each in body.exclude_links or ()], "excludeLinks[{}].scopeEntityId", problems)
    for place, link in enumerate(links):
        _judge_identity(link.overrides, f"links[{place}].overrides.metricsExport", problems)
        for unknown in sorted(unset_in(link) - overridable(found.type)):
            problems.add(f"links[{place}].overrides.unsetFields", f"`{unknown}` is no field of an object of the type `{found.type}`")
        for name, wire in properties_but(found.type).items():
            if link.overrides and getattr(link.overrides, name) is not None:
                problems.add(f"links[{place}].overrides.{wire}", f"does not belong to an object of the type `{found.type}`; leave it out")


def _judge_identity(body: Request | None, field: str, problems: Problems) -> None:
    given = (held_in(body, ObjectType.METRICS_EXPORT) if body else None) or {}
    asked = (["authType"] if given.get("authType") == "SIGV4" else []) + [
        name for name in ("sigV4AssumeArn", "sigV4StsRegion") if name in given
    ]
    for name in asked:
        problems.add(f"{field}.{name}", "is not offered: no cluster here gives its Deployments a cloud identity to sign with", "NOT_SERVED")


def _judge_places(found: model.EnvironmentObject, ids: Sequence[str], field: str, problems: Problems) -> None:
    """Each must be a Deployment of the object's Workspace, named once; one that was linked before is taken as it is."""
    known = {link.deployment_id for link in found.links} | set(found.excluded)
    there = deployments.several(found.organization_id, set(ids) - known)
    for place, id in enumerate(ids):
        if id in ids[:place]:
            problems.add(field.format(place), "is named twice", "DUPLICATE")
        elif id not in known and (id not in there or there[id].workspace_id != found.workspace_id):
            problems.add(field.format(place), "names no deployment of the object's workspace", "NOT_FOUND")


def _refuse_links_of_a_deployment(found: model.EnvironmentObject) -> None:
    if found.scope is Scope.DEPLOYMENT:
        raise NotAllowed("only a Workspace's object can leave a Deployment out; this one belongs to a single Deployment")
