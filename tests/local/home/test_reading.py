"""The web console reads two real Airflows from its own origin: with a token of each, and with nothing of the control plane's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from orrery.api.wire.airflow_access import DagAccess
from orrery.authz.policy import Role, permissions

from tests.dataplane_contract import a_spec, ref_of, remove_all
from tests.local.home.airflows import Airflow, Answer
from tests.local.home.running import FakePlane, RunningHome, wait_until

pytestmark = pytest.mark.e2e
CONSOLE = "http://localhost:5000"
SHOP = (Path(__file__).parent / "shop.py").read_text()


@dataclass
class Page:
    """A page of some origin, as a browser sends its scripts' requests: no cookie, and a token only where one is given."""

    airflow: Airflow
    origin: str = CONSOLE
    token: str = ""

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
def two(home: RunningHome, fake_plane: FakePlane) -> Iterator[tuple[Airflow, Airflow]]:
    fake_plane.tokens["operator-token"] = "OPERATOR"
    one, other = (Airflow(home, a_spec(api_url=fake_plane.url, console_origin=CONSOLE)).up() for _ in range(2))
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
    allowed = Page(airflow).preflight(method, path)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, CONSOLE)
    for origin in ("http://localhost:5001", "http://elsewhere.example", f"{CONSOLE}.elsewhere.example", "null"):
        refused = Page(airflow, origin).preflight(method, path)
        assert (refused.status, "Access-Control-Allow-Origin" in refused.headers) == (400, False)


def test_the_console_may_not_delete_nor_send_headers_of_its_own(airflow: Airflow) -> None:
    assert Page(airflow).preflight("DELETE", "/api/v2/dags/shop").status == 400
    assert Page(airflow).preflight("GET", "/api/v2/dags", "x-own").status == 400


def test_a_console_reads_runs_and_pauses_with_a_token_of_that_airflow(airflow: Airflow, fake_plane: FakePlane) -> None:
    fake_plane.codes["once"] = "AUTHOR"
    page = Page(airflow)
    signed_in = page.sign_in("once")
    assert (signed_in.status, signed_in.headers["Access-Control-Allow-Origin"]) == (201, CONSOLE)

    dags = page.ask("GET", "/api/v2/dags")
    assert {each["dag_id"] for each in dags.body["dags"]} == {"shop", "patient", "wiring"}
    assert dags.headers["Access-Control-Allow-Origin"] == CONSOLE
    assert page.ask("PATCH", "/api/v2/dags/shop", {"is_paused": False}).body["is_paused"] is False
    run = page.ask("POST", "/api/v2/dags/shop/dagRuns", {"logical_date": None}).body["dag_run_id"]
    assert [each["dag_run_id"] for each in page.ask("GET", "/api/v2/dags/shop/dagRuns").body["dag_runs"]] == [run]
    tasks = page.ask("GET", f"/api/v2/dags/shop/dagRuns/{run}/taskInstances").body["task_instances"]
    assert {each["task_id"] for each in tasks} == {"first", "second"}
    assert page.ask("GET", "/api/v2/importErrors").body["import_errors"] == []
    assert page.ask("PATCH", "/api/v2/dags/shop", {"is_paused": True}).body["is_paused"] is True

    fake_plane.codes["viewer"] = "VIEWER"
    page.sign_in("viewer")
    assert page.ask("PATCH", "/api/v2/dags/shop", {"is_paused": False}).status == 403


def test_whoever_may_see_some_dags_sees_these_alone(airflow: Airflow, fake_plane: FakePlane) -> None:
    on_shop = DagAccess(permissions=[each.value for each in permissions(Role.DAG_VIEWER)], dag_ids=["shop"], dag_tags=[])
    fake_plane.codes["shop"] = {"role": None, "dags": [on_shop.model_dump()]}
    page = Page(airflow)
    page.sign_in("shop")

    assert [each["dag_id"] for each in page.ask("GET", "/api/v2/dags").body["dags"]] == ["shop"]
    assert {each["dag_id"] for each in page.ask("GET", "/api/v2/dags/~/dagRuns").body["dag_runs"]} <= {"shop"}
    assert page.ask("GET", "/api/v2/dags/patient").status == 403
    assert page.ask("GET", "/api/v2/importErrors").status == 403
    assert page.ask("POST", "/api/v2/dags/shop/dagRuns", {"logical_date": None}).status == 403


def test_a_code_lets_in_once_and_what_a_refusal_says_can_be_read(airflow: Airflow, fake_plane: FakePlane) -> None:
    fake_plane.codes["again"] = "VIEWER"
    assert [Page(airflow).sign_in("again").status for _ in range(2)] == [201, 401]
    for refused in (Page(airflow).sign_in("again"), Page(airflow).ask("GET", "/api/v2/dags")):
        assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, CONSOLE)


def test_a_token_is_worth_nothing_at_another_airflow(two: tuple[Airflow, Airflow], fake_plane: FakePlane) -> None:
    fake_plane.codes["mine"] = "OPERATOR"
    page = Page(two[0])
    page.sign_in("mine")
    assert page.ask("GET", "/api/v2/dags").status == 200
    page.airflow = two[1]
    assert page.ask("GET", "/api/v2/dags").status == 401


def test_the_console_opens_no_session_for_anybody(airflow: Airflow, fake_plane: FakePlane) -> None:
    """Airflow's own page does that, under the Deployment's own name."""
    fake_plane.codes["session"] = "VIEWER"
    refused = Page(airflow).ask("POST", "/auth/handover", {"code": "session"})
    assert (refused.status, "Set-Cookie" in refused.headers) == (403, False)
    assert Page(airflow).sign_in("session").status == 201
