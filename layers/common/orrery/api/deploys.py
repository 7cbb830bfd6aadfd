"""Deploys of code: create, upload to the signed address, finalize; a rollback is a new deploy of an old release.

A deploy is a pointer's move: no process restarts. It works while the Deployment is asleep, and wakes it.
"""

import logging
from dataclasses import replace
from datetime import UTC, datetime

from orrery import hibernation, names, releases
from orrery.api.entrance import Caller, routes
from orrery.api.paging import Page
from orrery.api.wire.deploys import (
    CreateDeployRequest,
    Deploy,
    DeployRollbackRequest,
    DeploysPaginated,
    FinalizeDeployRequest,
    UpdateDeployRequest,
)
from orrery.authz.permissions import Permission
from orrery.authz.principal import Kind, Principal
from orrery.errors import Conflict, Error, Forbidden, Invalid
from orrery.model import deploy as model
from orrery.model import upload
from orrery.model.deploy import DeployStatus, DeployType, Release
from orrery.model.deployment import Deployment, Phase
from orrery.settings import settings
from orrery.store import deployments, deploys

log = logging.getLogger("orrery")
router = routes()
COLLECTION = "/organizations/<organizationId>/deployments/<deploymentId>/deploys"
ITEM = f"{COLLECTION}/<deployId>"


@router.get(COLLECTION, operation_id="ListDeploys", summary="List deploys", tags=["Deploy"])
def list_deploys(organizationId: str, deploymentId: str, caller: Caller, page: Page) -> DeploysPaginated:
    """A Deployment's deploys, newest first."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_DEPLOYS_GET)
    cut = page.cut(deploys.list(deploymentId), keys={})
    return DeploysPaginated(deploys=[Deploy.of(each, deployment) for each in cut.items], **cut.envelope)


@router.post(COLLECTION, operation_id="CreateDeploy", summary="Create a deploy", tags=["Deploy"])
def create_deploy(organizationId: str, deploymentId: str, body: CreateDeployRequest, caller: Caller) -> Deploy:
    """A new deploy; its `dagsUploadUrl` takes the code for ten minutes."""
    deployment = _to_deploy(caller, organizationId, deploymentId, Permission.DEPLOYMENT_DEPLOYS_CREATE)
    _refuse_what_is_not_served(body, deployment)
    now = datetime.now(UTC)
    git = body.git.document() if body.git else {}
    made = replace(_new(deployment, caller, now), description=body.description or "", git=git, upload_key=names.new_secret())
    deploys.create(made)
    return Deploy.of(made, deployment, upload_url=upload.address(settings().api_url, made, now))


@router.get(ITEM, operation_id="GetDeploy", summary="Get a deploy", tags=["Deploy"])
def get_deploy(organizationId: str, deploymentId: str, deployId: str, caller: Caller) -> Deploy:
    """One deploy."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_DEPLOYS_GET)
    return Deploy.of(deploys.load(deploymentId, deployId), deployment)


@router.post(ITEM, operation_id="UpdateDeploy", summary="Update a deploy", tags=["Deploy"])
def update_deploy(organizationId: str, deploymentId: str, deployId: str, body: UpdateDeployRequest, caller: Caller) -> Deploy:
    """Say in other words what a deploy was for."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_DEPLOYS_UPDATE)
    deploy = deploys.load(deploymentId, deployId)
    if body.description is not None:
        deploy = deploy.describe(body.description, by=caller.subject, now=datetime.now(UTC))
        deploys.save(deploy)
    return Deploy.of(deploy, deployment)


@router.post(f"{ITEM}/finalize", operation_id="FinalizeDeploy", summary="Put a deploy live", tags=["Deploy"])
def finalize_deploy(organizationId: str, deploymentId: str, deployId: str, body: FinalizeDeployRequest, caller: Caller) -> Deploy:
    """The uploaded code goes live; runs in flight keep theirs."""
    deployment = _to_deploy(caller, organizationId, deploymentId, Permission.DEPLOYMENT_DEPLOYS_CREATE)
    deploy, now = deploys.load(deploymentId, deployId), datetime.now(UTC)
    if body.bundle_tarball_version:
        raise Invalid.field("bundleTarballVersion", "bundles other than the DAGs are not served yet; leave it out", code="NOT_SERVED")
    pointer = deploys.release(deploymentId)
    version = body.dag_tarball_version or ""
    done = deploy.finalize(version or pointer.version, by=caller.subject, now=now)
    if not version:
        deploys.save(done)
        return Deploy.of(done, deployment)
    if releases.uploaded_by(deploymentId, version) != deployId:
        raise Invalid.field(
            "dagTarballVersion", f"`{version}` was not uploaded for this deploy; send the version that the upload answered with"
        )
    _go_live(done, pointer)
    _wake(deployment, caller, now)
    return Deploy.of(done, deployment)


@router.post(f"{ITEM}/rollback", operation_id="DeployRollback", summary="Go back to a deploy", tags=["Deploy"])
def roll_back(organizationId: str, deploymentId: str, deployId: str, body: DeployRollbackRequest, caller: Caller) -> Deploy:
    """A new deploy of the code that an older one put live."""
    deployment = _to_deploy(caller, organizationId, deploymentId, Permission.DEPLOYMENT_DEPLOYS_CREATE)
    older, now = deploys.load(deploymentId, deployId), datetime.now(UTC)
    if older.status is not DeployStatus.DEPLOYED or not older.version:
        raise Conflict(f"deploy `{deployId}` never went live with code of its own; choose another one to go back to")
    back = replace(
        _new(deployment, caller, now),
        status=DeployStatus.DEPLOYED,
        version=older.version,
        rollback_from_id=older.id,
        description=body.description or f"rollback to {older.id}",
    )
    _go_live(back, deploys.release(deploymentId))
    _wake(deployment, caller, now)
    return Deploy.of(back, deployment)


def _to_deploy(caller: Principal, organization_id: str, deployment_id: str, permission: Permission) -> Deployment:
    """The Deployment, if it takes code and takes it from this caller."""
    deployment = deployments.fetch(caller, organization_id, deployment_id, permission)
    if deployment.is_cicd_enforced and caller.kind is not Kind.SERVICEKEY:
        raise Forbidden(f"deployment `{deployment.name}` takes code from API tokens only (`isCicdEnforced`); deploy from your pipeline")
    if deployment.phase in (Phase.FAILED, Phase.DELETING):
        state = "could not be created" if deployment.phase is Phase.FAILED else "is being deleted"
        raise Conflict(f"deployment `{deployment.name}` {state} and takes no code")
    return deployment


def _refuse_what_is_not_served(body: CreateDeployRequest, deployment: Deployment) -> None:
    if body.type is not DeployType.DAG_ONLY:
        what = "bundle deploys are" if body.type is DeployType.BUNDLE else "image deploys are"
        raise Invalid.field("type", f"{what} not there yet; deploy with `DAG_ONLY`", code="NOT_SERVED")
    if not deployment.is_dag_deploy_enabled:
        raise Invalid.field("type", f"deployment `{deployment.name}` takes no DAG-only deploys; set its `isDagDeployEnabled` first")
    for field, value in (("bundleMountPath", body.bundle_mount_path), ("bundleType", body.bundle_type)):
        if value:
            raise Invalid.field(field, "is for deploys of type BUNDLE, which are not there yet; leave it out", code="NOT_SERVED")


def _new(deployment: Deployment, caller: Principal, now: datetime) -> model.Deploy:
    by = caller.subject
    return model.Deploy(names.new_id(), deployment.organization_id, deployment.id, DeployType.DAG_ONLY, now, by, now, by)


def _go_live(deploy: model.Deploy, before: Release) -> None:
    """Saved, then published; a publishing that is cut short is the sweeper's to finish, so it does not fail what is saved."""
    pointer = before.move(deploy)
    deploys.go_live(deploy, pointer)
    try:
        releases.publish(pointer)
        deploys.mark_published(pointer)
    except Error as problem:
        log.warning("the release %s of %s is not published yet: %s", pointer.version, pointer.deployment_id, problem)


def _wake(deployment: Deployment, caller: Principal, now: datetime) -> None:
    """New code is there to be run; that it could not be woken for it does not fail what is live."""
    try:
        hibernation.need(deployment, by=caller.subject, now=now)
    except Error as problem:
        log.warning("deployment %s was not woken for its deploy: %s", deployment.id, problem)
