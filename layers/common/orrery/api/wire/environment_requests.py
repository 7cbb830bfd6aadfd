"""Requests for environment objects: connections, Airflow variables and environment variables, whole or as a link's overrides."""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from orrery.api.wire.base import Boolean, Integer, Name, Request
from orrery.model import offer
from orrery.model.environment import ObjectType, Scope

_TEXT = 2000
_EXTRA_BYTES = 64 * 1024
MOST_LINKS = 500
_CONNECTION_ID = re.compile(r"[\w#!()\-.:/\\]{1,200}", re.ASCII)


def check_key(kind: ObjectType, key: str) -> str:
    """What is wrong with the key of an object of this type; nothing when it is fine."""
    if kind is ObjectType.CONNECTION and not _CONNECTION_ID.fullmatch(key):
        return "must have 1 to 200 letters, digits or any of `_#!()-.:/\\`, as Airflow asks of a connection's id"
    if kind is ObjectType.ENVIRONMENT_VARIABLE and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,254}", key):
        return "must begin with a letter or `_`, hold only letters, digits and `_`, and have at most 255 characters"
    if kind is ObjectType.ENVIRONMENT_VARIABLE and offer.is_ours(key):
        return f"`{key}` is set by the platform; choose another name"
    return ""


def _value(text: str) -> str:
    if "\0" in text or len(text.encode()) > offer.VALUE_BYTES:
        raise ValueError(f"must have at most {offer.VALUE_BYTES // 1024} KiB and may not hold the character NUL")
    return text


def _extra(extra: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(extra)) > _EXTRA_BYTES:
        raise ValueError(f"must have at most {_EXTRA_BYTES // 1024} KiB")
    return extra


Text = Annotated[str, Field(max_length=_TEXT)]
Value = Annotated[str, AfterValidator(_value)]
Key = Annotated[Name, Field(max_length=250)]
Id = Annotated[Name, Field(max_length=100)]


class ConnectionOverridesRequest(Request):
    """The fields of a connection that are different in one Deployment."""

    type: Annotated[Name, Field(max_length=500)] | None = None
    host: Text | None = None
    login: Text | None = None
    password: Value | None = Field(None, description="Sealed and never shown; left out it stays what it was.")
    port: Annotated[Integer, Field(ge=0, le=65535)] | None = None
    schema_: Annotated[Text | None, Field(alias="schema")] = None
    extra: Annotated[dict[str, Any], AfterValidator(_extra)] | None = Field(None, description="Sealed as a whole and never shown.")


class ConnectionRequest(ConnectionOverridesRequest):
    """A connection, by Airflow's own fields."""

    auth_type_id: Annotated[str, Field(max_length=100)] | None = None


class CreateConnectionRequest(ConnectionRequest):
    """A new connection."""

    type: Annotated[Name, Field(max_length=500)]


class VariableOverridesRequest(Request):
    """A variable's value in one Deployment."""

    value: Value | None = None


class VariableRequest(VariableOverridesRequest):
    """A variable's value, and whether it is a secret; a secret's value left out stays what it was."""

    is_secret: Boolean | None = None


class MetricsExportRequest(Request):
    """Where metrics would be written to; not served yet."""

    auth_type: Literal["BASIC", "AUTH_TOKEN", "SIGV4"] | None = None
    basic_token: Value | None = None
    endpoint: Text | None = None
    exporter_type: Literal["PROMETHEUS"] | None = None
    headers: Annotated[dict[str, str], AfterValidator(_extra)] | None = None
    labels: Annotated[dict[str, str], AfterValidator(_extra)] | None = None
    password: Value | None = None
    sig_v4_assume_arn: Annotated[Text | None, Field(alias="sigV4AssumeArn")] = None
    sig_v4_sts_region: Annotated[Text | None, Field(alias="sigV4StsRegion")] = None
    username: Text | None = None


class OverridesRequest(Request):
    """What is different in one Deployment; only the object's own type may be given."""

    connection: ConnectionOverridesRequest | None = None
    airflow_variable: VariableOverridesRequest | None = None
    environment_variable: VariableOverridesRequest | None = None
    metrics_export: MetricsExportRequest | None = None


class UpdateOverridesRequest(OverridesRequest):
    """New overrides over those that were there; `unsetFields` takes some away."""

    unset_fields: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=20)] | None = None


class LinkRequest(Request):
    """A Deployment of the Workspace that has the object."""

    scope: Literal["DEPLOYMENT"]
    scope_entity_id: Id
    overrides: OverridesRequest | None = None


class UpdateLinkRequest(Request):
    """A link as it should be; overrides that are left out stay."""

    scope: Literal["DEPLOYMENT"]
    scope_entity_id: Id
    overrides: UpdateOverridesRequest | None = None


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
    connection: CreateConnectionRequest | None = None
    airflow_variable: VariableRequest | None = None
    environment_variable: VariableRequest | None = None
    metrics_export: MetricsExportRequest | None = None
    links: Annotated[list[LinkRequest], Field(max_length=MOST_LINKS)] | None = None
    exclude_links: Annotated[list[ExcludeLinkEnvironmentObjectRequest], Field(max_length=MOST_LINKS)] | None = None


class UpdateEnvironmentObjectRequest(Request):
    """New fields of an environment object; what is left out stays, secrets too, and a list that is given replaces what was there."""

    description: Annotated[str, Field(max_length=500)] | None = None
    auto_link_deployments: Boolean | None = None
    connection: ConnectionRequest | None = None
    airflow_variable: VariableRequest | None = None
    environment_variable: VariableRequest | None = None
    metrics_export: MetricsExportRequest | None = None
    links: Annotated[list[UpdateLinkRequest], Field(max_length=MOST_LINKS)] | None = None
    exclude_links: Annotated[list[ExcludeLinkEnvironmentObjectRequest], Field(max_length=MOST_LINKS)] | None = None


PROPERTY = {
    ObjectType.CONNECTION: "connection",
    ObjectType.AIRFLOW_VARIABLE: "airflow_variable",
    ObjectType.ENVIRONMENT_VARIABLE: "environment_variable",
    ObjectType.METRICS_EXPORT: "metrics_export",
}
"""The property of a request or an answer that holds what an object of each type is."""


def held_in(body: Request, kind: ObjectType) -> dict[str, Any] | None:
    """The fields that a request gives for an object of this type, by their wire names; none if it says nothing of it."""
    part = getattr(body, PROPERTY[kind])
    return part.model_dump(by_alias=True, exclude_none=True) if part is not None else None


def properties_but(kind: ObjectType) -> dict[str, str]:
    """The wire names of the properties that belong to other types, by their names here."""
    return {name: words for each, name in PROPERTY.items() if each is not kind for words in [_camel(name)]}


def property_of(kind: ObjectType) -> str:
    """The wire name of the property that holds what an object of this type is."""
    return _camel(PROPERTY[kind])


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
