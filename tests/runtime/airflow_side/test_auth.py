"""Who may do what in Airflow: roles as the control plane gives them, tokens as it judges them now."""
# mypy: ignore-errors

import asyncio
import inspect
from collections.abc import Callable

import httpx
import pytest
from airflow.api_fastapi.auth.managers.base_auth_manager import BaseAuthManager
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity
from airflow.api_fastapi.common.types import MenuItem
from fastapi import HTTPException
from orrery_airflow import auth, plane
from orrery_airflow.auth import OrreryAuthManager
from orrery_airflow.handover import safe_next
from orrery_airflow.plane import ROLES, Plane, PlaneUser

manager = OrreryAuthManager()


def may(role: str, ask: Callable[[PlaneUser], bool]) -> bool:
    return ask(PlaneUser(id="u1", name="Ada", role=role))


def dag(method: str, user: PlaneUser, entity: DagAccessEntity) -> bool:
    return manager.is_authorized_dag(method=method, user=user, access_entity=entity)


# what is asked -> the least role that may
LEAST = {
    "see DAGs": ("VIEWER", lambda user: manager.is_authorized_dag(method="GET", user=user)),
    "read task logs": ("VIEWER", lambda user: dag("GET", user, DagAccessEntity.TASK_LOGS)),
    "see assets": ("VIEWER", lambda user: manager.is_authorized_asset(method="GET", user=user)),
    "see the website": ("VIEWER", lambda user: manager.is_authorized_view(access_view=AccessView.WEBSITE, user=user)),
    "trigger a DAG": ("AUTHOR", lambda user: dag("POST", user, DagAccessEntity.RUN)),
    "pause a DAG": ("AUTHOR", lambda user: manager.is_authorized_dag(method="PUT", user=user)),
    "clear tasks": ("AUTHOR", lambda user: dag("PUT", user, DagAccessEntity.TASK_INSTANCE)),
    "see XComs": ("AUTHOR", lambda user: dag("GET", user, DagAccessEntity.XCOM)),
    "see connections": ("AUTHOR", lambda user: manager.is_authorized_connection(method="GET", user=user)),
    "see variables": ("AUTHOR", lambda user: manager.is_authorized_variable(method="GET", user=user)),
    "see pools": ("AUTHOR", lambda user: manager.is_authorized_pool(method="GET", user=user)),
    "see plugins": ("AUTHOR", lambda user: manager.is_authorized_view(access_view=AccessView.PLUGINS, user=user)),
    "change connections": ("OPERATOR", lambda user: manager.is_authorized_connection(method="PUT", user=user)),
    "delete variables": ("OPERATOR", lambda user: manager.is_authorized_variable(method="DELETE", user=user)),
    "make pools": ("OPERATOR", lambda user: manager.is_authorized_pool(method="POST", user=user)),
    "change XComs": ("OPERATOR", lambda user: dag("PUT", user, DagAccessEntity.XCOM)),
    "see the audit log": (
        "OPERATOR",
        lambda user: dag("GET", user, DagAccessEntity.AUDIT_LOG),
    ),
    "see the configuration": ("ADMIN", lambda user: manager.is_authorized_configuration(method="GET", user=user)),
    "many connections at once": (
        "OPERATOR",
        lambda user: manager.batch_is_authorized_connection([{"method": "GET"}, {"method": "DELETE"}], user=user),
    ),
    "many DAGs at once": ("AUTHOR", lambda user: manager.batch_is_authorized_dag([{"method": "GET"}, {"method": "PUT"}], user=user)),
    "many pools at once": ("AUTHOR", lambda user: manager.batch_is_authorized_pool([{"method": "GET"}], user=user)),
    "many variables at once": ("OPERATOR", lambda user: manager.batch_is_authorized_variable([{"method": "POST"}], user=user)),
}


@pytest.mark.parametrize("what", LEAST)
def test_the_least_role_that_may(what: str) -> None:
    least, ask = LEAST[what]
    assert [role for role in ROLES if may(role, ask)] == list(ROLES[ROLES.index(least) :])


def test_menus_show_what_a_role_may_open() -> None:
    shown = {role: set(manager.filter_authorized_menu_items(list(MenuItem), user=PlaneUser("u", "u", role))) for role in ROLES}
    assert {MenuItem.DAGS, MenuItem.ASSETS} <= shown["VIEWER"]
    assert MenuItem.CONNECTIONS not in shown["VIEWER"]
    assert shown["AUTHOR"] - shown["VIEWER"] >= {MenuItem.CONNECTIONS, MenuItem.VARIABLES, MenuItem.POOLS, MenuItem.XCOMS}
    assert shown["ADMIN"] == set(MenuItem)


def test_every_question_of_airflow_is_answered_with_its_own_words() -> None:
    for name in BaseAuthManager.__abstractmethods__:
        asked = set(inspect.signature(getattr(BaseAuthManager, name)).parameters) - {"kwargs"}
        assert asked <= set(inspect.signature(getattr(OrreryAuthManager, name)).parameters), name


class World:
    """A control plane that can be changed while it is asked."""

    def __init__(self) -> None:
        self.answer = httpx.Response(200, json={"subject": "u1", "name": "Ada", "role": "OPERATOR"})
        self.asked: list[httpx.Request] = []
        self.plane = Plane(api_url="http://plane.invalid", deployment_id="d1", transport=httpx.MockTransport(self._reply))

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(auth, "plane", lambda: world.plane)
    return world


def ask(token: str) -> PlaneUser:
    return asyncio.run(manager.get_user_from_token(token))


def test_a_token_of_the_control_plane_is_judged_there_with_the_callers_own_token(world: World) -> None:
    assert ask("token-1") == PlaneUser(id="u1", name="Ada", role="OPERATOR")
    assert world.asked[0].url.path == "/airflow/v1/deployments/d1/access"
    assert world.asked[0].headers["authorization"] == "Bearer token-1"


def test_an_answer_is_believed_for_less_than_a_second(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(plane.time, "monotonic", lambda: now[0])
    ask("token-1")
    now[0] += 0.8
    ask("token-1")
    assert len(world.asked) == 1
    now[0] += 0.2
    world.answer = httpx.Response(401)
    with pytest.raises(HTTPException) as refused:
        ask("token-1")
    assert refused.value.status_code == 401


def test_a_refusal_is_never_remembered(world: World) -> None:
    world.answer = httpx.Response(401)
    with pytest.raises(HTTPException):
        ask("token-1")
    world.answer = httpx.Response(200, json={"subject": "u1", "name": "Ada", "role": "VIEWER"})
    assert ask("token-1").role == "VIEWER"


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (httpx.Response(401), 401, "revoked"),
        (httpx.Response(404), 403, "no role on this Deployment"),
        (httpx.Response(500), 503, "does not answer"),
        (httpx.ConnectError("away"), 503, "does not answer"),
        (httpx.ReadTimeout("slow"), 503, "does not answer"),
        (httpx.Response(200, text="<html>"), 503, "does not answer"),
        (httpx.Response(200, json={"subject": "u1", "role": "KING"}), 503, "does not answer"),
    ],
)
def test_what_the_control_plane_says_no_to_is_refused_in_words(world: World, answer: object, status: int, words: str) -> None:
    world.answer = answer
    with pytest.raises(HTTPException) as refused:
        ask("token-1")
    assert refused.value.status_code == status
    assert words in refused.value.detail


def test_a_session_of_ours_goes_on_while_the_control_plane_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.answer = httpx.ConnectError("away")
    monkeypatch.setattr("airflow.models.revoked_token.RevokedToken.is_revoked", lambda jti: False)
    session = manager.generate_jwt(PlaneUser(id="u1", name="Ada", role="AUTHOR"), expiration_time_in_seconds=60)
    assert ask(session) == PlaneUser(id="u1", name="Ada", role="AUTHOR")
    assert world.asked == []


def test_a_token_that_only_claims_to_be_our_session_is_refused(world: World) -> None:
    import jwt

    forged = jwt.encode({"iss": "urn:orrery:deployment:d1", "sub": "u1", "name": "Eve", "role": "ADMIN"}, "x" * 64, algorithm="HS512")
    with pytest.raises(jwt.InvalidTokenError):
        ask(forged)
    assert world.asked == []


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/dags/etl?tab=runs", "/dags/etl?tab=runs"),
        ("http://solar-orbit-1.localhost:20001/dags", "/dags"),
        ("", "/"),
        ("//elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
        ("http://solar-orbit-1.localhost:20002/dags", "/"),
        ("http://solar-orbit-1.localhost:20001//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("\\\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
    ],
)
def test_signing_in_leads_to_this_airflow_only(wanted: str, given: str) -> None:
    assert safe_next(wanted) == given
