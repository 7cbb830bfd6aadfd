"""A Deployment's own secrets: made once, in a Secret that cannot be changed and that no pod is given as a whole."""

import base64
import os
from dataclasses import asdict
from secrets import token_urlsafe

from orrery.dataplane.kubernetes import configuration
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.objects import DEPLOYMENT, MANAGER, encoded
from orrery.dataplane.kubernetes.plan import Keys, Manifest
from orrery.dataplane.port import DeploymentSpec

NAME = configuration.KEYS


def ensure(api: Api, spec: DeploymentSpec) -> Keys:
    """Those that are there, or new ones: of two who make them at once the first is believed."""
    found = read(api, spec.namespace)
    if found is None:
        api.create(render(spec, new()), manager=MANAGER)
        found = read(api, spec.namespace)
    assert found is not None
    return found


def read(api: Api, namespace: str) -> Keys | None:
    there = api.get("Secret", namespace, NAME)
    return Keys(**{name: base64.b64decode(text).decode() for name, text in there["data"].items()}) if there else None


def new() -> Keys:
    made = {name: token_urlsafe(32) for name in ("api", "jwt", "database", "reader", "broker")}
    return Keys(**made, fernet=base64.urlsafe_b64encode(os.urandom(32)).decode())


def render(spec: DeploymentSpec, keys: Keys) -> Manifest:
    labels = {"app.kubernetes.io/managed-by": "orrery", DEPLOYMENT: spec.id}
    metadata = {"name": NAME, "namespace": spec.namespace, "labels": labels}
    data = {name: encoded(text) for name, text in asdict(keys).items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "immutable": True, "data": data}
