"""Roles on single DAGs inside Airflow: what they open, what they leave shut, and that lists never show more than single questions allow."""
# mypy: ignore-errors

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator

import httpx
import pytest
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity, DagDetails
from airflow.api_fastapi.common.types import MenuItem
from airflow.models.dag import DagTag
from airflow.utils.session import create_session
from fastapi.testclient import TestClient
from orrery_airflow import handover
from orrery_airflow.auth import OrreryAuthManager
from orrery_airflow.dags import DagAccess, packed, permission, unpacked
from orrery_airflow.plane import Plane, PlaneUser
from sqlalchemy import text

manager = OrreryAuthManager()
READS = frozenset(f"dag.airflow.{each}.get" for each in ("dag", "dagCode", "dagDependencies", "dagRun", "taskInstance", "taskLog"))
CHANGED = "dag.update dag.delete dagRun.create dagRun.update dagRun.delete taskInstance.update xcom.get xcom.delete"
CHANGES = frozenset(f"dag.airflow.{each}" for each in CHANGED.split())
EVERY_DAG = {"etl", "report", "ledger", "secret"}
TAGS = [("ledger", "finance"), ("report", "finance"), ("secret", "Finance"), ("secret", "hr")]


@pytest.fixture(scope="module", autouse=True)
def airflows_own_tags() -> Iterator[None]:
    with create_session() as session:
        session.execute(text("CREATE TABLE dag_tag (name VARCHAR, dag_id VARCHAR, PRIMARY KEY (name, dag_id))"))  # no DAG behind it
        session.add_all(DagTag(dag_id=dag, name=tag) for dag, tag in TAGS)
    yield
    with create_session() as session:
        session.execute(text("DROP TABLE dag_tag"))


def viewer(*ids: str, tags: tuple[str, ...] = ()) -> DagAccess:
    return DagAccess(READS, frozenset(ids), frozenset(tags))


def author(*ids: str, tags: tuple[str, ...] = ()) -> DagAccess:
    return DagAccess(READS | CHANGES, frozenset(ids), frozenset(tags))


def somebody(*access: DagAccess, role: str = "") -> PlaneUser:
    return PlaneUser(id="u1", name="Eve", role=role, dags=access)


def may(user: PlaneUser, method: str, entity: DagAccessEntity | None = None, dag: str | None = "etl") -> bool:
    return manager.is_authorized_dag(method=method, user=user, access_entity=entity, details=DagDetails(id=dag))


SEE = {"the DAG": None, "its runs": DagAccessEntity.RUN, "its tasks": DagAccessEntity.TASK_INSTANCE, "its logs": DagAccessEntity.TASK_LOGS,
       "its code": DagAccessEntity.CODE, "its versions": DagAccessEntity.VERSION, "its graph": DagAccessEntity.DEPENDENCIES}  # fmt: skip
DO = {"pause it": ("PUT", None), "trigger it": ("POST", DagAccessEntity.RUN), "clear tasks": ("PUT", DagAccessEntity.TASK_INSTANCE),
      "delete a run": ("DELETE", DagAccessEntity.RUN), "delete it": ("DELETE", None), "read XComs": ("GET", DagAccessEntity.XCOM),
      "change XComs": ("PUT", DagAccessEntity.XCOM)}  # fmt: skip


@pytest.mark.parametrize("what", SEE)
def test_a_viewer_sees_a_dag_and_no_other(what: str) -> None:
    assert may(somebody(viewer("etl")), "GET", SEE[what])
    assert not may(somebody(viewer("etl")), "GET", SEE[what], "report")
    assert may(somebody(viewer("etl")), "GET", SEE[what], None), "a list; Airflow leaves the others out"


@pytest.mark.parametrize("what", DO)
def test_an_author_does_what_a_viewer_does_not(what: str) -> None:
    method, entity = DO[what]
    assert not may(somebody(viewer("etl")), method, entity)
    assert may(somebody(author("etl")), method, entity)
    assert not may(somebody(author("etl")), method, entity, "report")


def test_nobody_reads_the_audit_log_by_a_role_on_a_dag() -> None:
    assert not may(somebody(author("etl")), "GET", DagAccessEntity.AUDIT_LOG)


def test_a_tag_reaches_the_dags_that_have_it_now_and_is_told_by_its_letters() -> None:
    user = somebody(author(tags=("finance",)))
    assert [dag for dag in sorted(EVERY_DAG) if may(user, "POST", DagAccessEntity.RUN, dag)] == ["ledger", "report"]

    with create_session() as session:
        session.add(DagTag(dag_id="etl", name="finance"))
    assert may(user, "POST", DagAccessEntity.RUN, "etl")
    with create_session() as session:
        session.query(DagTag).filter(DagTag.dag_id == "etl").delete()
    assert not may(user, "POST", DagAccessEntity.RUN, "etl")


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_list_is_what_each_single_question_allows(method: str) -> None:
    for user in (somebody(viewer("etl"), author(tags=("finance",))), somebody(author("etl"), role="VIEWER"), somebody(role="AUTHOR")):
        alone = {dag for dag in EVERY_DAG if may(user, method, None, dag)}
        assert manager.filter_authorized_dag_ids(dag_ids=EVERY_DAG, user=user, method=method) == alone
    assert manager.filter_authorized_dag_ids(dag_ids=EVERY_DAG, user=somebody(viewer("etl"))) == {"etl"}


def test_a_list_of_parts_is_shut_when_one_may_not_see_that_part_of_every_dag_in_it() -> None:
    mixed = somebody(viewer("etl"), author("report"))
    assert may(mixed, "GET", DagAccessEntity.RUN, None)
    assert not may(mixed, "GET", DagAccessEntity.XCOM, None), "Airflow would list the XComs of `etl` too"
    assert may(mixed, "GET", DagAccessEntity.XCOM, "report")
    assert not may(somebody(author("report"), role="VIEWER"), "GET", DagAccessEntity.XCOM, None)


def test_a_change_of_parts_names_its_dag_and_many_dags_are_changed_where_one_may() -> None:
    user = somebody(author("etl"))
    assert not may(user, "PUT", DagAccessEntity.TASK_INSTANCE, None)
    assert may(user, "PUT", None, None)
    assert not may(somebody(viewer("etl")), "PUT", None, None)
    asked = [{"method": "DELETE", "access_entity": DagAccessEntity.RUN, "details": DagDetails(id=dag)} for dag in ("etl", "report")]
    assert manager.batch_is_authorized_dag(asked[:1], user=user)
    assert not manager.batch_is_authorized_dag(asked, user=user)


def test_a_role_on_the_whole_deployment_keeps_its_power_beside_one_on_a_dag() -> None:
    user = somebody(viewer("etl"), role="OPERATOR")
    for entity, method in itertools.product([None, *DagAccessEntity], ["GET", "POST", "PUT", "DELETE"]):
        assert may(user, method, entity, "report")


NOT_OF_A_DAG: dict[str, Callable[[PlaneUser], bool]] = {
    "connections": lambda user: manager.is_authorized_connection(method="GET", user=user),
    "variables": lambda user: manager.is_authorized_variable(method="GET", user=user),
    "pools": lambda user: manager.is_authorized_pool(method="GET", user=user),
    "assets": lambda user: manager.is_authorized_asset(method="GET", user=user),
    "configuration": lambda user: manager.is_authorized_configuration(method="GET", user=user),
    "plugins": lambda user: manager.is_authorized_custom_view(method="GET", resource_name="x", user=user),
} | {
    view.value: lambda user, view=view: manager.is_authorized_view(access_view=view, user=user)
    for view in set(AccessView) - {AccessView.WEBSITE, AccessView.DOCS}
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_OF_A_DAG)
def test_what_belongs_to_the_whole_deployment_stays_shut(what: str) -> None:
    assert not NOT_OF_A_DAG[what](somebody(author("etl", tags=("finance",))))


def test_the_menu_is_that_of_dags() -> None:
    assert manager.is_authorized_view(access_view=AccessView.WEBSITE, user=somebody(viewer("etl")))
    assert manager.filter_authorized_menu_items(list(MenuItem), user=somebody(author("etl"))) == [MenuItem.DAGS, MenuItem.DOCS]


def test_every_part_of_a_dag_that_airflow_knows_is_thought_of() -> None:
    nothing_for = {entity for entity in DagAccessEntity if permission("GET", entity) is None}
    assert nothing_for == {DagAccessEntity.AUDIT_LOG}


def test_a_session_carries_them_whole() -> None:
    access = (viewer("etl", "überweisung"), author(tags=("finance", "a tag, with: anything/in it")))
    assert unpacked(packed(access)) == access
    user = somebody(*access)
    assert manager.deserialize_user(manager.serialize_user(user)) == user
    with pytest.raises(ValueError, match="no role"):
        manager.deserialize_user(manager.serialize_user(somebody()))


def redeemed(monkeypatch: pytest.MonkeyPatch, dag_ids: list[str]) -> httpx.Response:
    body = {"subject": "u1", "name": "Eve", "role": None, "dags": [{"permissions": sorted(READS), "dagIds": dag_ids, "dagTags": []}]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    plane = Plane(api_url="http://plane.invalid", deployment_id="d1", transport=transport)
    monkeypatch.setattr(handover, "plane", lambda: plane)
    client = TestClient(handover.handover_app(manager), base_url="http://solar-orbit-1.localhost:20001")
    return client.post("/handover", json={"code": "once"})


def test_a_link_opens_a_session_for_a_hundred_dags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow.models.revoked_token.RevokedToken.is_revoked", lambda jti: False)
    opened = redeemed(monkeypatch, [f"team_a_daily_report_{number}" for number in range(100)])
    assert opened.status_code == 200, opened.text
    user = asyncio.run(manager.get_user_from_token(opened.cookies["_token"]))
    assert may(user, "GET", DagAccessEntity.RUN, "team_a_daily_report_99")
    assert not may(user, "GET", DagAccessEntity.RUN, "etl")


def test_roles_that_no_cookie_can_carry_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    refused = redeemed(monkeypatch, [f"{chance.getrandbits(400):x}" for _ in range(100)])
    assert refused.status_code == 403
    assert "tags" in refused.json()["detail"]
    assert "set-cookie" not in refused.headers
