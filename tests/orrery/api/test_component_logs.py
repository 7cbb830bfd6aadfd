"""Component logs: an agent brings them for its own Deployments, once; whoever may read them searches in what there was."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery import component_logs, settings
from orrery.api import component_logs as api
from orrery.model.component_log import Entry, Source

from tests.support.http import Answer
from tests.support.installation import another
from tests.support.plane import Json, Plane

ALL = ["scheduler", "triggerer", "worker", "dag-processor", "apiserver"]
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_SETTLED", timedelta())


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the test begins: this file may have been read an hour before."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


def told(query: dict[str, Any]) -> dict[str, Any]:
    """A query in which times are said from now on."""
    return {name: (NOW + value).isoformat() if isinstance(value, timedelta) else value for name, value in query.items()}


def search_from(moment: timedelta) -> str:
    """A search's id, as one that began then has it."""
    return f"s{int((NOW + moment).timestamp() * 1000):011x}"


def entry(raw: str, *, source: str = "scheduler", ago: float = 60) -> Json:
    return {"source": source, "at": int((NOW - timedelta(seconds=ago)).timestamp() * 1000), "raw": raw}


def bring(plane: Plane, deployment: Json, *entries: Json, batch: str = "batch-0001") -> Answer:
    home = plane.installation
    whose = {"organizationId": deployment["organizationId"], "deploymentId": deployment["id"]}
    return home.agent.post(f"/agent/v1/clusters/{home.cluster_id}/logs", whose | {"batch": batch, "entries": list(entries)})


def ask(plane: Plane, deployment: Json, **query: Any) -> Answer:
    return plane.installation.owner.get(f"{plane.path}/{deployment['id']}/logs", **{"sources": ALL} | query)


def raws(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [each["raw"] for each in answer.body["results"]]


def test_what_an_agent_brings_is_read_newest_first(plane: Plane) -> None:
    deployment = plane.made()
    assert bring(plane, deployment, entry("old", ago=7000), entry("new", ago=10), entry("middle", ago=60)).body == {"kept": 3}
    answer = ask(plane, deployment)
    assert raws(answer) == ["new", "middle", "old"]
    assert {name: answer.body[name] for name in ("limit", "offset", "maxNumResults", "resultCount")} == {
        "limit": 50, "offset": 0, "maxNumResults": 10_000, "resultCount": 3,
    }  # fmt: skip
    assert answer.body["results"][0] == {
        "raw": "new", "source": "scheduler", "timestamp": pytest.approx(NOW.timestamp() - 10, abs=0.01),
    }  # fmt: skip


def test_a_deployment_that_said_nothing_has_an_empty_log(plane: Plane) -> None:
    answer = ask(plane, plane.made())
    assert (answer.status, answer.body["results"], answer.body["resultCount"]) == (200, [], 0)


def test_lines_of_one_moment_stay_in_the_order_in_which_they_came(plane: Plane) -> None:
    deployment = plane.made()
    bring(plane, deployment, *(entry(str(number), ago=30) for number in range(5)))
    bring(plane, deployment, *(entry(str(number), ago=30) for number in range(5, 9)), batch="batch-0002")
    assert raws(ask(plane, deployment)) == list("876543210")


def test_a_batch_that_comes_again_changes_nothing(plane: Plane) -> None:
    deployment = plane.made()
    batch = [entry("one", ago=1200), entry("two", ago=10)]
    assert bring(plane, deployment, *batch).body == {"kept": 2}
    bring(plane, deployment, entry("three", ago=5), batch="batch-0002")
    assert bring(plane, deployment, *batch).body == {"kept": 0}
    assert raws(ask(plane, deployment)) == ["three", "two", "one"]


def test_a_batch_that_was_cut_short_is_completed_when_it_comes_again(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    batch = [entry("one", ago=1200), entry("two", ago=10)]
    kept = component_logs._add
    calls: list[str] = []

    def dies_at_the_second(key: str, *rest: Any) -> int:
        calls.append(key)
        if len(calls) == 2:
            raise RuntimeError("the sandbox is gone")
        return kept(key, *rest)

    monkeypatch.setattr(component_logs, "_add", dies_at_the_second)
    assert bring(plane, deployment, *batch).status == 500
    monkeypatch.setattr(component_logs, "_add", kept)
    assert bring(plane, deployment, *batch).body == {"kept": 1}
    assert raws(ask(plane, deployment)) == ["two", "one"]


def test_two_writers_at_once_lose_nothing(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    read = component_logs._get
    interrupted: list[str] = []

    def overtaken(key: str) -> Any:
        there = read(key)
        if not interrupted:
            interrupted.append(key)
            bring(plane, deployment, entry("theirs"), batch="batch-0002")
        return there

    monkeypatch.setattr(component_logs, "_get", overtaken)
    assert bring(plane, deployment, entry("ours")).body == {"kept": 1}
    assert sorted(raws(ask(plane, deployment))) == ["ours", "theirs"]


def test_sources_are_told_apart_and_a_webserver_is_an_api_server(plane: Plane) -> None:
    deployment = plane.made()
    bring(plane, deployment, *(entry(source, source=source) for source in ALL))
    for source in ALL:
        assert raws(ask(plane, deployment, sources=[source])) == [source]
    assert sorted(raws(ask(plane, deployment, sources=["webserver", "worker"]))) == ["apiserver", "worker"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fail", ["it failed", "unfailing", "FAILURE"]),
        ("fail*", ["it failed", "FAILURE"]),
        ("it failed", ["it failed"]),
        ("it f*", ["it failed"]),
        (".*", []),
        ("[info", ["[info     ] fine"]),
        ("*", ["it failed", "unfailing", "FAILURE", "[info     ] fine"]),
        ("", ["it failed", "unfailing", "FAILURE", "[info     ] fine"]),
    ],
)
def test_a_search_finds_text_and_with_a_star_words_that_begin_so(plane: Plane, text: str, found: list[str]) -> None:
    deployment = plane.made()
    lines = ["it failed", "unfailing", "FAILURE", "[info     ] fine"]
    bring(plane, deployment, *(entry(line, ago=60 - number) for number, line in enumerate(lines)))
    assert raws(ask(plane, deployment, searchText=text)) == found[::-1]


def test_pages_of_one_search_show_the_same_entries_while_new_ones_come(plane: Plane) -> None:
    deployment = plane.made()
    bring(plane, deployment, *(entry(str(number), ago=100 - number) for number in range(7)))
    first = ask(plane, deployment, limit=3)
    bring(plane, deployment, entry("late but old", ago=98.5), entry("new", ago=1), batch="batch-0002")
    pages = [first, *(ask(plane, deployment, limit=3, offset=offset, searchId=first.body["searchId"]) for offset in (3, 6, 9))]
    assert [raws(page) for page in pages] == [["6", "5", "4"], ["3", "2", "1"], ["0"], []]
    assert {page.body["searchId"] for page in pages} == {first.body["searchId"]}
    assert len(raws(ask(plane, deployment))) == 9


def test_what_arrives_this_very_moment_is_shown_a_moment_later(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_SETTLED", timedelta(seconds=2))
    deployment = plane.made()
    lines = [Entry(Source.SCHEDULER, NOW - timedelta(seconds=30), raw) for raw in ("before", "now")]
    component_logs.append(deployment["id"], "batch-0001", lines[:1], now=lambda: NOW - timedelta(seconds=20))
    component_logs.append(deployment["id"], "batch-0002", lines[1:])
    assert raws(ask(plane, deployment)) == ["before"]


def test_a_search_stops_at_the_results_it_may_have(plane: Plane) -> None:
    deployment = plane.made()
    bring(plane, deployment, *(entry(str(number), ago=100 - number) for number in range(9)))
    answer = ask(plane, deployment, maxNumResults=5, limit=3, offset=3)
    assert (raws(answer), answer.body["maxNumResults"]) == (["5", "4"], 5)
    assert raws(ask(plane, deployment, maxNumResults=0)) == []
    assert ask(plane, deployment, maxNumResults=90_000).body["maxNumResults"] == 10_000


def test_a_page_that_would_be_too_large_says_how_much_it_could_hold(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients go on while a page is as full as it says it can be."""
    monkeypatch.setattr(api, "_LARGEST", 30_000)
    deployment = plane.made()
    bring(plane, deployment, *(entry(f"{number}" * 8192, ago=100 - number) for number in range(9)))
    seen: list[str] = []
    page = ask(plane, deployment, limit=5000)
    while raws(page):
        seen += raws(page)
        assert page.body["resultCount"] == page.body["limit"] == 3 or len(seen) == 9
        page = ask(plane, deployment, limit=5000, offset=len(seen), searchId=page.body["searchId"])
    assert [raw[0] for raw in seen] == list("876543210")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"range": 100}, ["1 m"]),
        ({"range": 86400}, ["1 m", "1 h", "20 h"]),
        ({"startDate": -timedelta(hours=2)}, ["1 m", "1 h"]),
        ({"endDate": -timedelta(minutes=5)}, ["1 h", "20 h"]),
        ({"startDate": -timedelta(hours=2), "endDate": -timedelta(minutes=5)}, ["1 h"]),
        ({"range": 3600, "endDate": -timedelta(minutes=5)}, ["1 h"]),
        ({"endDate": timedelta(days=3)}, ["1 m", "1 h", "20 h"]),
    ],
)
def test_a_range_of_time(plane: Plane, query: dict[str, Any], found: list[str]) -> None:
    deployment = plane.made()
    bring(plane, deployment, entry("1 m"), entry("1 h", ago=3600), entry("20 h", ago=20 * 3600), entry("25 h", ago=25 * 3600))
    assert raws(ask(plane, deployment, **told(query))) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sources": []}, "sources"),
        ({"sources": ["scheduler", "pgbouncer"]}, "sources[1]"),
        ({"range": 0}, "range"),
        ({"range": 86401}, "range"),
        ({"range": "an hour"}, "range"),
        ({"range": 60, "startDate": timedelta()}, "range"),
        ({"startDate": "yesterday"}, "startDate"),
        ({"startDate": -timedelta(hours=25)}, "startDate"),
        ({"startDate": timedelta(hours=1)}, "startDate"),
        ({"endDate": -timedelta(hours=25)}, "endDate"),
        ({"limit": 0}, "limit"),
        ({"offset": -1}, "offset"),
        ({"maxNumResults": -1}, "maxNumResults"),
        ({"searchId": "s1"}, "searchId"),
        ({"searchText": "a" * 501}, "searchText"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(plane: Plane, query: dict[str, Any], field: str) -> None:
    answer = ask(plane, plane.made(), **told(query))
    assert (answer.status, answer.fields) == (400, [field])


@pytest.mark.parametrize("moment", [-timedelta(hours=25), timedelta(hours=1)])
def test_a_search_that_began_too_long_ago_or_has_not_begun_is_refused(plane: Plane, moment: timedelta) -> None:
    answer = ask(plane, plane.made(), searchId=search_from(moment))
    assert (answer.status, answer.fields) == (400, ["searchId"])


def test_whoever_may_not_read_logs_is_told_so(plane: Plane) -> None:
    deployment = plane.made()
    path = f"{plane.path}/{deployment['id']}/logs"
    accessor = plane.installation.somebody("DEPLOYMENT_ACCESSOR", deployment["id"])
    assert accessor.get(path, sources="scheduler").status == 403
    assert plane.installation.somebody("WORKSPACE_MEMBER", plane.workspace_id).get(path, sources="scheduler").status == 200
    assert plane.installation.somebody("ORGANIZATION_MEMBER").get(path, sources="scheduler").status == 404
    assert another(plane.installation).owner.get(path, sources="scheduler").status == 404


def test_an_agent_brings_logs_of_deployments_on_its_own_cluster_alone(plane: Plane) -> None:
    deployment, stranger = plane.made(), another(plane.installation)
    own = bring(plane, deployment, entry("ours"))
    under_another_name = bring(plane, deployment | {"organizationId": stranger.organization_id}, entry("theirs"), batch="batch-0002")
    nobodys = bring(plane, deployment | {"id": deployment["id"][:-1] + "0"}, entry("theirs"), batch="batch-0003")
    body = {"organizationId": deployment["organizationId"], "deploymentId": deployment["id"], "batch": "batch-0004", "entries": []}
    another_cluster = plane.installation.agent.post(f"/agent/v1/clusters/{deployment['id']}/logs", body)
    a_person = plane.installation.owner.post(f"/agent/v1/clusters/{plane.installation.cluster_id}/logs", body)
    answers = (own, under_another_name, nobodys, another_cluster, a_person)
    assert [answer.status for answer in answers] == [200, 404, 404, 404, 404]
    assert raws(ask(plane, deployment)) == ["ours"]


@pytest.mark.parametrize(
    "bad",
    [
        entry("a" * 10_001),
        entry("a", source="webserver"),
        entry("a") | {"at": -1},
        entry("a") | {"at": 1.5},
        {"source": "scheduler"},
    ],
)
def test_a_batch_is_taken_as_a_whole_or_not_at_all(plane: Plane, bad: Json) -> None:
    deployment = plane.made()
    assert bring(plane, deployment, entry("fine"), bad).status == 400
    assert raws(ask(plane, deployment)) == []


def test_whoever_writes_too_much_in_five_minutes_is_told_and_the_rest_is_left_out(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component_logs, "_LARGEST", 10)
    deployment = plane.made()
    moment = int(NOW.timestamp() * 1000) // 300_000 * 300_000 - 300_000
    flood = [entry("12345") | {"at": moment + number} for number in range(4)]
    assert bring(plane, deployment, *flood).body == {"kept": 3}
    assert bring(plane, deployment, *flood, batch="batch-0002").body == {"kept": 0}
    bring(plane, deployment, entry("later", ago=1) | {"at": moment + 300_000}, batch="batch-0003")
    found = raws(ask(plane, deployment))
    assert (found[0], found[2:]) == ("later", ["12345", "12345"])
    assert "the rest of these five minutes is left out" in found[1]


def test_a_search_that_takes_too_long_asks_for_less(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    bring(plane, deployment, entry("a"))
    monkeypatch.setattr(component_logs, "_PATIENCE", -1)
    answer = ask(plane, deployment, searchText="b")
    assert (answer.status, answer.fields) == (400, ["range"])


def test_a_store_that_is_away_is_said_to_be_away(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    monkeypatch.setenv("COMPONENT_LOGS_BUCKET", "no-such-bucket")
    settings.settings.cache_clear()
    assert ask(plane, deployment).status == 503


def test_a_deployment_that_goes_takes_its_logs_along_and_no_others(plane: Plane) -> None:
    going, staying = plane.made(), plane.made(name="another")
    for deployment in (going, staying):
        bring(plane, deployment, entry("said"))
    component_logs.remove(going["id"])
    component_logs.remove(going["id"])
    assert (raws(ask(plane, going)), raws(ask(plane, staying))) == ([], ["said"])
