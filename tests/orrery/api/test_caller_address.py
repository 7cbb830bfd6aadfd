"""The caller's address is the viewer's where the distribution says so, and nobody else can say anything about it."""

import importlib
import ipaddress
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.api.caller_address import address_of
from orrery.api.sign_in import requests
from orrery.settings import settings

from tests.support.audit import exported
from tests.support.http import Answer, event, function_of, parse
from tests.support.installation import Installation

SECRET = "the-distributions-own-words"
GATEWAY, VIEWER = "127.0.0.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ORIGIN_SECRET", SECRET)
    settings.cache_clear()
    yield
    settings.cache_clear()


def sent(method: str = "GET", path: str = "/v1/x", *, text: str = "", **headers: str) -> dict[str, Any]:
    return event(method, path, text=text, headers={name.replace("_", "-"): value for name, value in headers.items()})


def through(secret: str = SECRET, viewer: str = VIEWER) -> dict[str, str]:
    return {"x_orrery_origin_secret": secret, "x_orrery_viewer_address": viewer}


@pytest.mark.parametrize("address", [VIEWER, "2001:db8::7"])
def test_what_came_through_the_distribution_comes_from_its_viewer(address: str) -> None:
    assert address_of(sent(**through(viewer=address))) == address


def test_an_address_without_the_secret_counts_for_nothing() -> None:
    assert address_of(sent(x_orrery_viewer_address=VIEWER)) == GATEWAY
    assert address_of(sent(cloudfront_viewer_address=f"{VIEWER}:4711", x_forwarded_for=VIEWER)) == GATEWAY


@given(st.text(max_size=60).filter(lambda text: text != SECRET))
def test_no_other_secret_opens(guess: str) -> None:
    assert address_of(sent(**through(guess))) == GATEWAY


def test_where_there_is_no_secret_an_empty_one_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORIGIN_SECRET")
    settings.cache_clear()
    assert address_of(sent(**through(""))) == GATEWAY


def test_who_signs_in_is_shown_and_recorded_by_it() -> None:
    assert requests.read(sent("POST", "/sign-in/v1/device", **through()), "/sign-in/v1").source_ip == VIEWER


@given(st.text(max_size=60))
def test_whatever_the_header_says_an_address_is_the_answer(text: str) -> None:
    assert ipaddress.ip_address(address_of(sent(**through(viewer=text))))


def ask(installation: Installation, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    text = "" if body is None else json.dumps(body)
    headers = {"authorization": f"Bearer {installation.owner.token}", "content-type": "application/json", **headers}
    return parse(importlib.import_module(f"functions.{function_of(path)}.app").handler(sent(method, path, text=text, **headers), None))


def test_the_list_of_allowed_addresses_and_the_audit_log_go_by_it(installation: Installation) -> None:
    allowed = f"{installation.path}/allowed-ip-address-ranges/bulk-create"
    installation.owner.post(allowed, {"allowedIpAddressRanges": ["127.0.0.0/8", "198.51.100.0/24"]})
    path = f"{installation.path}/workspaces"

    assert ask(installation, "POST", path, {"name": "through"}, **through()).status == 200
    assert ask(installation, "POST", path, {"name": "direct"}).status == 200
    assert ask(installation, "POST", path, {"name": "forged"}, **through("guess", "203.0.113.9")).status == 200
    stranger = ask(installation, "POST", path, {"name": "stranger"}, **through(viewer="203.0.113.9"))

    assert (stranger.status, "`203.0.113.9`" in stranger.body["message"]) == (403, True)
    seen = {record["requestBody"]["name"]: record["sourceIp"] for record in exported(installation) if record["path"] == path}
    assert seen == {"through": VIEWER, "direct": GATEWAY, "forged": GATEWAY, "stranger": "203.0.113.9"}


def test_the_secret_is_in_no_log_no_answer_and_no_record(
    installation: Installation, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{installation.path}/workspaces"
    answers = [ask(installation, "POST", path, body, **through()) for body in ({"name": "etl"}, {"name": 7}, {"name": "etl"})]
    with monkeypatch.context() as patched:
        patched.setattr("orrery.store.audit.append", lambda record: 1 / 0)
        answers += [ask(installation, "GET", f"{path}/nowhere", **through())]

    printed = capfd.readouterr()
    logged = printed.out + printed.err + caplog.text + json.dumps([vars(each) for each in caplog.records], default=str)
    assert "audit record not kept" in logged
    told = logged + json.dumps([[each.body, dict(each.headers)] for each in answers]) + json.dumps(exported(installation))
    assert SECRET not in told
    assert SECRET not in repr(settings())
