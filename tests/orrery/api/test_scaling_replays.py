"""What a recorded day would have cost, and what should be set otherwise, over HTTP, for whoever may see the Deployment's metrics."""

from datetime import UTC, datetime, timedelta
from typing import Any

from orrery import demand_records
from orrery.model.demand_record import Piece, Sample

from tests.support.plane import Plane

YESTERDAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def record(plane: Plane, *, hours: int = 24, floor: int = 0) -> str:
    """Six tasks of 20 s each hour of yesterday, with two workers kept; the Deployment's id."""
    made = plane.made()
    for piece in range(hours * 6):
        start = YESTERDAY.timestamp() + 600 * piece
        calm = Sample(start, 0, 0, 0, 2, 0, floor, 10, 1, 30.0, 60.0, ())
        busy = calm._replace(at=start + 100, running=6, serving=6, ahead=((6.0, 10),))
        samples = (calm, busy, calm._replace(at=start + 120)) if piece % 6 == 0 else (calm,)
        demand_records.keep(made["clusterId"], Piece(start, start + 600, {made["id"]: {"default": samples}}))
    id: str = made["id"]
    return id


def replay(plane: Plane, id: str, **body: Any) -> Any:
    return plane.installation.owner.post(f"{plane.path}/{id}/scaling-replays", {"style": "ECONOMY", **body})


def test_a_day_is_compared_as_it_was_as_it_is_set_and_as_it_is_asked(plane: Plane) -> None:
    answer = replay(plane, record(plane), day=f"{YESTERDAY:%Y-%m-%d}").body
    total = answer["total"]
    assert (answer["baselineStyle"], answer["style"], round(answer["recordedSeconds"])) == ("BALANCED", "ECONOMY", 86400)
    assert total["recorded"]["workerHours"] == round((2 * 86400 + 24 * 4 * 20) / 3600, 3)
    assert total["recorded"]["tasks"] == total["replayed"]["tasks"] == 24 * 6
    assert total["replayed"]["workerHours"] < total["baseline"]["workerHours"] < total["recorded"]["workerHours"]
    assert total["replayed"]["waitedSeconds"] >= total["baseline"]["waitedSeconds"] >= total["recorded"]["waitedSeconds"] == 0
    assert total["savedWorkerHours"] > 0
    assert [queue["queue"] for queue in answer["queues"]] == ["default"]
    assert answer["queues"][0]["decisions"][0].keys() == {"decidedAt", "action", "cause", "current", "target", "reason"}


def test_other_bounds_can_be_asked_for(plane: Plane) -> None:
    id = record(plane, hours=2)
    kept = replay(plane, id, style="BALANCED", minWorkerCount=3, day=f"{YESTERDAY:%Y-%m-%d}").body["total"]["replayed"]
    assert kept["workerHours"] >= 3 * 2
    assert kept["peakWorkers"] >= 3


def test_yesterday_is_replayed_when_no_time_is_named_and_nothing_is_known_of_a_day_without_a_record(plane: Plane) -> None:
    id, today = plane.made()["id"], datetime.now(UTC)
    answer = replay(plane, id)
    assert (answer.status, answer.body["recordedSeconds"], answer.body["queues"]) == (200, 0, [])
    asked = {f"{moment - timedelta(days=1):%Y-%m-%d}" for moment in (today, datetime.now(UTC))}
    assert answer.body["startDate"][:10] in asked, "of the day on which it was asked, whenever these tests began"


def test_what_cannot_be_replayed_is_refused_in_words(plane: Plane) -> None:
    id, now = plane.made()["id"], datetime.now(UTC)
    for body, words in (
        ({"startDate": f"{now - timedelta(days=3):%Y-%m-%d}", "endDate": f"{now:%Y-%m-%d}"}, "is more than a day before `endDate`"),
        ({"day": f"{now + timedelta(days=2):%Y-%m-%d}"}, "lies in the future"),
        ({"day": "2020-01-01"}, "is more than 30 days ago"),
        ({"day": f"{now:%Y-%m-%d}", "endDate": f"{now:%Y-%m-%d}"}, "cannot stand beside"),
    ):
        answer = replay(plane, id, **body)
        assert answer.status == 400, body
        assert words in str(answer.body)


def test_advice_names_the_floor_that_is_kept_for_nothing_and_its_hours(plane: Plane) -> None:
    id = record(plane, floor=2)
    answer = plane.installation.owner.get(f"{plane.path}/{id}/scaling-advice").body
    floor = next(each for each in answer["advice"] if each["kind"] == "FLOOR")
    assert (floor["queue"], floor["current"], floor["proposed"]) == ("default", "2", "0")
    assert floor["savedWorkerHoursPerWeek"] > 100


def test_a_deployment_without_a_record_gets_no_advice(plane: Plane) -> None:
    answer = plane.installation.owner.get(f"{plane.path}/{plane.made()['id']}/scaling-advice")
    assert (answer.status, answer.body["advice"]) == (200, [])


def test_only_who_may_see_the_metrics_is_answered(plane: Plane) -> None:
    id = plane.made()["id"]
    outsider = plane.installation.somebody("WORKSPACE_ACCESSOR", plane.workspace_id)
    assert outsider.get(f"{plane.path}/{id}/scaling-advice").status == 404
    assert outsider.post(f"{plane.path}/{id}/scaling-replays", {"style": "ECONOMY"}).status == 404
