"""Plans to render: one for each shape of Deployment, with ids, names and keys that are the same every time."""

from dataclasses import replace

from orrery.dataplane.kubernetes import keys, namespace, parts
from orrery.dataplane.kubernetes.agent import Agent
from orrery.dataplane.kubernetes.plan import Keys, Manifest, Plan
from orrery.dataplane.port import DeploymentSpec, QueueSpec
from orrery.model.cluster_facts import ClusterFacts

CLUSTER = ClusterFacts(
    domain="airflow.example.com",
    registry="123456789012.dkr.ecr.us-east-1.amazonaws.com",
    broker_image="123456789012.dkr.ecr.us-east-1.amazonaws.com/orrery/valkey:9.0.1",
    pgbouncer_image="123456789012.dkr.ecr.us-east-1.amazonaws.com/orrery/pgbouncer:1.25.1",
    database_host="databases.cluster-example.us-east-1.rds.amazonaws.com",
    database_ranges=("10.0.64.0/20",),
    dns_ranges=("172.20.0.10/32",),
    api_ranges=("10.0.0.0/24",),
    roles={name: f"arn:aws:iam::123456789012:role/orrery-{name}" for name in ("dag-processor", "triggerer", "worker")},
    task_logs="s3://orrery-task-logs",
    snapshots="s3://orrery-snapshots/databases",
    snapshot_image="123456789012.dkr.ecr.us-east-1.amazonaws.com/orrery/runtime:3.3-1",
)
AGENT = Agent(
    cluster_id="ccluster00000000000001aaa",
    image="123456789012.dkr.ecr.us-east-1.amazonaws.com/orrery/agent:0.1.0",
    api_url="https://api.orrery.example.com",
    token="an-agent-token",
)
KEYS = Keys(fernet="the-fernet-key", api="the-api-key", jwt="the-jwt-key", database="the-password", reader="a-reader", broker="a-broker")
DEFAULT = QueueSpec("default", 0, 3, 5, "A5", 1, 2)
HEAVY = QueueSpec("heavy", 1, 10, 40, "A40", 8, 16, storage="50Gi")

_SPEC = DeploymentSpec(
    id="cdeployment000000000001aa",
    organization_id="corganization0000000001aa",
    workspace_id="cworkspace0000000000001aa",
    cluster_id="ccluster00000000000001aaa",
    namespace="geocentric-orbit-1234",
    generation=1,
    airflow_version="3.3.2",
    runtime_version="3.3-1",
    scheduler_size="SMALL",
    high_availability=False,
    hibernating=False,
    queues=(DEFAULT,),
    environment={"MODE": "test", "AIRFLOW__CORE__EXECUTOR": "LocalExecutor"},
    api_url="https://api.orrery.example.com",
    console_origin="https://console.orrery.example.com",
    releases="s3://orrery-releases/cdeployment000000000001aa",
    connections={"warehouse": {"conn_type": "postgres", "host": "db.example.com", "password": "the-warehouse-password"}},
    variables={"colour": "blue"},
)
_EXPORTS = {"grafana": {"endpoint": "https://prometheus.example.com/api/v1/write", "authType": "AUTH_TOKEN", "password": "a-token"}}

SMALL = Plan(replace(_SPEC, development=True), CLUSTER, KEYS)
LARGE = Plan(
    replace(_SPEC, scheduler_size="LARGE", high_availability=True, queues=(DEFAULT, HEAVY), metrics_exports=_EXPORTS, executor="ASTRO"),
    CLUSTER,
    KEYS,
)
PODS_FOR_TASKS = Plan(replace(_SPEC, scheduler_size="MEDIUM", executor="KUBERNETES", queues=()), CLUSTER, KEYS)
SHAPES = {"small-development": SMALL, "highly-available-two-queues": LARGE, "a-pod-for-each-task": PODS_FOR_TASKS}


def everything(plan: Plan) -> list[Manifest]:
    """Every object of a Deployment, in the order in which a create applies them, and the one that a delete adds."""
    return [namespace.render(plan.spec), keys.render(plan.spec, plan.keys), *(made for part in parts.EVERY for made in part.render(plan))]


def named(plan: Plan, kind: str, name: str) -> Manifest:
    """The one object of that kind whose name begins so."""
    (found,) = [each for each in everything(plan) if each["kind"] == kind and each["metadata"]["name"].startswith(name)]
    return found


def templates(plan: Plan) -> dict[str, Manifest]:
    """Every pod template, by the name of what makes pods of it."""
    return {each["metadata"]["name"]: each["spec"]["template"] for each in everything(plan) if "template" in each.get("spec", {})}
