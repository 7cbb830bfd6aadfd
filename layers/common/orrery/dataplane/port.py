"""The data plane port: what every home of Deployments can do; Kubernetes and local processes keep the same contract.

Every `ensure_x` is level-triggered and idempotent: it brings one thing to what the spec says and returns; called twice it changes nothing.
Every `remove_x` succeeds when the thing is absent. A spec of an older generation than the home has seen is ignored.
Transient trouble raises `Unavailable` (retryable), a refusal for good raises `DataPlaneFailed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from orrery.model.incident import Severity


@dataclass(frozen=True)
class QueueSpec:
    """A worker queue as a home needs it: bounds in workers, concurrency in tasks a worker, size in vCPU and GiB."""

    name: str
    min_workers: int
    max_workers: int
    concurrency: int
    machine: str
    cpu: int
    memory: int
    storage: str = "10Gi"
    """Ephemeral storage of a worker."""


@dataclass(frozen=True)
class DeploymentSpec:
    """All that a home may know about a Deployment, one generation of it."""

    id: str
    organization_id: str
    workspace_id: str
    cluster_id: str
    namespace: str
    generation: int
    airflow_version: str
    runtime_version: str
    scheduler_size: str
    high_availability: bool
    hibernating: bool
    queues: tuple[QueueSpec, ...]
    environment: Mapping[str, str] = field(repr=False)
    """The customer's environment variables, secret ones included: never log a spec."""
    api_url: str
    """Where the control plane answers, for Airflow's sign-in."""
    releases: str
    """The Deployment's release store: `s3://bucket/<deployment id>`."""
    console_origin: str = ""
    """The origin of the web console, whose pages may read this Airflow's API; empty for none."""
    connections: Mapping[str, Mapping[str, str | int]] = field(default_factory=dict, repr=False)
    """Airflow connections by id, each with Airflow's own names: conn_type, host, login, password, port, schema, extra (JSON text)."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Airflow variables by key."""
    scaling_style: str = "BALANCED"
    """How its workers are scaled, for the agent to tell with its demand; `shadow_style` is one to compare with, empty for none."""
    shadow_style: str = ""
    metrics_exports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """Prometheus remote-write endpoints that its metrics go to, by name, with the wire's fields: endpoint, authType, headers, labels ..."""
    executor: str = "CELERY"
    """CELERY, KUBERNETES, or ASTRO, which runs on Celery."""
    development: bool = False
    image: str = ""
    """Tag, or digest as `sha256:...`, of its image in its own repository; empty for the runtime's own."""
    task_pod_cpu: str = "0.25"
    """vCPU of a task's pod that asks for nothing; `task_pod_memory` goes with it, such as `0.5Gi`."""
    task_pod_memory: str = "0.5Gi"
    quota_cpu: str = "10"
    """vCPU of all task pods together, with `quota_memory`."""
    quota_memory: str = "20Gi"


@dataclass(frozen=True)
class DeploymentRef:
    """Enough to find a Deployment's things and take them away."""

    id: str
    organization_id: str
    cluster_id: str
    namespace: str


@dataclass(frozen=True)
class Incident:
    """Something that is wrong with a Deployment now."""

    code: str
    """Stable, such as `OUT_OF_MEMORY`."""
    severity: Severity
    subject: str
    """The components that it is about, such as `scheduler` or `worker of queue heavy`."""
    description: str
    """In words for the customer."""


@dataclass(frozen=True)
class Observation:
    """What a home sees of one Deployment."""

    generation: int
    """The generation that its components run."""
    healthy: bool
    reason: str
    """Why it is not healthy, in words for the customer; empty when it is."""
    address: str
    """Where its Airflow answers, scheme included; empty when nowhere."""
    workers: int
    """Worker processes of all queues that exist now, draining ones included."""
    incidents: tuple[Incident, ...] = ()
    """What is wrong, the worst first; nothing that mends itself while something starts."""


@dataclass(frozen=True)
class NodePoolSpec:
    """How many nodes of one kind a cluster should have, and between which bounds."""

    name: str
    instance_type: str
    nodes: int
    min_nodes: int
    max_nodes: int


@dataclass(frozen=True)
class NodeView:
    """A node that is there; `cpu` (vCPU) and `memory` (GiB) are what it has for workers."""

    name: str
    pool: str
    instance_type: str
    cpu: float
    memory: float
    workers: tuple[tuple[str, str], ...]
    """Deployment and id of each worker on it."""
    is_fixed: bool = False
    """The home cannot have more or fewer of its kind."""


class ClusterPlane(Protocol):
    """What a data plane of registered clusters can do for one of them, beside what it does for its Deployments."""

    def check_cluster(self, cluster_id: str) -> None:
        """Raises, in words, whatever keeps us from the cluster's API or from its database server."""

    def agent_token(self, cluster_id: str) -> str:
        """What the agent there shows to the control plane; empty where there is none."""

    def ensure_agent(self, cluster_id: str, *, token: str, api_url: str) -> None:
        """The cluster's own agent, with its rights and its token; returns at once."""

    def remove_agent(self, cluster_id: str) -> None:
        """Nothing of the agent is left, or it is on its way out."""

    def agent_trouble(self, cluster_id: str) -> str:
        """What keeps the agent from running, in words for whoever runs the installation; empty when nothing does."""


class DataPlane(Protocol):
    def ensure_namespace(self, spec: DeploymentSpec) -> None:
        """A place of its own: directory or namespace, user, quota."""

    def ensure_database(self, spec: DeploymentSpec) -> None:
        """A migrated Airflow database and a login that reaches only it."""

    def ensure_broker(self, spec: DeploymentSpec) -> None:
        """A message broker of its own for the workers."""

    def ensure_release(self, spec: DeploymentSpec) -> None:
        """Configuration, keys, environment variables, connections, Airflow variables and the code's store.

        The first step of an update: raises `WorkersBusy` while tasks run that another executor would give up.
        """

    def ensure_airflow(self, spec: DeploymentSpec) -> None:
        """api-server, scheduler, dag-processor (and triggerer) started or rolled; returns at once, `observe` tells when they are ready."""

    def ensure_queues(self, spec: DeploymentSpec) -> None:
        """The bounds of each worker queue, for the agent to scale within; queues that are gone get bounds of zero until drained."""

    def ensure_ingress(self, spec: DeploymentSpec) -> None:
        """A host name of its own that leads to its Airflow."""

    def remove_ingress(self, ref: DeploymentRef) -> None:
        """Nothing answers under its host name any more."""

    def remove_queues(self, ref: DeploymentRef) -> None:
        """Bounds of zero; raises `WorkersBusy` until the agent has drained every worker. Never kills."""

    def remove_airflow(self, ref: DeploymentRef) -> None:
        """api-server, scheduler, dag-processor and triggerer stopped; the database stays."""

    def remove_release(self, ref: DeploymentRef) -> None:
        """Configuration, keys and unpacked code gone."""

    def remove_broker(self, ref: DeploymentRef) -> None:
        """The broker and what was in it gone."""

    def remove_database(self, ref: DeploymentRef) -> None:
        """The database and its logins gone."""

    def remove_namespace(self, ref: DeploymentRef) -> None:
        """The last trace gone, processes that are left included."""

    def observe(self, ref: DeploymentRef) -> Observation:
        """What is there now; a Deployment that is not there is an unhealthy one at generation 0."""

    def ensure_node_pools(self, cluster_id: str, pools: tuple[NodePoolSpec, ...]) -> None:
        """The number of nodes wanted of each kind, for the home to reach: more as they come, fewer only by nodes without a running task."""

    def node_pools(self, cluster_id: str) -> tuple[NodePoolSpec, ...]:
        """What was last wanted of a cluster's nodes, by name; nothing when nothing was."""

    def observe_nodes(self, cluster_id: str) -> tuple[NodeView, ...]:
        """The nodes that are there now, by name."""
