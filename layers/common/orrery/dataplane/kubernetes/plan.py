"""What manifests are rendered from: the Deployment's spec, the facts of its cluster, and the keys that were made for it once."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Protocol

from orrery import names
from orrery.dataplane.port import DeploymentRef, DeploymentSpec
from orrery.model.cluster_facts import ClusterFacts

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Keys:
    """A Deployment's own secrets; made once, they outlive everything but the namespace."""

    fernet: str = field(repr=False)
    api: str = field(repr=False)
    jwt: str = field(repr=False)
    database: str = field(repr=False)
    reader: str = field(repr=False)
    broker: str = field(repr=False)


class Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def namespace(self) -> str: ...


class Whose(Protocol):
    """Whatever says which Deployment an object belongs to."""

    @property
    def spec(self) -> Named: ...


@dataclass(frozen=True)
class Leaving:
    """What is known of a Deployment that goes: nobody tells its settings any more."""

    spec: DeploymentRef
    cluster: ClusterFacts


@dataclass(frozen=True)
class Plan:
    spec: DeploymentSpec
    cluster: ClusterFacts
    keys: Keys

    @property
    def has_pods_for_tasks(self) -> bool:
        """Whether each task gets a pod of its own instead of a place in a worker."""
        return self.spec.executor == "KUBERNETES"

    @property
    def replicas(self) -> int:
        """Of a component that may have a twin."""
        return 2 if self.spec.high_availability and not self.spec.development else 1

    @property
    def host(self) -> str:
        return f"{self.spec.namespace}.{self.cluster.domain}"

    @property
    def image(self) -> str:
        """In the Deployment's own repository once it has one of its own, else the runtime's."""
        own = f"{self.cluster.registry}/{names.image_repository(self.spec.organization_id, self.spec.namespace)}"
        if not self.spec.image:
            return f"{self.cluster.registry}/{names.RUNTIME_REPOSITORY}:{self.spec.runtime_version}"
        return f"{own}@{self.spec.image}" if self.spec.image.startswith("sha256:") else f"{own}:{self.spec.image}"

    @property
    def database(self) -> str:
        """The name of its database and of the login that owns it."""
        return names.database(self.spec.id)

    def digest(self, content: Any) -> str:
        """One text for some content, worthless for guessing it: whoever reads it lacks the key."""
        return hmac.new(self.keys.fernet.encode(), json.dumps(content, sort_keys=True).encode(), hashlib.sha256).hexdigest()[:16]
