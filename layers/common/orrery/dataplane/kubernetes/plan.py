"""What manifests are rendered from: the Deployment's spec, the facts of its cluster, and the keys that were made for it once."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from orrery import names
from orrery.dataplane.port import DeploymentRef, DeploymentSpec

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Cluster:
    """What the platform team decided about a cluster; everything is the same for all Deployments on it."""

    domain: str
    """Deployments answer at `https://<namespace>.<domain>`; a wildcard certificate covers it."""
    registry: str
    """Host and prefix of the image registry, such as `123456789012.dkr.ecr.us-east-1.amazonaws.com`."""
    broker_image: str
    pgbouncer_image: str
    database_host: str
    database_port: int = 5432
    database_tls: str = "require"
    """libpq's `sslmode` from PgBouncer to the database."""
    database_ranges: tuple[str, ...] = ()
    """Where databases that tasks and PgBouncer may reach lie, the metadata databases' included."""
    dns_ranges: tuple[str, ...] = ()
    """Where names are resolved outside of kube-system: the service address, or the node's own resolver."""
    closed_ranges: tuple[str, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    """Never reached from a Deployment: pods of others, services, nodes, the control plane's own network."""
    api_ranges: tuple[str, ...] = ()
    """Where the Kubernetes API answers, for the schedulers that start a pod for each task."""
    system_namespace: str = "orrery-agent"
    """Where the agent runs."""
    ingress_namespace: str = "orrery-ingress"
    """Where the pods that bring visitors in run."""
    ingress_class: str = "orrery"
    ingress_annotations: Mapping[str, str] = field(default_factory=dict)
    """Such as the load balancer's group and the certificate's ARN."""
    storage_class: str = ""
    """Of the broker's volume; empty for the cluster's default."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """IAM role by component, for IRSA; components that are not named have none (or theirs by EKS Pod Identity)."""
    task_logs: str = ""
    """`s3://bucket/prefix` that task logs go to; empty keeps them in the pod."""
    snapshots: str = ""
    """`s3://bucket/prefix` that a Deployment's database goes to before it is removed; empty keeps none."""
    snapshot_image: str = ""
    """The runtime's own image, which has `pg_dump` of the server's version or a newer one."""


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
    cluster: Cluster


@dataclass(frozen=True)
class Plan:
    spec: DeploymentSpec
    cluster: Cluster
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
        """In the Deployment's own repository."""
        repository = f"{self.cluster.registry}/{names.image_repository(self.spec.organization_id, self.spec.namespace)}"
        image = self.spec.image or self.spec.runtime_version
        return f"{repository}@{image}" if image.startswith("sha256:") else f"{repository}:{image}"

    @property
    def database(self) -> str:
        """The name of its database and of the login that owns it."""
        return names.database(self.spec.id)

    def digest(self, content: Any) -> str:
        """One text for some content, worthless for guessing it: whoever reads it lacks the key."""
        return hmac.new(self.keys.fernet.encode(), json.dumps(content, sort_keys=True).encode(), hashlib.sha256).hexdigest()[:16]
