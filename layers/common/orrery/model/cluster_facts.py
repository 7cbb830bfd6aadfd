"""What the platform team decided about a cluster that Deployments run on, and how the control plane reaches it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ClusterFacts:
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
    ingress_annotations: dict[str, str] = field(default_factory=dict)
    """Such as the load balancer's group and the certificate's ARN."""
    storage_class: str = ""
    """Of the broker's volume; empty for the cluster's default."""
    roles: dict[str, str] = field(default_factory=dict)
    """IAM role by component, for IRSA; components that are not named have none (or theirs by EKS Pod Identity)."""
    task_logs: str = ""
    """`s3://bucket/prefix` that task logs go to; empty keeps them in the pod."""
    snapshots: str = ""
    """`s3://bucket/prefix` that a Deployment's database goes to before it is removed; empty keeps none."""
    snapshot_image: str = ""
    """The runtime's own image, which has `pg_dump` of the server's version or a newer one."""
    agent_image: str = ""
    """Of the cluster's own agent, such as `<registry>/orrery/agent:0.1.0`."""


@dataclass(frozen=True)
class Ways:
    """How the control plane reaches the cluster's API and its database server, each by exactly one of two ways; passwords are sealed."""

    eks: str = ""
    """The name of an EKS cluster in the cluster's region."""
    kubeconfig: str = field(default="", repr=False)
    """A whole kubeconfig as JSON, sealed."""
    database_cluster: str = ""
    """The ARN of an Aurora cluster whose Data API is on, and with it `database_secret`: of its administrator's login in Secrets Manager."""
    database_secret: str = ""
    database_url: str = field(default="", repr=False)
    """libpq's, with the administrator's password, sealed: for a server whose port our functions reach."""


@dataclass(frozen=True)
class Registration:
    """A cluster that was registered: what holds on it, and how it is reached."""

    cluster_id: str
    region: str
    facts: ClusterFacts
    ways: Ways
    generation: int = 1


@dataclass(frozen=True)
class AgentKey:
    """By which hash the token of a cluster's agent is known."""

    hash: str
    generation: int = 1
