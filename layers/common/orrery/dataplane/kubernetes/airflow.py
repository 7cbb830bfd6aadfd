"""What every container of Airflow's own has in common: the Deployment's image, its environment, and room to write."""

from collections.abc import Mapping
from typing import Any

from orrery.dataplane.kubernetes import configuration
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import Size, container, scratch, template

HOME = configuration.HOME
_OBJECTS = {"name": configuration.OBJECTS, "secret": {"secretName": configuration.OBJECTS, "defaultMode": 0o440}}


def component_pod(
    plan: Plan, component: str, size: Size, args: list[str], *, env: Mapping[str, str] | None = None, **content: Any
) -> Manifest:
    """The pod of one of Airflow's own processes: it has the database, the keys, and the connections and variables as files."""
    running = airflow_container(
        plan, component, size, args, env=env, mounts={configuration.OBJECTS: configuration.OBJECTS_FOLDER}, **content
    )
    running["envFrom"].append({"secretRef": {"name": configuration.PRIVATE}})
    told = configuration.fingerprint(plan, configuration.shared(plan), configuration.private(plan))
    return template(
        plan,
        component,
        [running],
        volumes=[*room(size), _OBJECTS],
        annotations={"orrery/configuration": told},
    )


def airflow_container(
    plan: Plan,
    name: str,
    size: Size,
    args: list[str],
    *,
    env: Mapping[str, str] | None = None,
    mounts: Mapping[str, str] | None = None,
    **content: Any,
) -> Manifest:
    """With what workers may know too. Later sources win, so ours come after the customer's own variables."""
    sources: list[Manifest] = [{"secretRef": {"name": configuration.CUSTOMERS}}, {"configMapRef": {"name": configuration.SHARED}}]
    if not plan.has_pods_for_tasks:
        sources.append({"secretRef": {"name": configuration.BROKER}})
    return container(
        name,
        plan.image,
        size,
        mounts={"files": HOME, "tmp": "/tmp", **(mounts or {})},  # noqa: S108
        command=["airflow"],
        args=args,
        envFrom=sources,
        env=[{"name": key, "value": value} for key, value in sorted((env or {}).items())],
        **content,
    )


def room(size: Size) -> list[Manifest]:
    """The two places where a process may write."""
    return [scratch("files", size), scratch("tmp", size)]
