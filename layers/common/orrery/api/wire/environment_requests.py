"""Requests for environment objects: connections, variables and metrics exports, whole or as a link's overrides."""

import json
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from orrery.api.wire.base import Boolean, Integer, Name, Request
from orrery.api.wire.variables import VariableValue, checked_key
from orrery.model.environment import ObjectType, Scope

_TEXT = 2000
_EXTRA_BYTES = 64 * 1024
MOST_LINKS = 500
OUR_LABELS = ("deploymentId", "organizationId", "workspaceId", "namespace")
"""Labels that every sample of a metrics export has."""
_OUR_HEADERS = {
    "connection", "content-encoding", "content-length", "content-type", "host", "transfer-encoding", "user-agent",
    "x-prometheus-remote-write-version",
}  # fmt: skip
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_CONNECTION_ID = re.compile(r"[\w#!()\-.:/\\]{1,200}", re.ASCII)


def check_key(kind: ObjectType, key: str) -> str:
    """What is wrong with the key of an object of this type; nothing when it is fine."""
    if kind is ObjectType.CONNECTION and not _CONNECTION_ID.fullmatch(key):
        return "must have 1 to 200 letters, digits or any of `_#!()-.:/\\`, as Airflow asks of a connection's id"
    if kind is ObjectType.ENVIRONMENT_VARIABLE:
        try:
            checked_key(key)
        except ValueError as wrong:
            return str(wrong)
    return ""


def _extra(extra: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(extra)) > _EXTRA_BYTES:
        raise ValueError(f"must have at most {_EXTRA_BYTES // 1024} KiB")
    return extra


def _endpoint(url: str) -> str:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known or not _VISIBLE.fullmatch(url) or parts.fragment:
        raise ValueError("must be an address such as `https://metrics.example.com/api/v1/write`")
    if "@" in parts.netloc:
        raise ValueError("may hold no credentials: give them as `username` and `password`")
    return url


def _headers(given: dict[str, str]) -> dict[str, str]:
    for name, value in _extra(given).items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", name) or not re.fullmatch(r"[\t\x20-\x7e]*", value):
            raise ValueError("must be HTTP headers: names of letters, digits and `-`, values of printable ASCII")
        if name.lower() in _OUR_HEADERS:
            raise ValueError(f"`{name.lower()}` is set by the platform; leave it out")
    return given


def _labels(given: dict[str, str]) -> dict[str, str]:
    for name in _extra(given):
        if not re.fullmatch(r"(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}", name):
            raise ValueError("must have names of 1 to 100 letters, digits and `_`, which begin with no digit and not with `__`")
        if name in OUR_LABELS:
            raise ValueError(f"`{name}` is set by the platform; choose another name")
    return given


def _username(name: str) -> str:
    if ":" in name or "\0" in name:
        raise ValueError("may not hold `:`, which ends a name in Basic authentication")
    return name


Text = Annotated[str, Field(max_length=_TEXT)]
Key = Annotated[Name, Field(max_length=250)]
Id = Annotated[Name, Field(max_length=100)]


class CreateEnvironmentObjectConnectionOverridesRequest(Request):
    """The fields of a connection that are different in one Deployment."""

    type: Annotated[Name, Field(max_length=500)] | None = None
    host: Text | None = None
    login: Text | None = None
    password: VariableValue | None = Field(None, description="Sealed and never shown; left out it stays what it was.")
    port: Annotated[Integer, Field(ge=0, le=65535)] | None = None
    schema_: Annotated[Text | None, Field(alias="schema")] = None
    extra: Annotated[dict[str, Any], AfterValidator(_extra)] | None = Field(None, description="Sealed as a whole and never shown.")


class UpdateEnvironmentObjectConnectionRequest(CreateEnvironmentObjectConnectionOverridesRequest):
    """A connection, by Airflow's own fields."""

    auth_type_id: Annotated[str, Field(max_length=100)] | None = None


class CreateEnvironmentObjectConnectionRequest(UpdateEnvironmentObjectConnectionRequest):
    """A new connection."""

    type: Annotated[Name, Field(max_length=500)]


class CreateEnvironmentObjectVariableOverridesRequest(Request):
    """A variable's value in one Deployment."""

    value: VariableValue | None = None


class CreateEnvironmentObjectVariableRequest(CreateEnvironmentObjectVariableOverridesRequest):
    """A variable's value, and whether it is a secret; a secret's value left out stays what it was."""

    is_secret: Boolean | None = None


class CreateEnvironmentObjectMetricsExportOverridesRequest(Request):
    """The fields of a metrics export that are different in one Deployment."""

    auth_type: Literal["BASIC", "AUTH_TOKEN", "SIGV4"] | None = Field(None, description="`SIGV4` is not offered yet.")
    basic_token: VariableValue | None = Field(None, description="The bearer token of `AUTH_TOKEN`; sealed and never shown.")
    endpoint: Annotated[Text, AfterValidator(_endpoint)] | None = Field(None, description="A Prometheus remote-write URL.")
    exporter_type: Literal["PROMETHEUS"] | None = None
    headers: Annotated[dict[str, str], AfterValidator(_headers)] | None = Field(None, description="Sealed as a whole and never shown.")
    labels: Annotated[dict[str, str], AfterValidator(_labels)] | None = Field(None, description="Labels of every sample.")
    password: VariableValue | None = Field(None, description="Of `BASIC`; sealed and never shown.")
    sig_v4_assume_arn: Annotated[Text | None, Field(alias="sigV4AssumeArn")] = None
    sig_v4_sts_region: Annotated[Text | None, Field(alias="sigV4StsRegion")] = None
    username: Annotated[Text, AfterValidator(_username)] | None = Field(None, description="Of `BASIC`.")


class UpdateEnvironmentObjectMetricsExportRequest(CreateEnvironmentObjectMetricsExportOverridesRequest):
    """Where a Deployment's Airflow metrics are written to."""


class CreateEnvironmentObjectMetricsExportRequest(UpdateEnvironmentObjectMetricsExportRequest):
    """A new place that metrics are written to."""

    endpoint: Annotated[Text, AfterValidator(_endpoint)]
    exporter_type: Literal["PROMETHEUS"]


class CreateEnvironmentObjectOverridesRequest(Request):
    """What is different in one Deployment; only the object's own type may be given."""

    connection: CreateEnvironmentObjectConnectionOverridesRequest | None = None
    airflow_variable: CreateEnvironmentObjectVariableOverridesRequest | None = None
    environment_variable: CreateEnvironmentObjectVariableOverridesRequest | None = None
    metrics_export: CreateEnvironmentObjectMetricsExportOverridesRequest | None = None


class UpdateEnvironmentObjectOverridesRequest(CreateEnvironmentObjectOverridesRequest):
    """New overrides over those that were there; `unsetFields` takes some away."""

    unset_fields: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=20)] | None = None


class CreateEnvironmentObjectLinkRequest(Request):
    """A Deployment of the Workspace that has the object."""

    scope: Literal["DEPLOYMENT"]
    scope_entity_id: Id
    overrides: CreateEnvironmentObjectOverridesRequest | None = None


class UpdateEnvironmentObjectLinkRequest(Request):
    """A link as it should be; overrides that are left out stay."""

    scope: Literal["DEPLOYMENT"]
    scope_entity_id: Id
    overrides: UpdateEnvironmentObjectOverridesRequest | None = None


class ExcludeLinkEnvironmentObjectRequest(Request):
    """A Deployment that linking by itself leaves out."""

    scope: Literal["DEPLOYMENT"]
    scope_entity_id: Id


class CreateEnvironmentObjectRequest(Request):
    """A new environment object of a Workspace or a Deployment; the one property of its type says what it holds."""

    object_key: Key
    object_type: ObjectType
    scope: Scope
    scope_entity_id: Id
    description: Annotated[str, Field(max_length=500)] | None = None
    auto_link_deployments: Boolean | None = Field(None, description="Whether every Deployment of the Workspace has it, those to come too.")
    connection: CreateEnvironmentObjectConnectionRequest | None = None
    airflow_variable: CreateEnvironmentObjectVariableRequest | None = None
    environment_variable: CreateEnvironmentObjectVariableRequest | None = None
    metrics_export: CreateEnvironmentObjectMetricsExportRequest | None = None
    links: Annotated[list[CreateEnvironmentObjectLinkRequest], Field(max_length=MOST_LINKS)] | None = None
    exclude_links: Annotated[list[ExcludeLinkEnvironmentObjectRequest], Field(max_length=MOST_LINKS)] | None = None


class UpdateEnvironmentObjectRequest(Request):
    """New fields of an environment object; what is left out stays, secrets too, and a list that is given replaces what was there."""

    description: Annotated[str, Field(max_length=500)] | None = None
    auto_link_deployments: Boolean | None = None
    connection: UpdateEnvironmentObjectConnectionRequest | None = None
    airflow_variable: CreateEnvironmentObjectVariableRequest | None = None
    environment_variable: CreateEnvironmentObjectVariableRequest | None = None
    metrics_export: UpdateEnvironmentObjectMetricsExportRequest | None = None
    links: Annotated[list[UpdateEnvironmentObjectLinkRequest], Field(max_length=MOST_LINKS)] | None = None
    exclude_links: Annotated[list[ExcludeLinkEnvironmentObjectRequest], Field(max_length=MOST_LINKS)] | None = None


PROPERTY = {
    ObjectType.CONNECTION: "connection",
    ObjectType.AIRFLOW_VARIABLE: "airflow_variable",
    ObjectType.ENVIRONMENT_VARIABLE: "environment_variable",
    ObjectType.METRICS_EXPORT: "metrics_export",
}
"""The property of a request or an answer that holds what an object of each type is."""
_OVERRIDES: dict[ObjectType, type[Request]] = {
    ObjectType.CONNECTION: CreateEnvironmentObjectConnectionOverridesRequest,
    ObjectType.METRICS_EXPORT: CreateEnvironmentObjectMetricsExportOverridesRequest,
}


def held_in(body: Request, kind: ObjectType) -> dict[str, Any] | None:
    """The fields that a request gives for an object of this type, by their wire names; none if it says nothing of it."""
    part = getattr(body, PROPERTY[kind])
    return part.model_dump(by_alias=True, exclude_none=True) if part is not None else None


def properties_but(kind: ObjectType) -> dict[str, str]:
    """The wire names of the properties that belong to other types, by their names here."""
    return {name: _camel(name) for each, name in PROPERTY.items() if each is not kind}


def property_of(kind: ObjectType) -> str:
    """The wire name of the property that holds what an object of this type is."""
    return _camel(PROPERTY[kind])


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def overridable(kind: ObjectType) -> set[str]:
    """The wire names of the fields that a link of an object of this type may say otherwise."""
    overrides = _OVERRIDES.get(kind, CreateEnvironmentObjectVariableOverridesRequest)
    return {each.alias or "" for each in overrides.model_fields.values()}


def unset_in(link: CreateEnvironmentObjectLinkRequest | UpdateEnvironmentObjectLinkRequest) -> set[str]:
    """The overrides that a link takes away."""
    return set(link.overrides.unset_fields or ()) if isinstance(link.overrides, UpdateEnvironmentObjectOverridesRequest) else set()
