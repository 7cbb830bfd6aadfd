"""Deploys on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from orrery import names
from orrery.api.wire.base import BasicSubjectProfile, Paginated, Request, Response, Timestamp
from orrery.model import deploy as model
from orrery.model import runtime
from orrery.model.deployment import Deployment

Description = Annotated[str, Field(max_length=500)]
Short = Annotated[str, Field(max_length=500)]
Url = Annotated[str, Field(max_length=2000)]


class DeployGit(Response):
    """The commit that was deployed."""

    provider: str
    commit_sha: str
    account: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    author_username: str | None = None
    before_commit_sha: str | None = None
    branch: str | None = None
    commit_url: str | None = None
    path: str | None = None
    remote_url: str | None = None
    repo: str | None = None


class Bundle(Response):
    """Never sent: bundles other than the DAGs are not served yet."""

    bundle_type: str
    deploy_id: str
    mount_path: str
    current_version: str | None
    desired_version: str | None


class Deploy(Response):
    """One upload of code to a Deployment; `dagsUploadUrl` is told to whoever created the deploy, and to nobody else."""

    id: str
    deployment_id: str
    type: str
    status: model.DeployStatus
    description: str
    git: DeployGit | None
    dags_upload_url: str
    dag_tarball_version: str
    rollback_from_id: str | None
    is_dag_deploy_enabled: bool
    image_repository: str
    image_tag: str
    astro_runtime_version: str
    airflow_version: str
    bundle_mount_path: str | None
    bundle_upload_url: str | None
    bundles: list[Bundle]
    created_at: Timestamp
    created_by_subject: BasicSubjectProfile
    updated_at: Timestamp
    updated_by_subject: BasicSubjectProfile

    @classmethod
    def of(cls, deploy: model.Deploy, deployment: Deployment, *, upload_url: str = "") -> "Deploy":
        return cls(
            id=deploy.id,
            deployment_id=deploy.deployment_id,
            type=deploy.type.value,
            status=deploy.status,
            description=deploy.description,
            git=DeployGit.model_validate(deploy.git) if deploy.git else None,
            dags_upload_url=upload_url,
            dag_tarball_version=deploy.version,
            rollback_from_id=deploy.rollback_from_id or None,
            is_dag_deploy_enabled=deployment.is_dag_deploy_enabled,
            image_repository=names.image_repository(deployment.organization_id, deployment.namespace),
            image_tag=deployment.runtime_version,
            astro_runtime_version=deployment.runtime_version,
            airflow_version=runtime.airflow_version(deployment.runtime_version),
            bundle_mount_path=None,
            bundle_upload_url=None,
            bundles=[],
            created_at=deploy.created_at,
            created_by_subject=BasicSubjectProfile.of(deploy.created_by),
            updated_at=deploy.updated_at,
            updated_by_subject=BasicSubjectProfile.of(deploy.updated_by),
        )


class DeploysPaginated(Paginated):
    deploys: list[Deploy]


class CreateDeployGitRequest(Request):
    """Where the code comes from; shown in the history, and not looked up."""

    provider: Literal["GITHUB", "GENERIC"]
    commit_sha: Annotated[str, Field(min_length=1, max_length=100)]
    account: Short | None = None
    author_name: Short | None = None
    author_url: Url | None = None
    author_username: Short | None = None
    before_commit_sha: Annotated[str, Field(max_length=100)] | None = None
    branch: Short | None = None
    commit_url: Url | None = None
    path: Url | None = None
    remote_url: Url | None = None
    repo: Short | None = None

    def document(self) -> dict[str, Any]:
        """As it is stored: under its wire names, without what was left out."""
        return self.model_dump(by_alias=True, exclude_none=True)


class CreateDeployRequest(Request):
    """A deploy to be."""

    type: model.DeployType
    description: Description | None = None
    git: CreateDeployGitRequest | None = None
    bundle_mount_path: str | None = None
    bundle_type: str | None = None


class FinalizeDeployRequest(Request):
    """The version that the upload answered with; none, or an empty one, keeps the code that is there."""

    dag_tarball_version: Annotated[str, Field(max_length=100)] | None = None
    bundle_tarball_version: Annotated[str, Field(max_length=100)] | None = None


class UpdateDeployRequest(Request):
    """The only thing of a deploy that can be changed."""

    description: Description | None = None


class DeployRollbackRequest(Request):
    """Why."""

    description: Description | None = None
