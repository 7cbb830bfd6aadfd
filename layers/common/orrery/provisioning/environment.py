"""What a Deployment is given of its environment objects: opened here, on the way to its data plane and nowhere else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orrery import vault
from orrery.model.deployment import Deployment
from orrery.model.environment import EnvironmentObject, ObjectType, digest
from orrery.store import environment

_CONNECTION = {
    "type": "conn_type", "host": "host", "login": "login", "password": "password", "port": "port", "schema": "schema", "extra": "extra",
}  # fmt: skip
"""Airflow's names of a connection's fields, by the wire's; `extra` is JSON text in both."""


@dataclass(frozen=True)
class Environment:
    """Everything in clear, by name; `digest` says which it is, without saying what."""

    digest: str
    environment: Mapping[str, str] = field(repr=False)
    connections: Mapping[str, Mapping[str, Any]] = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)
    metrics_exports: Mapping[str, Mapping[str, Any]] = field(repr=False)


def of(deployment: Deployment) -> Environment:
    """What a Deployment has now. Variables set on the Deployment itself come before environment objects under the same name."""
    found = environment.of(deployment)
    contents = {key: _opened(each, deployment.id) for key, each in found.items()}
    return Environment(
        digest(found, deployment.id),
        environment=dict(_values(contents, ObjectType.ENVIRONMENT_VARIABLE)) | _own(deployment),
        connections={key: _connection(each) for (kind, key), each in contents.items() if kind is ObjectType.CONNECTION},
        variables=dict(_values(contents, ObjectType.AIRFLOW_VARIABLE)),
        metrics_exports={key: _export(each) for (kind, key), each in contents.items() if kind is ObjectType.METRICS_EXPORT},
    )


def _own(deployment: Deployment) -> dict[str, str]:
    sealed = {each.key: each.value for each in deployment.environment if each.is_secret}
    secrets = vault.unseal(sealed, organization=deployment.organization_id, deployment=deployment.id)
    return {each.key: secrets.get(each.key, each.value) for each in deployment.environment}


def _opened(found: EnvironmentObject, deployment_id: str) -> dict[str, Any]:
    content = found.content_for(deployment_id)
    return {**content.open, **vault.unseal(content.sealed, **found.owner)}


def _values(contents: Mapping[tuple[ObjectType, str], Mapping[str, Any]], wanted: ObjectType) -> Iterator[tuple[str, str]]:
    return ((key, str(each["value"])) for (kind, key), each in contents.items() if kind is wanted)


def _connection(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content[wire] for wire, name in _CONNECTION.items() if wire in content}


def _export(content: Mapping[str, Any]) -> dict[str, Any]:
    return {**content, **({"headers": json.loads(content["headers"])} if "headers" in content else {})}
