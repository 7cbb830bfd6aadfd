"""The data plane port on Kubernetes: what its words mean in objects. It remembers nothing; whatever it must know is in the cluster."""

from collections.abc import Callable
from dataclasses import dataclass

from orrery import names
from orrery.dataplane.kubernetes import admission, apply, installing, keys, namespace, observation, parts, rest, snapshots, workers
from orrery.dataplane.kubernetes.agent import Agent
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.databases import Databases
from orrery.dataplane.kubernetes.nodes import Nodes
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, GENERATION
from orrery.dataplane.kubernetes.parts import Part
from orrery.dataplane.kubernetes.plan import Leaving, Manifest, Plan
from orrery.dataplane.port import DeploymentRef, DeploymentSpec, NodePoolSpec, NodeView, Observation
from orrery.errors import DataPlaneFailed, NotReadyYet
from orrery.model.cluster_facts import ClusterFacts

_LAST_SECONDS = 30
"""What a pod has to end in once its namespace goes: by then only those are left that their owner does not wait for."""


@dataclass(frozen=True)
class Reach:
    """A cluster within reach: its API, what was decided about it, and its database server."""

    api: Api
    cluster: ClusterFacts
    databases: Databases


@dataclass(frozen=True)
class KubernetesHome:
    reach: Callable[[str], Reach]
    """The cluster with this id; raises `DataPlaneFailed` when there is none, `Unavailable` when it cannot be reached now."""

    def ensure_namespace(self, spec: DeploymentSpec) -> None:
        reach = self.reach(spec.cluster_id)
        there = _ours(reach.api, spec)
        if there and _seen(there) > spec.generation:
            return
        apply.bring(reach.api, apply.marked(namespace.render(spec)), there)
        self._ensure_walls(reach.api, Plan(spec, reach.cluster, keys.ensure(reach.api, spec)))

    def ensure_database(self, spec: DeploymentSpec) -> None:
        if accepted := self._accept(spec):
            reach, plan = accepted
            reach.databases.ensure(plan.database, password=plan.keys.database, reader_password=plan.keys.reader)
            self._ensure(reach.api, parts.DATABASE, plan)

    def ensure_broker(self, spec: DeploymentSpec) -> None:
        if accepted := self._accept(spec):
            self._ensure(accepted[0].api, parts.BROKER, accepted[1])

    def ensure_release(self, spec: DeploymentSpec) -> None:
        """The walls and the broker too: an update begins here, and both follow from sizes and executor. Another executor waits for rest."""
        if accepted := self._accept(spec):
            reach, plan = accepted
            if rest.is_due(reach.api, plan):
                if plan.has_pods_for_tasks:  # the bounds go now, so that the agent drains; workers to come need their broker first
                    self._ensure_workers(reach.api, plan)
                rest.wait(reach.api, spec.namespace)
            self._ensure_walls(reach.api, plan)
            for part in (parts.BROKER, parts.RELEASE):
                self._ensure(reach.api, part, plan)

    def ensure_airflow(self, spec: DeploymentSpec) -> None:
        """Raises `NotReadyYet` until the database is migrated, `DataPlaneFailed` when it could not be."""
        if accepted := self._accept(spec):
            reach, plan = accepted
            self._ensure(reach.api, parts.MIGRATIONS, plan)
            observation.refuse_unless_migrated(reach.api, spec.namespace)
            reach.databases.ensure_readable(plan.database)
            self._ensure(reach.api, parts.AIRFLOW, plan)

    def ensure_queues(self, spec: DeploymentSpec) -> None:
        """A worker Deployment that is wanted no more stays until its last worker has gone."""
        if accepted := self._accept(spec):
            reach, plan = accepted
            self._ensure_workers(reach.api, plan)
            if spec.hibernating:
                rest.wait(reach.api, spec.namespace)

    def ensure_ingress(self, spec: DeploymentSpec) -> None:
        if accepted := self._accept(spec):
            self._ensure(accepted[0].api, parts.INGRESS, accepted[1])

    def remove_ingress(self, ref: DeploymentRef) -> None:
        if api := self._inside(ref):
            _remove(api, ref, parts.INGRESS)

    def remove_queues(self, ref: DeploymentRef) -> None:
        """The bounds go first: without them the agent drains."""
        if api := self._inside(ref):
            apply.remove(api, ref.namespace, parts.QUEUES.name, ("ConfigMap",))
            rest.wait(api, ref.namespace)
            _remove(api, ref, parts.QUEUES)

    def remove_airflow(self, ref: DeploymentRef) -> None:
        """Raises `NotReadyYet` until its last pod has ended. Without a door of its own its host leads to the agent, which can wake it."""
        if api := self._inside(ref):
            _remove(api, ref, parts.INGRESS)
            _remove(api, ref, parts.AIRFLOW)
            if left := observation.components(api, ref.namespace):
                raise NotReadyYet(f"its {', '.join(sorted(left))} are still ending")

    def remove_release(self, ref: DeploymentRef) -> None:
        if api := self._inside(ref):
            _remove(api, ref, parts.RELEASE)

    def remove_broker(self, ref: DeploymentRef) -> None:
        if api := self._inside(ref):
            _remove(api, ref, parts.BROKER)
            for volume in api.list("PersistentVolumeClaim", ref.namespace, {DEPLOYMENT: ref.id, COMPONENT: "broker"}):
                api.delete("PersistentVolumeClaim", ref.namespace, volume["metadata"]["name"])

    def remove_database(self, ref: DeploymentRef) -> None:
        """What somebody used is kept in a snapshot first. Raises `NotReadyYet` while that is written."""
        reach, name, api = self.reach(ref.cluster_id), names.database(ref.id), self._inside(ref)
        if reach.cluster.snapshots and reach.databases.is_used(name):
            snapshots.take(reach.api, Leaving(ref, reach.cluster))
        if api:
            _remove(api, ref, parts.MIGRATIONS)
            _remove(api, ref, parts.DATABASE)
        reach.databases.remove(name)
        if api:
            _remove(api, ref, parts.SNAPSHOT)

    def remove_namespace(self, ref: DeploymentRef) -> None:
        """Raises `NotReadyYet` until the cluster has removed everything in it."""
        api = self.reach(ref.cluster_id).api
        there = api.get("Namespace", "", ref.namespace)
        if there is None or not _is_of(ref, there):
            return
        if not there["metadata"].get("deletionTimestamp"):
            api.delete("Namespace", "", ref.namespace, uid=there["metadata"]["uid"])
        api.end_pods(ref.namespace, seconds=_LAST_SECONDS)
        if api.get("Namespace", "", ref.namespace):
            raise NotReadyYet("its namespace is still being removed")

    def observe(self, ref: DeploymentRef) -> Observation:
        return observation.observe(self.reach(ref.cluster_id).api, ref)

    def ensure_node_pools(self, cluster_id: str, pools: tuple[NodePoolSpec, ...]) -> None:
        self._nodes(cluster_id).want(cluster_id, pools)

    def node_pools(self, cluster_id: str) -> tuple[NodePoolSpec, ...]:
        return self._nodes(cluster_id).wanted(cluster_id)

    def observe_nodes(self, cluster_id: str) -> tuple[NodeView, ...]:
        return self._nodes(cluster_id).observe()

    def check_cluster(self, cluster_id: str) -> None:
        reach = self.reach(cluster_id)
        reach.api.get("Namespace", "", reach.cluster.system_namespace)
        reach.databases.is_used("nobody")

    def agent_token(self, cluster_id: str) -> str:
        reach = self.reach(cluster_id)
        return installing.token(reach.api, reach.cluster)

    def ensure_agent(self, cluster_id: str, *, token: str, api_url: str) -> None:
        reach = self.reach(cluster_id)
        installing.install(reach.api, reach.cluster, Agent(cluster_id, reach.cluster.agent_image, api_url, token))

    def remove_agent(self, cluster_id: str) -> None:
        reach = self.reach(cluster_id)
        installing.remove(reach.api, reach.cluster)

    def agent_trouble(self, cluster_id: str) -> str:
        reach = self.reach(cluster_id)
        return installing.trouble(reach.api, reach.cluster)

    def _nodes(self, cluster_id: str) -> Nodes:
        reach = self.reach(cluster_id)
        return Nodes(reach.api, reach.cluster.system_namespace)

    def _accept(self, spec: DeploymentSpec) -> tuple[Reach, Plan] | None:
        """What to make it of; None when a newer generation has been seen. Of two that come at once the newer wins."""
        reach = self.reach(spec.cluster_id)
        there = _ours(reach.api, spec)
        own = keys.read(reach.api, spec.namespace) if there else None
        if there is None or own is None:
            raise DataPlaneFailed(f"deployment `{spec.id}` has no namespace here; ensure it first")
        if _seen(there) > spec.generation:
            return None
        if _seen(there) < spec.generation:
            _raise_generation(reach.api, spec, there)
        return reach, Plan(spec, reach.cluster, own)

    def _ensure_walls(self, api: Api, plan: Plan) -> None:
        """The cluster's own one for task pods goes first: nobody may start any before it stands."""
        if plan.has_pods_for_tasks:
            for made in admission.render(plan.cluster):
                apply.bring(api, apply.marked(made), api.get(made["kind"], "", made["metadata"]["name"]))
        self._ensure(api, parts.WALLS, plan)

    def _ensure_workers(self, api: Api, plan: Plan) -> None:
        """Bounds and worker Deployments; what is wanted no more stays as long as it is used."""
        busy = observation.workers(api, plan.spec.namespace)
        there = apply.live(api, plan.spec.namespace, parts.QUEUES.name, ("Deployment",))
        for made in workers.render(plan):
            if made["kind"] == "Deployment":
                apply.hand_over_replicas(api, made, parts.QUEUES.name, there.get(("Deployment", made["metadata"]["name"])))
        self._ensure(api, parts.QUEUES, plan, keep=lambda found: rest.is_used(found, busy))

    def _ensure(self, api: Api, part: Part, plan: Plan, *, keep: Callable[[Manifest], bool] = lambda _: False) -> None:
        apply.ensure(api, plan.spec.namespace, part.name, part.kinds, part.render(plan), keep=keep)

    def _inside(self, ref: DeploymentRef) -> Api | None:
        """To take away from its namespace; None where there is none, or one of somebody else that has its name."""
        api = self.reach(ref.cluster_id).api
        there = api.get("Namespace", "", ref.namespace)
        return api if there and _is_of(ref, there) else None


def _remove(api: Api, ref: DeploymentRef, part: Part) -> None:
    apply.remove(api, ref.namespace, part.name, part.kinds)


def _is_of(owner: DeploymentRef | DeploymentSpec, there: Manifest) -> bool:
    return bool(there["metadata"].get("labels", {}).get(DEPLOYMENT) == owner.id)


def _ours(api: Api, spec: DeploymentSpec) -> Manifest | None:
    """The namespace of this Deployment; never that of anybody else."""
    there = api.get("Namespace", "", spec.namespace)
    if there is None:
        return None
    if not _is_of(spec, there):
        raise DataPlaneFailed(f"namespace `{spec.namespace}` belongs to somebody else")
    if there["metadata"].get("deletionTimestamp"):
        raise NotReadyYet("its namespace is still being removed")
    return there


def _seen(there: Manifest) -> int:
    return int(there["metadata"].get("annotations", {}).get(GENERATION, 0))


def _raise_generation(api: Api, spec: DeploymentSpec, there: Manifest) -> None:
    made = apply.marked(namespace.render(spec))
    guarded = {**made, "metadata": {**made["metadata"], "resourceVersion": there["metadata"]["resourceVersion"]}}
    apply.put(api, guarded)
