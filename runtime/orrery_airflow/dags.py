"""What somebody may do with single DAGs, named by their ids or by their tags: who has a role on the whole Deployment needs none of this.

The permissions are the control plane's (`dag.airflow.dagRun.create`); a DAG's tags are Airflow's own, in its table `dag_tag`.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity as Entity
from airflow.models.dag import DagTag
from airflow.utils.session import create_session
from sqlalchemy import select

READ = "dag.airflow.dag.get"
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "DELETE": "delete"}
_WITH_EVERY_VERB = {Entity.RUN: "dagRun", Entity.TASK_INSTANCE: "taskInstance", Entity.HITL_DETAIL: "taskInstance"}
_READ_ONLY = {
    Entity.CODE: "dagCode",
    Entity.DEPENDENCIES: "dagDependencies",
    Entity.TASK: "dag",
    Entity.TASK_LOGS: "taskLog",
    Entity.VERSION: "dag",
    Entity.WARNING: "dag",
}


@dataclass(frozen=True)
class DagAccess:
    """DAGs, by their ids and by their tags, with which somebody may do the same."""

    permissions: frozenset[str]
    ids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


def permission(method: str, entity: Entity | None) -> str | None:
    """What it takes to do something with a part of a DAG; none if no role on a single DAG is enough, or if the part is new to us."""
    if entity is None:
        return f"dag.airflow.dag.{'update' if method == 'POST' else _VERBS[method]}"
    if entity in _WITH_EVERY_VERB:
        return f"dag.airflow.{_WITH_EVERY_VERB[entity]}.{_VERBS[method]}"
    if entity is Entity.XCOM:
        return f"dag.airflow.xcom.{'get' if method == 'GET' else 'delete'}"
    return f"dag.airflow.{_READ_ONLY[entity]}.get" if method == "GET" and entity in _READ_ONLY else None


def allowed(access: Iterable[DagAccess], needed: str, dag_ids: set[str]) -> set[str]:
    """The DAGs among these with which one may do what is needed."""
    giving = [each for each in access if needed in each.permissions]
    named = dag_ids & frozenset().union(*(each.ids for each in giving))
    tags = frozenset().union(*(each.tags for each in giving))
    left = dag_ids - named
    return named | (_tagged(left, tags) if left and tags else set())


def may_ask_about_all(access: Iterable[DagAccess], method: str, entity: Entity | None, needed: str) -> bool:
    """Whether one may ask without naming a DAG.

    Airflow then leaves out the DAGs that one may not read (or not change), whatever part of them it lists. So a list of parts is open only
    to those who may see that part of every DAG they can read; and a change of parts must name its DAG.
    """
    if entity is None:
        return any(needed in each.permissions for each in access)
    readable = [each for each in access if READ in each.permissions]
    return method == "GET" and bool(readable) and all(needed in each.permissions for each in readable)


def _tagged(dag_ids: set[str], tags: frozenset[str]) -> set[str]:
    question = select(DagTag.dag_id, DagTag.name).where(DagTag.name.in_(sorted(tags)))
    if len(dag_ids) == 1:
        question = question.where(DagTag.dag_id.in_(dag_ids))
    with create_session() as session:
        found = session.execute(question).all()
    return {dag_id for dag_id, tag in found if tag in tags and dag_id in dag_ids}


def told(answer: Any) -> tuple[DagAccess, ...]:
    """What the control plane said about single DAGs; a control plane of an older time says nothing."""
    return tuple(
        DagAccess(frozenset(map(str, each["permissions"])), frozenset(map(str, each["dagIds"])), frozenset(map(str, each["dagTags"])))
        for each in answer or ()
    )


def packed(access: Iterable[DagAccess]) -> str:
    """As a session carries it: small, because a cookie has 4096 bytes."""
    plain = [[sorted(each.permissions), sorted(each.ids), sorted(each.tags)] for each in access]
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 9)).decode()


def unpacked(text: str) -> tuple[DagAccess, ...]:
    """What `packed` made; only ever from a session that we signed."""
    plain = json.loads(zlib.decompress(base64.urlsafe_b64decode(text)))
    return tuple(DagAccess(*map(frozenset, each)) for each in plain)
