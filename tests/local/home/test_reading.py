"""The web console reads two real Airflows from its own origin: with a token of each, and with nothing of the control plane's."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from orrery.api.wire.airflow_access import DagAccess
from orrery.authz.policy import Role, permissions
from playwright.sync_api import Error, Page

from tests.dataplane_contract import a_spec, ref_of, remove_all
from tests.local.home.airflows import Airflow, Answer
from tests.local.home.running import FakePlane, RunningHome, wait_until

pytestmark = pytest.mark.e2e
SHOP = (Path(__file__).parent / "shop.py").read_text()


READING = """async ([airflow, code]) => {
  const ask = (method, path, body, headers) => fetch(airflow + path, {
    method, headers: {"Content-Type": "application/json", ...headers}, credentials: "omit", body: body && JSON.stringify(body),
  });
  const token = (await (await ask("POST", "/auth/token", {code})).json()).access_token;
  const own = {Authorization: `Bearer ${token}`};
  const paused = await ask("PATCH", "/api/v2/dags/wiring", {is_paused: true}, own);
  const dags = await (await ask("GET", "/api/v2/dags", undefined, own)).json();
  return [paused.status, dags.dags.map(each => each.dag_id).sort()];
}"""
"""What a console's page does, in a browser."""


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """A test's output is its own."""


@pytest.fixture(scope="module")
def console() -> Iterator[str]:
    """An origin that has pages, though there is nothing on them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass
class Script:
    """A page's script, as a browser sends its requests: no cookie, a token where one is given; the console's, if no `origin` is named."""

    airflow: Airflow
    origin: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        self.origin = self.origin or self.airflow.spec.console_origin

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        return self.airflow.ask(method, path, body, Origin=self.origin, Authorization=self.token and f"Bearer {self.token}")

    def preflight(self, method: str, path: str, headers: str = "authorization,content-type") -> Answer:
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
        return self.airflow.ask("OPTIONS", path, Origin=self.origin, Authorization="", **asked)

    def sign_in(self, code: str) -> Answer:
        """Trade a code for a token, which later requests bring."""
        answer = self.ask("POST", "/auth/token", {"code": code})
        if answer.status == 201:
            self.token = answer.body["access_token"]
        return answer


@pytest.fixture(scope="module")
def two(home: RunningHome, fake_plane: FakePlane, console: str) -> Iterator[tuple[Airflow, Airflow]]:
    fake_plane.tokens["operator-token"] = "OPERATOR"
    one, other = (Airflow(home, a_spec(api_url=fake_plane.url, console_origin=console)).up() for _ in range(2))
    yield one, other
    for each in (one, other):
        remove_all(home.client, ref_of(each.spec))


@pytest.fixture(scope="module")
def airflow(two: tuple[Airflow, Airflow], tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    airflow, _ = two
    airflow.deploy(SHOP, "v1", tmp_path_factory.mktemp("releases"))
    wait_until(lambda: airflow.ask("GET", "/api/v2/dags").body["total_entries"] == 3, seconds=60, what="the DAGs")
    return airflow


DOORS = [("POST", "/auth/token"), ("GET", "/api/v2/dags"), ("POST", "/api/v2/dags/shop/dagRuns"), ("PATCH", "/api/v2/dags/shop")]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_browser_lets_the_consoles_pages_in_and_no_others(airflow: Airflow, method: str, path: str) -> None:
    allowed = Script(airflow).preflight(method, path)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, airflow.spec.console_origin)
    for origin in ("http://localhost:5001", "http://elsewhere.example", f"{airflow.spec.console_origin}.elsewhere.example", "null"):
        refused = Script(airflow, origin).preflight(method, path)
        assert (refused.status, "Access-Control-Allow-Origin" in refused.headers) == (400, False)


def test_the_console_may_not_delete_nor_send_headers_of_its_own(airflow: Airflow) -> None:
    assert Script(airflow).preflight("DELETE", "/api/v2/dags/shop").status == 400
    assert Script(airflow).preflight("GET", "/api/v2/dags", "x-own").status == 400


def test_a_console_reads_runs_and_pauses_with_a_token_of_that_airflow(airflow: Airflow, fake_plane: FakePlane) -> None:
    fake_plane.codes["once"] = "AUTHOR"
    script = Script(airflow)
    signed_in = script.sign_in("once")
    assert (signed_in.status, signed_in.headers["Access-Control-Allow-Origin"]) == (201, airflow.spec.console_origin)

    dags = script.ask("GET", "/api/v2/dags")
    assert {each["dag_id"] for each in dags.body["dags"]} == {"shop", "patient", "wiring"}
    assert dags.headers["Access-Control-Allow-Origin"] == airflow.spec.console_origin
    assert script.ask("PATCH", "/api/v2/dags/shop", {"is_paused": False}).body["is_paused"] is False
    run = script.ask("POST", "/api/v2/dags/shop/dagRuns", {"logical_date": None}).body["dag_run_id"]
    assert [each["dag_run_id"] for each in script.ask("GET", "/api/v2/dags/shop/dagRuns").body["dag_runs"]] == [run]
    tasks = script.ask("GET", f"/api/v2/dags/shop/dagRuns/{run}/taskInstances").body["task_instances"]
    assert {each["task_id"] for each in tasks} == {"first", "second"}
    assert script.ask("GET", "/api/v2/importErrors").body["import_errors"] == []
    assert script.ask("PATCH", "/api/v2/dags/shop", {"is_paused": True}).body["is_paused"] is True

    fake_plane.codes["viewer"] = "VIEWER"
    script.sign_in("viewer")
    assert script.ask("PATCH", "/api/v2/dags/shop", {"is_paused": False}).status == 403


def test_whoever_may_see_some_dags_sees_these_alone(airflow: Airflow, fake_plane: FakePlane) -> None:
    on_shop = DagAccess(permissions=[each.value for each in permissions(Role.DAG_VIEWER)], dag_ids=["shop"], dag_tags=[])
    fake_plane.codes["shop"] = {"role": None, "dags": [on_shop.model_dump()]}
    script = Script(airflow)
    script.sign_in("shop")

    assert [each["dag_id"] for each in script.ask("GET", "/api/v2/dags").body["dags"]] == ["shop"]
    assert {each["dag_id"] for each in script.ask("GET", "/api/v2/dags/~/dagRuns").body["dag_runs"]} <= {"shop"}
    assert script.ask("GET", "/api/v2/dags/patient").status == 403
    assert script.ask("GET", "/api/v2/importErrors").status == 403
    assert script.ask("POST", "/api/v2/dags/shop/dagRuns", {"logical_date": None}).status == 403


def test_a_code_lets_in_once_and_what_a_refusal_says_can_be_read(airflow: Airflow, fake_plane: FakePlane) -> None:
    fake_plane.codes["again"] = "VIEWER"
    assert [Script(airflow).sign_in("again").status for _ in range(2)] == [201, 401]
    for refused in (Script(airflow).sign_in("again"), Script(airflow).ask("GET", "/api/v2/dags")):
        assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, airflow.spec.console_origin)


def test_a_token_is_worth_nothing_at_another_airflow(two: tuple[Airflow, Airflow], fake_plane: FakePlane) -> None:
    fake_plane.codes["mine"] = "OPERATOR"
    script = Script(two[0])
    script.sign_in("mine")
    assert script.ask("GET", "/api/v2/dags").status == 200
    script.airflow = two[1]
    assert script.ask("GET", "/api/v2/dags").status == 401


def test_the_console_opens_no_session_for_anybody(airflow: Airflow, fake_plane: FakePlane) -> None:
    """Airflow's own page does that, under the Deployment's own name."""
    fake_plane.codes["session"] = "VIEWER"
    refused = Script(airflow).ask("POST", "/auth/handover", {"code": "session"})
    assert (refused.status, "Set-Cookie" in refused.headers) == (403, False)
    assert Script(airflow).sign_in("session").status == 201


def test_a_real_browser_does_so_for_the_consoles_page_and_for_no_other(airflow: Airflow, fake_plane: FakePlane, page: Page) -> None:
    fake_plane.codes["browser"] = "AUTHOR"
    page.goto(airflow.spec.console_origin.replace("localhost", "elsewhere.localhost"))
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate(READING, [airflow.address, "browser"])
    assert "browser" in fake_plane.codes, "the code was not even brought"

    page.goto(airflow.spec.console_origin)
    assert page.evaluate(READING, [airflow.address, "browser"]) == [200, ["patient", "shop", "wiring"]]
