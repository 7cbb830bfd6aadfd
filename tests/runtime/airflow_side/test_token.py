"""A one-time code is traded for a token of this Airflow's API, good for minutes and here alone."""
# mypy: ignore-errors

import asyncio
import json
from collections.abc import Callable

import httpx
import jwt
import pytest
from fastapi.testclient import TestClient
from orrery_airflow import handover
from orrery_airflow.auth import OrreryAuthManager
from orrery_airflow.plane import Plane, PlaneUser

manager = OrreryAuthManager()
HERE = "http://solar-orbit-1.localhost:20001"
CONSOLE = {"Origin": "https://console.example.com"}


@pytest.fixture
def trade(monkeypatch: pytest.MonkeyPatch) -> Callable[..., httpx.Response]:
    """Bring a code to this Airflow, whose control plane knows `once` and forgets it."""
    codes = {"once": {"subject": "u1", "name": "Ada", "role": "AUTHOR", "dags": []}}

    def redeemed(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        known = codes.pop(json.loads(request.content)["code"], None)
        return httpx.Response(200 if known else 404, json=known or {})

    plane = Plane(api_url="http://plane.invalid", deployment_id="d1", transport=httpx.MockTransport(redeemed))
    monkeypatch.setattr(handover, "plane", lambda: plane)
    monkeypatch.setattr("airflow.models.revoked_token.RevokedToken.is_revoked", lambda jti: False)

    def bring(code: str = "once", *, to: str = HERE, **headers: str) -> httpx.Response:
        return TestClient(handover.handover_app(manager), base_url=to).post("/token", json={"code": code}, headers=CONSOLE | headers)

    return bring


def user_of(answer: httpx.Response) -> PlaneUser:
    return asyncio.run(manager.get_user_from_token(answer.json()["access_token"]))


def test_a_code_is_worth_one_token(trade: Callable[..., httpx.Response]) -> None:
    first, second = trade(), trade()
    assert (first.status_code, user_of(first)) == (201, PlaneUser(id="u1", name="Ada", role="AUTHOR"))
    assert (second.status_code, second.json()["detail"]) == (401, "This link has been used or is too old")


def test_a_token_is_no_cookie_and_nobody_keeps_it(trade: Callable[..., httpx.Response]) -> None:
    answer = trade()
    assert (answer.json()["token_type"], answer.headers["cache-control"]) == ("Bearer", "no-store")
    assert "set-cookie" not in answer.headers


def test_a_token_is_good_for_as_long_as_it_says_and_that_is_a_quarter_of_an_hour(trade: Callable[..., httpx.Response]) -> None:
    told = trade().json()
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == told["expires_in"] == 900


def test_a_token_that_is_over_is_refused(trade: Callable[..., httpx.Response], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "_TOKEN_SECONDS", -60)
    with pytest.raises(jwt.ExpiredSignatureError):
        user_of(trade())


def test_a_code_that_comes_under_another_host_name_stays_good(trade: Callable[..., httpx.Response]) -> None:
    assert trade(to="http://127.0.0.1:20001").status_code == 403
    assert trade().status_code == 201


@pytest.mark.parametrize("code", ["", "x" * 513])
def test_what_cannot_be_a_code_is_refused_unasked(trade: Callable[..., httpx.Response], code: str) -> None:
    assert trade(code).status_code == 422
