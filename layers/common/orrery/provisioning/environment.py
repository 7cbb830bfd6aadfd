"""What a Deployment is given of its environment objects: opened here, on the way to its data plane and nowhere else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orrery import vault
from orrery.model.deployment import Deployment
from orrery.model.environment import EnvironmentObject, ObjectType, digest
from orrery.store import environment

_CONNECTION = {"type": "conn_type", "host": "host", "login": "login", "password": "password", "port": "port", "schema": "schema"}
"""Airflow's names of a connection's fields, by the wire's."""


@dataclass(frozen=True)
class Environment:
    """Everything in clear, by name; `digest` says which it is."""

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


def digest_of(deployment: Deployment) -> str:
    """Which environment objects a Deployment has now, as one text."""
    return digest(environment.of(deployment), deployment.id)


def is_delivered(deployment: Deployment) -> bool:
    """Whether its data plane has got what it has now."""
    return environment.given([deployment.id]).get(deployment.id, "") == digest_of(deployment)


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
    known = {name: content[wire] for wire, name in _CONNECTION.items() if wire in content}
    return known | ({"extra": content["extra"]} if "extra" in content else {})


def _export(content: Mapping[str, Any]) -> dict[str, Any]:
    return {**content, **({"headers": json.loads(content["headers"])} if "headers" in content else {})}
