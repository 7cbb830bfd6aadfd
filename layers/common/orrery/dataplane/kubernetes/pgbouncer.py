"""PgBouncer: the one way to the Deployment's database, so that many short connections become a few."""

from orrery.dataplane.kubernetes import sizes
from orrery.dataplane.kubernetes.configuration import DATABASE_PORT
from orrery.dataplane.kubernetes.objects import secret
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import container, deployment, scratch, service, template

COMPONENT = "pgbouncer"
_FOLDER = "/etc/pgbouncer"


def render(plan: Plan) -> list[Manifest]:
    """What stays while the Deployment sleeps."""
    return [secret(plan, COMPONENT, _files(plan)), service(plan, COMPONENT, DATABASE_PORT)]


def server(plan: Plan) -> list[Manifest]:
    """The process itself, two of them where the Deployment is highly available."""
    running = container(
        COMPONENT,
        plan.cluster.pgbouncer_image,
        sizes.PGBOUNCER,
        mounts={"configuration": _FOLDER, "tmp": "/tmp"},  # noqa: S108
        command=["pgbouncer"],
        args=[f"{_FOLDER}/pgbouncer.ini"],
        ports=[{"name": "main", "containerPort": DATABASE_PORT, "protocol": "TCP"}],
        readinessProbe={"tcpSocket": {"port": DATABASE_PORT}, "periodSeconds": 5, "timeoutSeconds": 2},
        livenessProbe={"tcpSocket": {"port": DATABASE_PORT}, "periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 6},
    )
    kept = {"name": "configuration", "secret": {"secretName": COMPONENT, "defaultMode": 0o440}}
    told = {"orrery/configuration": plan.digest(_files(plan))}
    pod = template(plan, COMPONENT, [running], volumes=[kept, scratch("tmp", sizes.PGBOUNCER)], annotations=told)
    return [deployment(plan, COMPONENT, pod, replicas=plan.replicas)]


def _files(plan: Plan) -> dict[str, str]:
    """One login, Airflow's own; the agent has a way of its own, past this one."""
    return {
        "users.txt": f'"{plan.database}" "{plan.keys.database}"\n',
        "pgbouncer.ini": "[databases]\n" + _database(plan) + "\n[pgbouncer]\n" + _settings(plan),
    }


def _database(plan: Plan) -> str:
    return f"{plan.database} = host={plan.cluster.database_host} port={plan.cluster.database_port} dbname={plan.database}\n"


def _settings(plan: Plan) -> str:
    settings = {
        "listen_addr": "*",
        "listen_port": str(DATABASE_PORT),
        "auth_type": "scram-sha-256",
        "auth_file": f"{_FOLDER}/users.txt",
        "pool_mode": "transaction",
        # asyncpg prepares every statement; since 1.21 PgBouncer carries them from one connection to the next.
        "max_prepared_statements": "200",
        "ignore_startup_parameters": "extra_float_digits,options,jit",
        "max_client_conn": "1000",
        "default_pool_size": "20",
        "server_tls_sslmode": plan.cluster.database_tls,
        "log_connections": "0",
        "log_disconnections": "0",
    }
    return "".join(f"{name} = {value}\n" for name, value in settings.items())
