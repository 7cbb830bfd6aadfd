"""What is kept in sight of a kind, whatever becomes of the watch."""

import queue
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from agent.home import HomeTrouble
from agent.kubernetes import watched as room
from agent.kubernetes.api import Api, Manifest, Refused
from agent.kubernetes.watched import Watched
from tests.agent.kubernetes.conftest import eventually


class Server:
    """Lists what it has, and tells what a test wants told; `None` ends an answer, an exception breaks it."""

    def __init__(self) -> None:
        self.has: dict[str, int] = {}
        self.version = 10
        self.tells: queue.Queue[Manifest | Exception | None] = queue.Queue()
        self.watched_from: list[str] = []
        self.lists = 0

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Manifest]:
        self.lists += 1
        for name, value in [*self.has.items()] or [("", 0)]:
            items = [thing(name, value, self.version)] if name else []
            yield {"metadata": {"resourceVersion": str(self.version)}, "items": items}

    def watch(self, path: str, query: Mapping[str, str], after: str) -> Iterator[Manifest]:
        self.watched_from.append(after)
        while (told := self.tells.get()) is not None:
            if isinstance(told, Exception):
                raise told
            yield told

    def tell(self, type: str, name: str, value: int, version: int) -> None:
        self.tells.put({"type": type, "object": thing(name, value, version)})


def thing(name: str, value: int, version: int) -> Manifest:
    return {"metadata": {"namespace": "n", "name": name, "resourceVersion": str(version)}, "value": value}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched[int]]:
    monkeypatch.setattr(room, "_BETWEEN", 0.0)
    stop, api = threading.Event(), server
    made: Watched[int] = Watched(api, "/api/v1/things", lambda told: 100 // told["value"])  # type: ignore[arg-type]
    server.has = {"a": 1, "b": 2}
    made.begin(stop)
    eventually(lambda: made.within("n") == {"a": 100, "b": 50})
    yield made
    stop.set()
    server.tells.put(None)


def test_every_page_of_the_list_is_kept_and_then_what_changes(server: Server, kept: Watched[int]) -> None:
    server.tell("MODIFIED", "a", 4, 11)
    server.tell("ADDED", "c", 10, 12)
    server.tell("DELETED", "b", 2, 13)
    eventually(lambda: kept.within("n") == {"a": 25, "c": 10})
    assert kept.get("n", "a") == 25
    assert kept.get("n", "b") is None


def test_a_watch_that_ended_goes_on_where_it_was_also_after_a_bookmark(server: Server, kept: Watched[int]) -> None:
    server.tells.put({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "77"}}})
    server.tells.put(None)
    eventually(lambda: server.watched_from == ["10", "77"])
    assert server.lists == 1


@pytest.mark.parametrize(
    "end", [Refused("too old", 410), {"type": "ERROR", "object": {"code": 410, "message": "too old"}}], ids=["at once", "midway"]
)
def test_what_is_too_long_ago_is_listed_anew(server: Server, kept: Watched[int], end: Any) -> None:
    server.has, server.version = {"z": 5}, 900
    server.tells.put(end)
    eventually(lambda: kept.within("n") == {"z": 20})
    assert server.watched_from[-1] in ("10", "900")


def test_a_server_that_is_away_for_a_moment_costs_no_list(server: Server, kept: Watched[int]) -> None:
    server.tells.put(HomeTrouble("the cluster does not answer"))
    server.tell("MODIFIED", "a", 2, 11)
    eventually(lambda: kept.get("n", "a") == 50)
    assert (server.lists, server.watched_from) == (1, ["10", "10"])


def test_an_object_that_makes_no_sense_hides_no_other(server: Server, kept: Watched[int]) -> None:
    server.tells.put({"type": "MODIFIED", "object": {**thing("a", 0, 11), "value": "nonsense"}})
    server.tell("MODIFIED", "b", 4, 12)
    eventually(lambda: kept.within("n") == {"b": 25})


def test_what_we_wrote_is_seen_at_once_and_nothing_older_takes_its_place(server: Server, kept: Watched[int]) -> None:
    kept.keep("n", "a", 20, lambda value: value + 1)
    assert kept.get("n", "a") == 101
    server.tell("MODIFIED", "a", 5, 15)
    server.tell("MODIFIED", "b", 4, 16)
    eventually(lambda: kept.get("n", "b") == 25)
    assert kept.get("n", "a") == 101
    server.tell("MODIFIED", "a", 5, 21)
    eventually(lambda: kept.get("n", "a") == 20)
    kept.keep("n", "a", 20, lambda value: value + 1)
    assert kept.get("n", "a") == 20, "the server has told of something newer"


def test_what_was_never_seen_or_is_out_of_sight_for_long_is_not_passed_on(server: Server, kept: Watched[int]) -> None:
    kept.refuse_unless_current()
    fresh: Watched[int] = Watched(Api.__new__(Api), "/api/v1/things", lambda told: 1)
    with pytest.raises(HomeTrouble, match="does not tell of `things`"):
        fresh.refuse_unless_current()
    server.tells.put(HomeTrouble("the cluster does not answer"))
    eventually(lambda: not kept._is_connected)
    kept._heard = time.monotonic() - room._SILENT - 1
    with pytest.raises(HomeTrouble):
        kept.refuse_unless_current()
