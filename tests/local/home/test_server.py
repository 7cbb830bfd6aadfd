"""The home's door: only ids that are ids get in, and what the home refuses comes out of the client as the same error."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from orrery.dataplane.port import DeploymentSpec, Observation
from orrery.errors import DataPlaneFailed, Invalid, NotFound, Unavailable, WorkersBusy

from local.home.client import HomeClient, connect
from local.home.home import Home
from local.home.server import Server, route
from tests.dataplane_contract import a_spec, ref_of


class StandIn:
    """Takes what the door hands on, and refuses what it was told to refuse."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.refusal: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((name, args))
            if self.refusal:
                raise self.refusal
            if name == "observe":
                return Observation(generation=3, healthy=True, reason="", address="http://a.localhost:1", workers=2)
            return {"isolated": True} if name == "describe" else None

        return call


@pytest.fixture
def home() -> StandIn:
    return StandIn()


@pytest.fixture
def client(home: StandIn, tmp_path: Path) -> Iterator[HomeClient]:
    server = Server(tmp_path / "home.sock", cast(Home, home))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield HomeClient(str(tmp_path / "home.sock"))
    server.shutdown()
    server.server_close()


def test_a_spec_arrives_as_it_was_sent(home: StandIn, client: HomeClient) -> None:
    spec = a_spec(environment={"A": "b"})
    client.ensure_database(spec)
    name, (arrived,) = home.calls[0]
    assert name == "ensure_database"
    assert isinstance(arrived, DeploymentSpec)
    assert arrived == spec


def test_an_observation_comes_back_as_one(client: HomeClient) -> None:
    assert client.observe(ref_of(a_spec())) == Observation(generation=3, healthy=True, reason="", address="http://a.localhost:1", workers=2)


@pytest.mark.parametrize("refusal", [WorkersBusy("2 workers are busy"), DataPlaneFailed("no"), NotFound("none"), Unavailable("later")])
def test_a_refusal_keeps_its_name_and_its_words(home: StandIn, client: HomeClient, refusal: Exception) -> None:
    home.refusal = refusal
    with pytest.raises(type(refusal), match=str(refusal)) as raised:
        client.remove_queues(ref_of(a_spec()))
    assert type(raised.value) is type(refusal)


def test_a_fault_of_the_home_is_something_to_try_again_and_tells_nothing(home: StandIn, client: HomeClient) -> None:
    home.refusal = RuntimeError("postgresql://user:password@host")
    with pytest.raises(Unavailable) as raised:
        client.ensure_broker(a_spec())
    assert "password" not in raised.value.message


def test_a_home_that_is_away_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        HomeClient(str(tmp_path / "none.sock")).describe()


def test_without_a_socket_there_is_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORRERY_HOME_SOCKET", raising=False)
    with pytest.raises(DataPlaneFailed, match="ORRERY_HOME_SOCKET"):
        connect()


def test_only_its_owner_may_open_the_door(client: HomeClient) -> None:
    assert os.stat(client.socket_path).st_mode & 0o777 == 0o600


@pytest.mark.parametrize("id", ["..", "c", "x" * 25, "c" + "A" * 24, "%2e%2e", "c" * 26])
def test_what_is_not_an_id_never_becomes_a_path(home: StandIn, id: str) -> None:
    with pytest.raises(NotFound):
        route(cast(Home, home), "DELETE", f"/deployments/{id}/namespace", {})
    assert home.calls == []


def test_a_spec_must_be_whole_and_of_the_same_deployment(home: StandIn) -> None:
    spec = a_spec()
    with pytest.raises(Invalid):
        route(cast(Home, home), "PUT", f"/deployments/{spec.id}/namespace", {"id": spec.id})
    with pytest.raises(Invalid):
        route(cast(Home, home), "PUT", f"/deployments/{a_spec().id}/namespace", _plain(spec))


def test_there_is_no_way_to_kill_a_worker(home: StandIn) -> None:
    for method, path in (("DELETE", "workers/w1"), ("PUT", "workers/w1"), ("DELETE", "workers")):
        with pytest.raises(NotFound):
            route(cast(Home, home), method, f"/deployments/{a_spec().id}/{path}", {})


@pytest.mark.parametrize("bytes", [0, -1, 1_000_001, "many", None])
def test_what_processes_wrote_is_read_in_sensible_pieces(home: StandIn, bytes: object) -> None:
    path = f"/deployments/{a_spec().id}/logs"
    with pytest.raises(Invalid, match="`bytes`"):
        route(cast(Home, home), "POST", path, {"after": {}, "bytes": bytes})
    route(cast(Home, home), "POST", path, {"after": "nonsense", "bytes": 1000})
    assert [(name, after) for name, (_, after) in home.calls] == [("logs", {})]


def _plain(spec: DeploymentSpec) -> dict[str, Any]:
    from dataclasses import asdict, replace

    return {**asdict(replace(spec, environment={})), "environment": {}}
