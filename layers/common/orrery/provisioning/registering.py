"""Registering a standard cluster: an operator says how it is reached and what holds on it, and a saga brings its agent there.

The same name again registers it anew: facts and ways are replaced as a whole, and Deployments on it go on.
"""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from orrery import names, vault, workflows
from orrery.errors import FieldError, Invalid
from orrery.model.cluster import Cluster, ClusterStatus, ClusterType
from orrery.model.cluster_facts import ClusterFacts, Registration, Ways
from orrery.store import clusters, registrations, writes
from orrery.store.writes import Write

_HOST = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"
_LARGEST_KUBECONFIG = 64_000
Text = Annotated[str, StringConstraints(max_length=300)]
Host = Annotated[str, StringConstraints(pattern=_HOST)]
Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
Range = Annotated[str, StringConstraints(pattern=r"^[0-9a-f.:]+/[0-9]{1,3}$")]
Ranges = Annotated[tuple[Range, ...], Field(max_length=50)]
Bucket = Annotated[str, StringConstraints(pattern=r"^(s3://[a-z0-9.-]{3,63}(/[^ ]{1,200})?)?$")]
Image = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][^ ]{0,299}$")]


class Request(BaseModel):
    """What an operator says of a cluster; the facts are those of `model.cluster_facts.ClusterFacts`, where each is explained."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
    max_deployments: Annotated[int, Field(ge=0, le=100_000)] = 0
    eks: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")] | None = None
    kubeconfig: dict[str, Any] | None = None
    database_cluster: Annotated[str, StringConstraints(pattern=r"^arn:[^ ]{1,300}:cluster:[^ ]{1,100}$")] | None = None
    database_secret: Annotated[str, StringConstraints(pattern=r"^arn:[^ ]{1,300}:secret:[^ ]{1,200}$")] | None = None
    database_url: Annotated[str, StringConstraints(pattern=r"^postgres(ql)?://[^ ]{1,1000}$")] | None = None

    domain: Host
    registry: Text
    agent_image: Image
    broker_image: Image
    pgbouncer_image: Image
    database_host: Host
    database_port: Annotated[int, Field(ge=1, le=65535)] = 5432
    database_tls: Annotated[str, StringConstraints(pattern=r"^(disable|allow|prefer|require|verify-ca|verify-full)$")] = "require"
    database_ranges: Ranges = ()
    dns_ranges: Ranges = ()
    closed_ranges: Ranges = ClusterFacts.closed_ranges
    api_ranges: Ranges = ()
    system_namespace: Label = ClusterFacts.system_namespace
    ingress_namespace: Label = ClusterFacts.ingress_namespace
    ingress_class: Label = ClusterFacts.ingress_class
    ingress_annotations: Annotated[dict[Text, Text], Field(max_length=30)] = {}
    storage_class: Label | Annotated[str, StringConstraints(max_length=0)] = ""
    roles: Annotated[dict[Text, Text], Field(max_length=20)] = {}
    task_logs: Bucket = ""
    snapshots: Bucket = ""
    snapshot_image: Image | Annotated[str, StringConstraints(max_length=0)] = ""

    @model_validator(mode="after")
    def _reachable(self) -> "Request":
        if (self.eks is None) == (self.kubeconfig is None):
            raise ValueError("say how its API is reached: either `eks`, the name of an EKS cluster, or `kubeconfig`")
        by_data_api = {self.database_cluster is not None, self.database_secret is not None}
        if by_data_api != {self.database_url is None}:
            raise ValueError("say how its databases are made: either `databaseCluster` with `databaseSecret`, or `databaseUrl`")
        if self.kubeconfig is not None:
            _refuse_strange_kubeconfig(self.kubeconfig)
        if self.snapshots and not self.snapshot_image:
            raise ValueError("`snapshots` needs `snapshotImage`, which writes them")
        return self

    @property
    def facts(self) -> ClusterFacts:
        return ClusterFacts(**{field.name: getattr(self, field.name) for field in fields(ClusterFacts)})


def register(event: dict[str, Any]) -> dict[str, Any]:
    """Takes what was said and starts the saga: the cluster's `id`, and its `status`, which ListClusters shows from then on.

    Raises `Invalid` naming every field that cannot be taken, `StaleGeneration` when two register it at once.
    """
    asked, now = _asked(event), datetime.now(UTC)
    there = clusters.standard(asked.name)
    before = registrations.load(there.id) if there else None
    cluster = (there or _new(asked, now)).registering(
        region=asked.region, max_deployments=asked.max_deployments, starts_pods=bool(asked.api_ranges), now=now
    )  # a scheduler that starts pods must be let out to the API
    registration = Registration(cluster.id, asked.region, asked.facts, _ways(asked, cluster.id), before.generation + 1 if before else 1)
    writes.commit(_kept(cluster, is_new=there is None), registrations.save(registration))
    is_started = workflows.start_registration(registration)
    return {"id": cluster.id, "status": cluster.status.value, "started": is_started}


def _asked(event: dict[str, Any]) -> Request:
    try:
        return Request.model_validate(event)
    except ValidationError as problem:
        errors = [(".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in problem.errors()]
        said = "; ".join(f"`{field}` {text}" if field else text for field, text in errors)
        raise Invalid(said, field_errors=tuple(FieldError(field, "INVALID", text) for field, text in errors if field)) from None


def _new(asked: Request, now: datetime) -> Cluster:
    return Cluster(names.new_id(), asked.name, ClusterType.STANDARD, asked.region, now, now, status=ClusterStatus.CREATING, generation=0)


def _kept(cluster: Cluster, *, is_new: bool) -> Write:
    return clusters.new_standard(cluster) if is_new else clusters.changed(cluster)


def _ways(asked: Request, cluster_id: str) -> Ways:
    secrets = {"kubeconfig": json.dumps(asked.kubeconfig) if asked.kubeconfig else "", "database_url": asked.database_url or ""}
    sealed = vault.seal({name: text for name, text in secrets.items() if text}, **registrations.OWNER, cluster=cluster_id)
    return Ways(asked.eks or "", database_cluster=asked.database_cluster or "", database_secret=asked.database_secret or "", **sealed)


def _refuse_strange_kubeconfig(told: dict[str, Any]) -> None:
    """Whoever follows it runs its programs and reads its files: there may be none of either, only what is written in it."""
    if len(json.dumps(told)) > _LARGEST_KUBECONFIG:
        raise ValueError(f"`kubeconfig` is larger than {_LARGEST_KUBECONFIG} characters")
    try:
        context = _named(told["contexts"], told["current-context"])["context"]
        cluster = _named(told["clusters"], context["cluster"])["cluster"]
        user = _named(told["users"], context["user"])["user"]
        server = str(cluster["server"])
    except (KeyError, TypeError, StopIteration):
        raise ValueError("`kubeconfig` has no current context with a cluster and a user") from None
    if not server.startswith("https://"):
        raise ValueError("`kubeconfig` leads to a server without TLS")
    allowed = {"server", "certificate-authority-data", "tls-server-name"}, {"client-certificate-data", "client-key-data", "token"}
    if strange := sorted((set(cluster) - allowed[0]) | (set(user) - allowed[1])):
        raise ValueError(
            f"`kubeconfig` says {', '.join(strange)}, which names files or programs of another machine: "
            "send what `kubectl config view --minify --flatten --raw -o json` prints, of a user with a certificate or a token"
        )


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)
