"""Taking the final snapshot: the Job is made, waited for, and made anew by whoever comes again after it failed."""

from collections.abc import Iterable

from orrery import names
from orrery.dataplane.kubernetes import apply, keys, observation, snapshot, troubles
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.objects import COMPONENT
from orrery.dataplane.kubernetes.parts import SNAPSHOT
from orrery.dataplane.kubernetes.plan import Leaving, Manifest
from orrery.errors import DataPlaneFailed, NotReadyYet

_LONGEST = 200
"""Characters of what a failed try said of itself."""


def take(api: Api, leaving: Leaving) -> None:
    """Comes back when the snapshot is whole. Raises `NotReadyYet` while it is written, and `DataPlaneFailed` when it could not be: what was
    tried is cleared away then, so whoever comes again begins anew.
    """
    ref = leaving.spec
    if keys.read(api, ref.namespace) is None:
        raise DataPlaneFailed(
            f"its namespace is gone, and so is the way to take its final snapshot; keep or drop database `{names.database(ref.id)}` by hand"
        )
    job = api.get("Job", ref.namespace, snapshot.COMPONENT)
    if job is None:
        apply.ensure(api, ref.namespace, SNAPSHOT.name, SNAPSHOT.kinds, snapshot.render(leaving))
    told = observation.conditions(job or {})
    if "Complete" in told:
        return
    pods = list(api.list("Pod", ref.namespace, {COMPONENT: snapshot.COMPONENT}))
    if job and "Failed" in told:
        apply.remove(api, ref.namespace, SNAPSHOT.name, SNAPSHOT.kinds)
        raise DataPlaneFailed(f"its final snapshot could not be written{_said(pods)}")
    found = troubles.of(pods)
    raise NotReadyYet(f"its final snapshot is being written{_because(found[0].words if found else '')}")


def _said(pods: Iterable[Manifest]) -> str:
    """What the last try that ended left as its reason; the program's own words, which hold no secret."""
    ended: list[Manifest] = [
        each["state"]["terminated"]
        for pod in pods
        for each in pod.get("status", {}).get("containerStatuses", [])
        if "terminated" in each.get("state", {})
    ]
    last = max(ended, key=lambda each: str(each.get("finishedAt", "")), default=Manifest())
    return _because(str(last.get("message", ""))[:_LONGEST])


def _because(words: str) -> str:
    return f": {words}" if words else ""
