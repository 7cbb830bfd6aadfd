"""The Kubernetes API as we use it: five verbs on plain dicts, each with an end in time; the only file that knows the kubernetes client."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kubernetes.client import ApiClient, ApiException
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from orrery.dataplane.kubernetes.objects import KINDS, path
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.errors import DataPlaneFailed, NotReadyYet, Unavailable

_PATIENCE = Timeout(connect=3.0, read=20.0)
_PAGE = 500
_MANAGER = re.compile(r'conflict with "([^"]+)"')


class Contested(Exception):
    """Others own fields that we would set; `managers` are their names, `fields` where."""

    def __init__(self, managers: frozenset[str], fields: tuple[str, ...]) -> None:
        super().__init__(f"conflict with {', '.join(sorted(managers))}")
        self.managers, self.fields = managers, fields


@dataclass
class Api:
    client: ApiClient = field(repr=False)
    writes: int = 0
    """How many requests could have changed something, so far."""

    def get(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """An object, or None where there is none."""
        status, found = self._ask("GET", path(kind, namespace, name))
        return found if status != 404 else None

    def list(self, kind: str, namespace: str = "", labels: Mapping[str, str] | None = None) -> Iterator[Manifest]:
        """All objects of a kind with these labels, page by page; a page does not say what its objects are, so we do."""
        query = {"limit": str(_PAGE), "labelSelector": ",".join(f"{key}={value}" for key, value in (labels or {}).items())}
        while True:
            _, page = self._ask("GET", path(kind, namespace), query)
            yield from ({"apiVersion": KINDS[kind][0], "kind": kind, **found} for found in page["items"])
            if not (more := page["metadata"].get("continue")):
                return
            query["continue"] = more

    def apply(self, manifest: Manifest, *, manager: str, force: bool = False) -> Manifest:
        """Server-side apply. Raises `Contested` where others own what we would change, unless forced."""
        query = {"fieldManager": manager, "force": "true"} if force else {"fieldManager": manager}
        where = manifest["metadata"]
        at = path(manifest["kind"], where.get("namespace", ""), where["name"])
        status, told = self._ask("PATCH", at, query, json.dumps(manifest), "application/apply-patch+yaml")
        if status == 404:
            raise DataPlaneFailed(f"there is no namespace `{where.get('namespace')}`")
        return told

    def create(self, manifest: Manifest, *, manager: str) -> bool:
        """Makes it if there is none of that name; says whether it did."""
        at = path(manifest["kind"], manifest["metadata"]["namespace"])
        status, told = self._ask("POST", at, {"fieldManager": manager}, json.dumps(manifest))
        return not (status == 409 and told.get("reason") == "AlreadyExists")

    def delete(self, kind: str, namespace: str, name: str, *, uid: str = "") -> None:
        """Gone or going; with `uid` only if it is still that very one."""
        options: Manifest = {"propagationPolicy": "Background"}
        if uid:
            options["preconditions"] = {"uid": uid}
        self._ask("DELETE", path(kind, namespace, name), {}, json.dumps(options))

    def end_pods(self, namespace: str, *, seconds: int) -> None:
        """Tells every pod of a namespace to end, however long it had been given before."""
        self._ask("DELETE", path("Pod", namespace), {}, json.dumps({"gracePeriodSeconds": seconds}))

    def _ask(
        self, method: str, at: str, query: Mapping[str, str] | None = None, body: str | None = None, content: str = "application/json"
    ) -> tuple[int, Manifest]:
        """The status and the answer; 404 and 409 are answers, whatever else is no success is raised."""
        self.writes += method != "GET"
        url = self.client.configuration.host + at + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "Content-Type": content, "User-Agent": "orrery"}
        self.client.update_params_for_auth(headers, [], ["BearerToken"], at, method, body)
        try:
            answer = self.client.rest_client.pool_manager.request(
                method,
                url,
                body=body,
                headers=headers,
                timeout=_PATIENCE,
                retries=False,
                redirect=False,
            )
            told: Manifest = json.loads(answer.data)
        except (ApiException, HTTPError, OSError, ValueError) as problem:
            raise Unavailable("the cluster does not answer") from problem
        if answer.status >= 300:
            _judge(answer.status, told, at)
        return answer.status, told


def _judge(status: int, told: Manifest, at: str) -> None:
    """Raises what a refusal means. Its own message may quote what we sent, so only kinds, names and fields are passed on."""
    causes = (told.get("details") or {}).get("causes") or []
    message = str(told.get("message", ""))
    if status == 404 or (status == 409 and told.get("reason") == "AlreadyExists"):
        return
    if status == 409 and any(cause.get("reason") == "FieldManagerConflict" for cause in causes):
        managers = (_MANAGER.search(str(cause.get("message"))) for cause in causes)
        raise Contested(frozenset(found[1] for found in managers if found), tuple(str(cause.get("field")) for cause in causes))
    if status in (409, 429) or status >= 500:
        raise Unavailable("the cluster is busy") from _Told(message)
    if status == 403 and "being terminated" in message:
        raise NotReadyYet("its namespace is still being removed") from _Told(message)
    if status == 403 and "exceeded quota" in message:
        raise DataPlaneFailed(f"the cluster has no room for `{_place(at)}`: it is over the namespace's quota") from _Told(message)
    fields = ", ".join(sorted({str(cause["field"]) for cause in causes if cause.get("field")}))
    raise DataPlaneFailed(
        f"the cluster refused `{_place(at)}`: {told.get('reason', status)}" + (f" ({fields})" if fields else "")
    ) from _Told(message)


class _Told(Exception):
    """The API server's own words, for the log."""


def _place(at: str) -> str:
    return "/".join(at.strip("/").split("/")[-2:])
