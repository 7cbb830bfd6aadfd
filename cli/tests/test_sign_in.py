"""Signing in from the terminal: the way through the browser, what is kept, how it is renewed, and what is not believed."""

import json
import stat
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from click.testing import Result
from fake_plane import Answer, Plane
from fake_sign_in import Provider
from orrery_cli import loopback, sign_in
from orrery_cli.local import ports

Run = Callable[..., Result]
CONFIG = ("GET", "/private/v1alpha1/cli/auth-config")


@pytest.fixture
def provider(plane: Plane, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Where this plane has people sign in; nobody holds a token yet."""
    monkeypatch.delenv("ORRERY_API_TOKEN")
    with Provider() as running:
        plane.answer(*CONFIG, *[Answer(body=running.config)] * 9)
        yield running


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port of this test's own: somebody else may be signing in on this machine."""
    number = ports.choose()
    monkeypatch.setattr(loopback, "PORT", number)
    return number


class Browser:
    """Opens what it is told to open, and comes back with what `says` makes of the request."""

    def __init__(self, provider: Provider, monkeypatch: pytest.MonkeyPatch, says: Callable[[dict[str, str]], list[dict[str, str]]]) -> None:
        self.provider, self.says = provider, says
        self._seen: list[tuple[int, str]] = []
        monkeypatch.setattr(sign_in, "note", self._read)

    def _read(self, text: str) -> None:
        address = next(line.strip() for line in text.splitlines() if "/authorize?" in line)
        asked = dict(parse_qsl(urlsplit(address).query))
        self.provider.asked.append(asked)
        self._thread = threading.Thread(target=self._come_back, args=(asked,), daemon=True)
        self._thread.start()

    @property
    def seen(self) -> list[tuple[int, str]]:
        """What it was shown, when it has seen everything."""
        self._thread.join()
        return self._seen

    def _come_back(self, asked: dict[str, str]) -> None:
        for each in self.says(asked):
            self._seen.append(fetched(f"{asked['redirect_uri']}?{urlencode(each)}"))


def fetched(address: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def honest(asked: dict[str, str]) -> list[dict[str, str]]:
    return [{"code": "code", "state": asked["state"]}]


def failure(result: Result) -> Any:
    """What a script reads: the last line of stderr, after whatever was said to the person."""
    return json.loads(result.stderr.splitlines()[-1])


def credentials(environment: dict[str, str]) -> Path:
    return Path(environment["ORRERY_HOME"]) / "credentials.json"


def test_a_person_signs_in_through_the_browser_and_is_kept_for_the_owner_alone(
    orrery: Run, provider: Provider, port: int, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(provider, monkeypatch, honest)

    done = orrery("login", "--no-browser", "-o", "json")

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["tokenSource"] == "sign-in"
    assert "Signed in" in browser.seen[0][1]
    assert stat.S_IMODE(credentials(environment).stat().st_mode) == 0o600
    assert orrery("whoami").exit_code == 0
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert {asked["response_type"], asked["client_id"], asked["audience"]} == {"code", "orrery-cli", "http://plane"}
    for secret in ("a.plane.token", "refresh-0", "code_verifier"):
        assert secret not in done.stdout + done.stderr


def test_each_sign_in_draws_its_own_secrets(orrery: Run, provider: Provider, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    Browser(provider, monkeypatch, honest)

    for _ in range(2):
        assert orrery("login", "--no-browser").exit_code == 0

    first, second = provider.asked
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 43


def test_only_its_own_state_ends_the_wait(orrery: Run, provider: Provider, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = [{"code": "evil", "state": "evil"}, {"code": "evil"}, {"error": "access_denied", "state": ""}]
    browser = Browser(provider, monkeypatch, lambda asked: [*foreign, *honest(asked)])

    assert orrery("login", "--no-browser").exit_code == 0

    assert [status for status, _ in browser.seen[:3]] == [400, 400, 400]
    assert [form["code"] for path, form in provider.posted if "code" in form] == ["code"]


REFUSED = {
    "said no": (
        lambda asked: [{"error": "access_denied", "error_description": "they said no", "state": asked["state"]}],
        None,
        "they said no",
    ),
    "another server": (lambda asked: [{**honest(asked)[0], "iss": "https://evil.example"}], None, "another server"),
    "another nonce": (honest, "another", "another sign-in"),
}


@pytest.mark.parametrize(("says", "nonce", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_its_own_sign_in_is_kept_by_nobody(
    orrery: Run,
    provider: Provider,
    port: int,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    says: Any,
    nonce: Any,
    words: str,
) -> None:
    Browser(provider, monkeypatch, says)
    provider.nonce = nonce

    done = orrery("login", "--no-browser", "-o", "json")

    told = failure(done)
    assert (done.exit_code, told["kind"]) == (1, "unauthenticated")
    assert words in told["error"]
    assert not credentials(environment).exists()


def test_the_loopback_shows_nothing_that_it_was_sent(orrery: Run, provider: Provider, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "<script>alert(1)</script>"
    browser = Browser(provider, monkeypatch, lambda asked: [{"error": script, "error_description": script, "state": asked["state"]}])

    orrery("login", "--no-browser")

    assert browser.seen[0][0] == 403
    assert "alert" not in browser.seen[0][1]


def test_the_loopback_answers_to_its_own_name_alone(port: int) -> None:
    with loopback.Loopback("state") as waiting:
        threading.Thread(target=waiting.handle_request, daemon=True).start()
        status, _ = fetched(f"http://127.0.0.1:{port}/callback?code=x&state=state", Host=f"evil.example:{port}")

    assert status == 404
    assert not waiting.answer


def test_a_port_that_is_taken_is_said_with_the_way_around(orrery: Run, provider: Provider, port: int) -> None:
    with loopback.Loopback("somebody else's"):
        told = failure(orrery("login", "--no-browser", "-o", "json"))

    assert "--device" in told["error"]


def test_nobody_waits_for_ever(orrery: Run, provider: Provider, port: int) -> None:
    told = failure(orrery("login", "--no-browser", "--timeout", "1", "-o", "json"))

    assert told["kind"] == "unauthenticated"


def test_without_anybody_at_a_terminal_it_asks_for_another_way(orrery: Run, provider: Provider) -> None:
    told = failure(orrery("login", "-o", "json"))

    assert told["kind"] == "input_required"
    assert provider.posted == []


def test_a_device_code_is_shown_and_asked_about_until_somebody_has_typed_it(orrery: Run, provider: Provider) -> None:
    provider.answers = [(400, {"error": "authorization_pending"})]

    done = orrery("login", "--device", "-o", "json")

    assert json.loads(done.stdout)["tokenSource"] == "sign-in"
    assert "BCDF-GHJK" in done.stderr
    assert "BCDF-GHJK" not in done.stdout
    assert orrery("whoami").exit_code == 0


def test_a_device_is_told_why_it_is_not_signed_in(orrery: Run, provider: Provider) -> None:
    provider.answers = [(400, {"error": "access_denied", "error_description": "they said no"})]

    assert "they said no" in failure(orrery("login", "--device", "-o", "json"))["error"]


def test_an_address_in_the_clear_elsewhere_is_not_trusted(orrery: Run, plane: Plane, provider: Provider) -> None:
    plane.answers.pop(CONFIG)
    plane.answer(*CONFIG, Answer(body=provider.config | {"domainUrl": "http://evil.example/"}))

    assert "https" in failure(orrery("login", "--device", "-o", "json"))["error"]


@pytest.fixture
def signed_in(orrery: Run, provider: Provider) -> Provider:
    assert orrery("login", "--device").exit_code == 0
    provider.posted.clear()
    return provider


def test_a_fresh_token_is_used_as_it_is(orrery: Run, signed_in: Provider) -> None:
    assert orrery("whoami").exit_code == 0
    assert signed_in.posted == []


def test_a_token_that_ends_soon_is_refreshed_first_and_its_successor_is_kept(orrery: Run, provider: Provider) -> None:
    provider.expires_in = 30
    assert orrery("login", "--device").exit_code == 0

    assert [orrery("whoami").exit_code for _ in range(3)] == [0, 0, 0]

    used = [form["refresh_token"] for _, form in provider.posted if form.get("grant_type") == "refresh_token"]
    assert used == ["refresh-0", "refresh-1", "refresh-2"]


def test_a_token_that_the_api_refuses_is_refreshed_once(orrery: Run, plane: Plane, signed_in: Provider) -> None:
    plane.token = signed_in.access[0] = "a.newer.token"

    assert orrery("whoami").exit_code == 0

    assert [form["grant_type"] for _, form in signed_in.posted] == ["refresh_token"]


def test_many_commands_at_once_use_each_refresh_token_once(environment: dict[str, str], provider: Provider, orrery: Run) -> None:
    provider.expires_in = 30
    assert orrery("login", "--device").exit_code == 0
    provider.expires_in = 900

    with ThreadPoolExecutor(8) as crowd:
        tokens = list(crowd.map(lambda _: sign_in.token("local"), range(8)))

    assert not provider.is_over
    assert set(tokens) == {"a.plane.token"}
    assert [form["refresh_token"] for _, form in provider.posted if "refresh_token" in form] == ["refresh-0"]


def test_a_sign_in_that_is_over_is_forgotten_and_says_what_to_do(orrery: Run, provider: Provider, environment: dict[str, str]) -> None:
    provider.expires_in = 30
    orrery("login", "--device")
    provider.is_over = True

    told = failure(orrery("whoami", "-o", "json"))

    assert told["kind"] == "unauthenticated"
    assert "orrery login" in told["error"]
    assert "refresh" not in credentials(environment).read_text()


def test_signing_out_ends_it_on_the_server_and_here(orrery: Run, signed_in: Provider, environment: dict[str, str]) -> None:
    assert json.loads(orrery("logout", "-o", "json").stdout)["loggedOut"] is True

    assert signed_in.posted == [("/at/oauth/revoke", {"client_id": "orrery-cli", "token": "refresh-0"})]
    assert "refresh" not in credentials(environment).read_text()
    assert orrery("whoami").exit_code == 1


def test_signing_out_everywhere_tells_the_server_so(orrery: Run, signed_in: Provider) -> None:
    assert orrery("logout", "--everywhere").exit_code == 0

    assert [path for path, _ in signed_in.posted] == ["/at/sign-out-everywhere"]


def test_signing_out_everywhere_takes_a_sign_in(orrery: Run, provider: Provider) -> None:
    assert failure(orrery("logout", "--everywhere", "-o", "json"))["kind"] == "unauthenticated"


def test_an_api_token_takes_the_place_of_a_sign_in_and_the_other_way_round(orrery: Run, plane: Plane, signed_in: Provider) -> None:
    orrery("login", "--token", stdin=plane.token)
    assert json.loads(orrery("whoami", "-o", "json").stdout)["tokenSource"] == "file"

    orrery("login", "--device")
    assert json.loads(orrery("whoami", "-o", "json").stdout)["tokenSource"] == "sign-in"


def test_the_environments_token_goes_before_a_sign_in(
    orrery: Run, plane: Plane, signed_in: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORRERY_API_TOKEN", "another")

    assert failure(orrery("whoami", "-o", "json"))["kind"] == "unauthenticated"
    assert signed_in.posted == []


def test_the_ways_to_sign_in_exclude_each_other(orrery: Run) -> None:
    assert orrery("login", "--token", "--device").exit_code == 2
