"""The plane as a process: it serves the real template on loopback, offers Invoke on its socket, and ends when told to."""

import json
import socket
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from orrery_cli import settings

from local import invoke, owner
from local.aws.engine import Engine
from local.state import State
from tests.support.process import Plane


@pytest.fixture
def plane(tmp_path: Path, own_engine: Engine) -> Iterator[Plane]:
    plane = Plane(State(tmp_path / ("deep" * 30) / "state"), own_engine)  # longer than the path of a unix socket may be
    yield plane
    if plane.process and plane.process.poll() is None:
        plane.process.kill()
        plane.process.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, aws_engine: Engine) -> Iterator[Plane]:
    plane = Plane(State(tmp_path_factory.mktemp("plane") / "state"), aws_engine)
    plane.start()
    yield plane
    plane.stop()


def get(url: str, token: str = "") -> tuple[int, Any]:
    return ask(urllib.request.Request(url), token)


def post(url: str, body: Any, token: str = "") -> tuple[int, Any]:
    return ask(urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}), token)


def ask(request: urllib.request.Request, token: str) -> tuple[int, Any]:
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_the_plane_serves_its_api_and_comes_back_with_what_was_there(plane: Plane) -> None:
    url = plane.start()
    made = plane.invoke({})
    status, listed = get(f"{url}/v1/organizations", made["token"])
    assert (status, [each["id"] for each in listed["organizations"]]) == (200, [made["organizationId"]])
    assert get(f"{url}/v1/organizations")[0] == 401
    assert get(f"{url}/v1/nowhere", made["token"])[0] == 404

    socket_mode = plane.state.admin_socket.stat().st_mode
    assert stat.S_ISSOCK(socket_mode)
    assert stat.S_IMODE(socket_mode) == 0o600

    assert plane.stop() == 0
    assert not plane.state.plane_ready.exists()
    assert not plane.state.admin_socket.exists()

    url = plane.start()
    assert get(f"{url}/v1/organizations", made["token"]) == (200, listed)
    assert plane.invoke({})["organizationId"] == made["organizationId"]
    assert plane.stop() == 0


def test_the_plane_mails_from_here(plane: Plane) -> None:
    url = plane.start()
    made = plane.invoke({})
    invitation = {"inviteeEmail": "eve@example.com", "role": "ORGANIZATION_MEMBER"}
    status, invite = post(f"{url}/v1/organizations/{made['organizationId']}/invites", invitation, made["token"])
    assert status == 200

    (mail,) = (plane.engine.state / "mail").glob("*.eml")
    text = mail.read_text()
    assert "From: orrery@localhost" in text
    link, _, token = text[text.index(url) :].split()[0].partition("#token=")
    with urllib.request.urlopen(link, timeout=30) as page:
        assert "Accept" in page.read().decode()
    status, accepted = post(link, {"token": token})
    assert (status, accepted["user"]["id"]) == (200, invite["userId"])
    assert "token" not in accepted
    assert post(link, {"token": token})[0] == 404


def test_whoever_signed_in_stays_so_at_the_next_start(running: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORRERY_HOME", str(running.state.cli))
    running.state.prepare()
    url = json.loads(running.state.plane_ready.read_text())["url"]
    first = owner.settle(running.state, url)
    assert settings.stored_token(owner.CONTEXT) == first.token

    settings.store_sign_in(owner.CONTEXT, kept := {"access_token": "a person's"})
    again = owner.settle(running.state, url)

    assert settings.stored_sign_in(owner.CONTEXT) == kept
    assert again.token == first.token
    assert get(f"{url}/v1/users/self", again.token)[0] == 200

    settings.store_sign_in(owner.CONTEXT, None)
    owner.settle(running.state, url)
    assert settings.stored_token(owner.CONTEXT) == first.token


def test_it_listens_on_loopback_only(running: Plane) -> None:
    port = int(json.loads(running.state.plane_ready.read_text())["url"].rpartition(":")[2])
    address = _own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    with pytest.raises(OSError):
        socket.create_connection((address, port), timeout=5).close()


def _own_address() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the kernel picks the address it would send from
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith("127.") else address


def test_the_operators_door_offers_invoke_and_nothing_else(running: Plane) -> None:
    with pytest.raises(invoke.InvokeFailed, match="Function not found: Nobody"):
        invoke.invoke(running.state.admin_socket, "Nobody", {})
    running.invoke({})
    with pytest.raises(invoke.InvokeFailed, match="Invalid: `everybody` cannot be reissued"):
        running.invoke({"reissue": "everybody"})
    connection = invoke._Connection(running.state.admin_socket, 10)
    connection.request("GET", "/v1/organizations")
    assert connection.getresponse().status == 404
    connection.close()


def test_the_console_and_the_api_share_an_address_and_the_console_is_told_of_this_machine(running: Plane) -> None:
    url = json.loads(running.state.plane_ready.read_text())["url"]
    with urllib.request.urlopen(f"{url}/config.json", timeout=30) as answer:
        assert answer.headers["cache-control"] == "no-cache"
        policy, told = answer.headers["content-security-policy"], json.loads(answer.read())
    assert told == {
        "apiUrl": "",
        "issuer": f"{url}/sign-in/v1",
        "clientId": "orrery-console",
        "stage": "local",
        "airflowOrigins": ["http://*.localhost:*"],
    }
    assert "connect-src 'self' http://*.localhost:*;" in policy
