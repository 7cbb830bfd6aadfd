"""Environment objects on the wire: as they are, or as one Deployment has them; secrets are masked unless they may be fetched."""

from typing import Annotated, Any

from pydantic import Field

from orrery.api.wire.base import BasicSubjectProfile, Paginated, Response, Timestamp, one_of
from orrery.api.wire.environment_requests import PROPERTY
from orrery.model import environment as model
from orrery.model.environment import ObjectType, Scope


class CreateEnvironmentObject(Response):
    """The answer to a create."""

    id: str


class EnvironmentObjectConnection(Response):
    """A connection; `password` and `extra` are sent only where secrets may be fetched."""

    type: str
    host: str | None = None
    login: str | None = None
    password: str | None = None
    port: int | None = None
    schema_: Annotated[str | None, Field(alias="schema")] = None
    extra: dict[str, Any] | None = None
    connection_auth_type: dict[str, Any] | None = None


class EnvironmentObjectConnectionOverrides(EnvironmentObjectConnection):
    """The fields of a connection that are different in one Deployment."""

    type: str | None = None  # type: ignore[assignment]  # an override may say nothing of it


class EnvironmentObjectAirflowVariable(Response):
    """An Airflow variable; a secret's value is sent only where secrets may be fetched."""

    is_secret: bool
    value: str


class EnvironmentObjectEnvironmentVariable(Response):
    """An environment variable; a secret's value is sent only where secrets may be fetched."""

    is_secret: bool
    value: str


class EnvironmentObjectMetricsExport(Response):
    """Where metrics are written to; `password`, `basicToken` and `headers` are sent only where secrets may be fetched."""

    auth_type: Annotated[str | None, one_of("BASIC", "AUTH_TOKEN", "SIGV4")] = None
    basic_token: str | None = None
    endpoint: str
    exporter_type: Annotated[str, one_of("PROMETHEUS")]
    headers: dict[str, str] | None = None
    labels: dict[str, str] | None = None
    password: str | None = None
    sig_v4_assume_arn: Annotated[str | None, Field(alias="sigV4AssumeArn")] = None
    sig_v4_sts_region: Annotated[str | None, Field(alias="sigV4StsRegion")] = None
    username: str | None = None


class EnvironmentObjectMetricsExportOverrides(EnvironmentObjectMetricsExport):
    """The fields of a metrics export that are different in one Deployment."""

    endpoint: str | None = None  # type: ignore[assignment]  # an override may say nothing of it
    exporter_type: Annotated[str | None, one_of("PROMETHEUS")] = None  # type: ignore[assignment]


class EnvironmentObjectAirflowVariableOverrides(Response):
    """An Airflow variable's value in one Deployment."""

    value: str


class EnvironmentObjectEnvironmentVariableOverrides(Response):
    """An environment variable's value in one Deployment."""

    value: str


class EnvironmentObjectExcludeLink(Response):
    scope: Annotated[str, one_of("DEPLOYMENT")]
    scope_entity_id: str


class EnvironmentObjectLink(Response):
    """A Deployment that has the object, and the fields that are different there."""

    scope: Annotated[str, one_of("DEPLOYMENT")]
    scope_entity_id: str
    connection_overrides: EnvironmentObjectConnectionOverrides | None = None
    airflow_variable_overrides: EnvironmentObjectAirflowVariableOverrides | None = None
    environment_variable_overrides: EnvironmentObjectEnvironmentVariableOverrides | None = None
    metrics_export_overrides: EnvironmentObjectMetricsExportOverrides | None = None
    set_fields: list[str]


class EnvironmentObject(Response):
    """An environment object; `setFields` names the fields that hold something, masked ones included."""

    id: str
    object_key: str
    object_type: ObjectType
    scope: Scope
    scope_entity_id: str
    source_scope: Scope
    source_scope_entity_id: str
    description: str
    auto_link_deployments: bool
    connection: EnvironmentObjectConnection | None = None
    airflow_variable: EnvironmentObjectAirflowVariable | None = None
    environment_variable: EnvironmentObjectEnvironmentVariable | None = None
    metrics_export: EnvironmentObjectMetricsExport | None = None
    links: list[EnvironmentObjectLink]
    exclude_links: list[EnvironmentObjectExcludeLink]
    set_fields: list[str]
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, found: model.EnvironmentObject, shown: "Shown", *, deployment_id: str = "") -> "EnvironmentObject":
        """One object as it is; or, with a Deployment, as that Deployment has it."""
        content = found.content_for(deployment_id) if deployment_id else found.content
        links = [] if deployment_id else [_link(found, link, shown) for link in found.links]
        told: dict[str, Any] = {PROPERTY[found.type]: _WHOLE[found.type](**_MASKED[found.type] | shown(found, content))}
        return cls(
            id=found.id,
            object_key=found.key,
            object_type=found.type,
            scope=Scope.DEPLOYMENT if deployment_id else found.scope,
            scope_entity_id=deployment_id or found.scope_entity_id,
            source_scope=found.scope,
            source_scope_entity_id=found.scope_entity_id,
            description=found.description,
            auto_link_deployments=found.auto_link,
            links=links,
            exclude_links=[]
            if deployment_id
            else [EnvironmentObjectExcludeLink(scope="DEPLOYMENT", scope_entity_id=id) for id in found.excluded],
            set_fields=content.fields,
            created_at=found.created_at,
            created_by=BasicSubjectProfile.of(found.created_by),
            updated_at=found.updated_at,
            updated_by=BasicSubjectProfile.of(found.updated_by),
            **told,
        )


class EnvironmentObjectsPaginated(Paginated):
    environment_objects: list[EnvironmentObject]


class Shown:
    """What is shown of a content's fields: the open ones."""

    def __call__(self, found: model.EnvironmentObject, content: model.Content) -> dict[str, Any]:
        return content.open


_WHOLE: dict[ObjectType, type[Response]] = {
    ObjectType.CONNECTION: EnvironmentObjectConnection,
    ObjectType.AIRFLOW_VARIABLE: EnvironmentObjectAirflowVariable,
    ObjectType.ENVIRONMENT_VARIABLE: EnvironmentObjectEnvironmentVariable,
    ObjectType.METRICS_EXPORT: EnvironmentObjectMetricsExport,
}
_MASKED: dict[ObjectType, dict[str, Any]] = {
    ObjectType.CONNECTION: {},
    ObjectType.AIRFLOW_VARIABLE: {"value": ""},
    ObjectType.ENVIRONMENT_VARIABLE: {"value": ""},
    ObjectType.METRICS_EXPORT: {},
}
"""What stands for a secret that is not shown, where the wire wants something to stand."""
_OVERRIDES: dict[ObjectType, type[Response]] = {
    ObjectType.CONNECTION: EnvironmentObjectConnectionOverrides,
    ObjectType.AIRFLOW_VARIABLE: EnvironmentObjectAirflowVariableOverrides,
    ObjectType.ENVIRONMENT_VARIABLE: EnvironmentObjectEnvironmentVariableOverrides,
    ObjectType.METRICS_EXPORT: EnvironmentObjectMetricsExportOverrides,
}


def _link(found: model.EnvironmentObject, link: model.Link, shown: Shown) -> EnvironmentObjectLink:
    told: dict[str, Any] = {}
    if link.overrides.fields:
        told[f"{PROPERTY[found.type]}_overrides"] = _OVERRIDES[found.type](**_MASKED[found.type] | shown(found, link.overrides))
    return EnvironmentObjectLink(scope="DEPLOYMENT", scope_entity_id=link.deployment_id, set_fields=link.overrides.fields, **told)
