"""Signing in through the real plane and its stand-in for an identity provider, over HTTP, as a browser and a command do it."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from orrery.model.sign_in import challenge_of

from local.aws.engine import Engine
from local.state import State
from tests.support.process import Plane

VERIFIER = "v" * 64
LOOPBACK = "http://localhost:12345/callback"


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory, aws_engine: Engine) -> Iterator[Plane]:
    plane = Plane(State(tmp_path_factory.mktemp("plane") / "state"), aws_engine)
    plane.start()
    yield plane
    plane.stop()


def test_the_owner_signs_in_with_the_code_that_only_they_can_read(plane: Plane) -> None:
    made, url = plane.invoke({}), str(json.loads(plane.state.plane_ready.read_text())["url"])
    config = httpx2.get(f"{url}/private/v1alpha1/cli/auth-config").json()
    assert config["domainUrl"] == f"{url}/sign-in/v1/"
    asked = {
        "client_id": config["clientId"], "audience": config["audience"], "redirect_uri": LOOPBACK, "response_type": "code",
        "scope": "openid profile email offline_access", "state": "s", "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256", "prompt": "login", "response_mode": "query",
    }  # fmt: skip
    browser = httpx2.Client(headers={"origin": url})

    stand_in = browser.get(f"{config['domainUrl']}authorize", params=asked).headers["location"]
    admitted = browser.post(stand_in, data={"code": plane.state.sign_in_code()})
    who = browser.get(f"{url}{admitted.headers['location']}")
    assert "owner@example.com" in who.text
    back = browser.post(stand_in, data={"email": "owner@example.com"}).headers["location"]
    onward = browser.get(back).headers["location"]

    assert onward.startswith(LOOPBACK)
    code = dict(parse_qsl(urlsplit(onward).query))["code"]
    form = {"grant_type": "authorization_code", "client_id": config["clientId"], "code": code, "code_verifier": VERIFIER}
    tokens = httpx2.post(f"{config['domainUrl']}oauth/token", data=form | {"redirect_uri": LOOPBACK}).json()
    mine = {"authorization": f"Bearer {tokens['access_token']}"}
    assert httpx2.get(f"{config['domainUrl']}userinfo", headers=mine).json()["email"] == "owner@example.com"
    assert httpx2.get(f"{url}/v1/users/self", params={"createIfNotExist": "true"}, headers=mine).json()["id"] == made["ownerId"]
