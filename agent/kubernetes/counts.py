"""How many workers a worker Deployment should have: the one field that the agent owns, and nothing else of it.

Written to the subresource `scale`, which is all that the agent may change of a Deployment, and only on top of what was just read.
"""

import time
from dataclasses import replace

from orrery.dataplane.kubernetes.objects import AGENT, path

from agent.home import HomeTrouble
from agent.kubernetes.api import APPLY, Api, Refused
from agent.kubernetes.seen import Controlled
from agent.kubernetes.watched import Watched

_TRIES = 8
_PAUSE = 0.05
"""Seconds after the first conflict, more after each: controllers write the status of what was just scaled, several times in a moment."""
_CONFLICT = 409


class Counts:
    def __init__(self, api: Api, deployments: Watched[Controlled]) -> None:
        self._api, self._deployments = api, deployments

    def wanted(self, namespace: str, name: str) -> int:
        """How many there are meant to be, read now."""
        return int(self._api.get(_scale(namespace, name))["spec"].get("replicas", 0))

    def change(self, namespace: str, name: str, by: int) -> int:
        """One more or one fewer than there are meant to be now, whoever wrote that; the new count."""
        for turn in range(1, _TRIES + 1):
            try:
                return self._change(namespace, name, by)
            except Refused as refused:
                if refused.status != _CONFLICT:
                    raise
            time.sleep(_PAUSE * turn)
        raise HomeTrouble(f"`{name}` changes too often to be scaled now")

    def _change(self, namespace: str, name: str, by: int) -> int:
        at = _scale(namespace, name)
        found = self._api.get(at)
        count: int = max(0, found["spec"].get("replicas", 0) + by)
        metadata = {"name": name, "namespace": namespace, "resourceVersion": found["metadata"]["resourceVersion"]}
        wanted = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": metadata, "spec": {"replicas": count}}
        told = self._api.change(at, wanted, kind=APPLY, query={"fieldManager": AGENT, "force": "true"})
        version = int(told["metadata"]["resourceVersion"])
        self._deployments.keep(namespace, name, version, lambda known: replace(known, wanted=count))
        return count


def _scale(namespace: str, name: str) -> str:
    return f"{path('Deployment', namespace, name)}/scale"
