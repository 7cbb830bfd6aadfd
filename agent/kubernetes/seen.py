"""What the agent reads out of the objects of a cluster, as small frozen values; everything else of them is forgotten at once."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from orrery.dataplane.kubernetes import troubles
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, GENERATION, ORGANIZATION, PART, QUEUE
from orrery.dataplane.kubernetes.workers import CONFIGURATION
from orrery.dataplane.trouble import Trouble

from agent.kubernetes.api import Manifest

MARK = "orrery/worker-state"
"""An annotation of a worker's pod, and the agent's memory: RUNNING once it was heard, CORDONED when it was told to take nothing new."""
COST = "controller.kubernetes.io/pod-deletion-cost"


@dataclass(frozen=True)
class Tenant:
    """A Deployment's namespace."""

    id: str
    organization_id: str
    generation: int

    @classmethod
    def read(cls, found: Manifest) -> "Tenant":
        labels, annotations = found["metadata"]["labels"], found["metadata"].get("annotations", {})
        return cls(labels[DEPLOYMENT], labels[ORGANIZATION], int(annotations.get(GENERATION, 0)))


@dataclass(frozen=True)
class QueueBounds:
    name: str
    least: int
    most: int
    concurrency: int
    cpu: float
    memory: float
    deployment: str
    """The worker Deployment of its newest configuration."""


@dataclass(frozen=True)
class Bounds:
    """What the agent may do for a Deployment, from the ConfigMap `queues`."""

    hibernating: bool
    high_availability: bool
    style: str
    shadow_style: str
    queues: Mapping[str, QueueBounds]

    @classmethod
    def read(cls, found: Manifest) -> "Bounds":
        told = json.loads(found["data"]["queues.json"])
        queues = {each["name"]: _bounds(each) for each in told["queues"]}
        return cls(bool(told["hibernating"]), bool(told["highAvailability"]), told["style"], told["shadowStyle"], queues)


@dataclass(frozen=True)
class Ways:
    """The ways to a Deployment's database and broker, logins included."""

    database: str = field(repr=False)
    broker: str = field(repr=False)

    @classmethod
    def read(cls, found: Manifest) -> "Ways":
        told = {name: base64.b64decode(text).decode() for name, text in found["data"].items()}
        return cls(told["database"], told["broker"])


@dataclass(frozen=True)
class Controlled:
    """A Deployment or StatefulSet of the cluster, in its controller's words."""

    name: str
    component: str
    part: str
    generation: int
    """Of the Airflow that it runs, where it says so."""
    wanted: int
    is_ready: bool
    configuration: str
    """Of a worker Deployment: the digest that its pods bear."""
    queue: str
    trouble: Trouble | None = None
    """Why it can make no pods."""

    @classmethod
    def read(cls, found: Manifest) -> "Controlled":
        metadata, spec, status = found["metadata"], found["spec"], found.get("status", {})
        labels, annotations, wanted = metadata["labels"], metadata.get("annotations", {}), spec.get("replicas", 1)
        is_fresh = status.get("observedGeneration", 0) >= metadata["generation"]
        return cls(
            name=metadata["name"],
            component=labels.get(COMPONENT, ""),
            part=labels.get(PART, ""),
            generation=int(annotations.get(GENERATION, 0)),
            wanted=wanted,
            is_ready=is_fresh and min(status.get("updatedReplicas", 0), status.get("readyReplicas", 0)) >= wanted,
            configuration=spec["selector"]["matchLabels"].get(CONFIGURATION, ""),
            queue=annotations.get(QUEUE, ""),
            trouble=next(iter(troubles.of((), [found])), None),
        )


@dataclass(frozen=True)
class Pod:
    name: str
    uid: str
    component: str
    configuration: str
    queue: str
    node: str
    is_over: bool
    is_ending: bool
    is_up: bool
    """Its container runs, as its node last told; a node that is out of reach takes nothing back."""
    starts: int
    """How often its container was started again."""
    mark: str
    trouble: Trouble | None

    @classmethod
    def read(cls, found: Manifest) -> "Pod":
        metadata, status = found["metadata"], found.get("status", {})
        labels, annotations = metadata["labels"], metadata.get("annotations", {})
        containers = status.get("containerStatuses", [])
        return cls(
            name=metadata["name"],
            uid=metadata["uid"],
            component=labels.get(COMPONENT, ""),
            configuration=labels.get(CONFIGURATION, ""),
            queue=annotations.get(QUEUE, ""),
            node=found["spec"].get("nodeName", ""),
            is_over=status.get("phase") in ("Succeeded", "Failed"),
            is_ending="deletionTimestamp" in metadata,
            is_up=bool(containers) and all("running" in each.get("state", {}) for each in containers),
            starts=sum(each.get("restartCount", 0) for each in containers),
            mark=annotations.get(MARK, ""),
            trouble=next(iter(troubles.of([found])), None),
        )


def _bounds(told: Manifest) -> QueueBounds:
    return QueueBounds(
        name=told["name"],
        least=int(told["min"]),
        most=int(told["max"]),
        concurrency=int(told["concurrency"]),
        cpu=float(told["cpu"]),
        memory=float(told["memory"]),
        deployment=told["deployment"],
    )
