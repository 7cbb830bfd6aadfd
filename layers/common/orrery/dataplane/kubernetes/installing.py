"""The cluster's own agent, brought there and taken away: the one thing of ours on a cluster that belongs to no Deployment."""

import base64

from orrery.dataplane.kubernetes import agent, apply, troubles
from orrery.dataplane.kubernetes.agent import Agent
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.objects import COMPONENT
from orrery.model.cluster_facts import ClusterFacts


def token(api: Api, cluster: ClusterFacts) -> str:
    """What the agent there shows to the control plane; empty where there is none."""
    found = api.get("Secret", cluster.system_namespace, agent.TOKEN)
    return base64.b64decode(found["data"]["token"]).decode() if found else ""


def install(api: Api, cluster: ClusterFacts, told: Agent) -> None:
    """Its namespace, rights, walls, token and Deployment; what is as it should be costs no write."""
    for manifest in agent.render(cluster, told):
        metadata = manifest["metadata"]
        apply.bring(api, apply.marked(manifest), api.get(manifest["kind"], metadata.get("namespace", ""), metadata["name"]))


def remove(api: Api, cluster: ClusterFacts) -> None:
    """Nothing of it is left, or it is on its way out: the namespace takes along what is in it."""
    for manifest in reversed(agent.render(cluster, Agent("", "", "", ""))):
        if "namespace" not in manifest["metadata"]:
            api.delete(manifest["kind"], "", manifest["metadata"]["name"])


def trouble(api: Api, cluster: ClusterFacts) -> str:
    """What keeps it from running, in words for whoever runs the installation; empty when nothing does."""
    pods = api.list("Pod", cluster.system_namespace, {COMPONENT: "agent"})
    return next((found.words for found in troubles.of(pods)), "")
