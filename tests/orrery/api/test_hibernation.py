"""Hibernation over the API: a person's word and the rules, the sagas they start, the refusals, and who wakes a sleeper."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.hypervisor.execute import look_at_sleep
from orrery.store import fleets

from tests.support.audit import exported
from tests.support.plane import Plane

ALWAYS_ASLEEP = {"hibernateAtCron": "* * * * *", "wakeAtCron": "0 0 29 2 *", "isEnabled": True}


def rules(**changes: Any) -> dict[str, Any]:
    return {"scalingSpec": {"hibernationSpec": changes}}


def tell(plane: Plane, made: dict[str, Any], now: datetime, **changes: Any) -> None:
    """What the cluster's agent last saw of it."""
    queue = {"name": "default", "queued": 0, "running": 0, "min": 0, "max": 4, "concurrency": 5, "workers": []}
    entry = {"id": made["id"], "organizationId": made["organizationId"], "generation": 1, "queues": [queue], **changes}
    fleets.keep_snapshot(plane.installation.cluster_id, {"takenAt": now.isoformat(), "deployments": [entry]})
    fleets.hear(plane.installation.cluster_id, taken_at=now.isoformat(), now=now)


def sleeping(plane: Plane, *, name: str = "etl", **word: Any) -> dict[str, Any]:
    """One that somebody put to sleep, and that is."""
    made = plane.made(name=name)
    plane.installation.owner.post(override(plane, made["id"]), {"isHibernating": True, **word})
    plane.settle(made["id"])
    return made


def visit(plane: Plane, made: dict[str, Any]) -> Any:
    home = plane.installation
    path = f"/agent/v1/clusters/{home.cluster_id}/deployments/{made['id']}/visits"
    return home.agent.post(path, {"organizationId": home.organization_id})


def override(plane: Plane, id: str) -> str:
    return f"{plane.path}/{id}/hibernation-override"


def test_a_word_puts_it_to_sleep_and_another_wakes_it(plane: Plane) -> None:
    made, owner = plane.made(), plane.installation.owner
    answer = owner.post(override(plane, made["id"]), {"isHibernating": True, "overrideUntil": None})
    assert (answer.status, answer.body) == (200, {"isActive": True, "isHibernating": True, "overrideUntil": None})
    assert plane.machines.started[-1] == "hibernate_deployment 2"
    assert plane.get(made["id"])["statusReason"] == "running tasks are being drained"
    plane.settle(made["id"])
    asleep = plane.get(made["id"])
    assert (asleep["status"], asleep["scalingStatus"]["hibernationStatus"]["isHibernating"]) == ("HIBERNATING", True)
    assert asleep["scalingSpec"]["hibernationSpec"]["override"]["isHibernating"] is True
    assert owner.post(override(plane, made["id"]), {"isHibernating": False}).body["isHibernating"] is False
    assert plane.machines.started[-1] == "update_deployment 3"


def test_taking_the_word_back_wakes_it(plane: Plane) -> None:
    made, owner = plane.made(), plane.installation.owner
    owner.post(override(plane, made["id"]), {"isHibernating": True})
    plane.settle(made["id"])
    answer = owner.delete(override(plane, made["id"]))
    assert (answer.status, answer.body) == (204, None)
    assert plane.machines.started[-1] == "update_deployment 3"
    assert plane.get(made["id"])["scalingSpec"] is None


def test_the_same_word_twice_starts_nothing(plane: Plane) -> None:
    made, owner = plane.made(), plane.installation.owner
    for _ in range(2):
        assert owner.post(override(plane, made["id"]), {"isHibernating": True}).status == 200
    assert plane.machines.started == ["create_deployment 1", "hibernate_deployment 2"]


def test_bad_words_are_refused(plane: Plane) -> None:
    made, owner = plane.made(), plane.installation.owner
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    for body, field in (
        ({}, "isHibernating"),
        ({"isHibernating": "yes"}, "isHibernating"),
        ({"isHibernating": True, "overrideUntil": yesterday}, "overrideUntil"),
        ({"isHibernating": True, "overrideUntil": "tomorrow"}, "overrideUntil"),
        ({"isHibernating": True, "why": "cost"}, "why"),
    ):
        answer = owner.post(override(plane, made["id"]), body)
        assert (answer.status, answer.fields) == (400, [field]), body


def test_a_word_that_has_an_end_is_taken_back_then(plane: Plane) -> None:
    made, now = plane.made(), datetime.now(UTC)
    until = now + timedelta(hours=2)
    plane.installation.owner.post(override(plane, made["id"]), {"isHibernating": True, "overrideUntil": until.isoformat()})
    plane.settle(made["id"])
    status = plane.get(made["id"])["scalingStatus"]["hibernationStatus"]
    assert (status["nextEventType"], status["nextEventAt"][:16]) == ("WAKE", until.isoformat()[:16])
    look_at_sleep(now + timedelta(hours=1))
    assert plane.get(made["id"])["status"] == "HIBERNATING"
    assert look_at_sleep(now + timedelta(hours=1, minutes=59)) == {}
    assert look_at_sleep(until) == {"woken": 1}
    assert plane.machines.started[-1] == "update_deployment 3"
    assert plane.get(made["id"])["scalingStatus"]["hibernationStatus"]["isHibernating"] is False


class TestRules:
    def test_come_back_as_they_were_said_and_stay_when_they_are_left_out(self, plane: Plane) -> None:
        schedule = {"hibernateAtCron": "0 20 * * *", "wakeAtCron": "0 7 * * *", "isEnabled": False, "timeZone": "Europe/Berlin"}
        asked = {"schedules": [schedule], "idle": {"isEnabled": True, "afterMinutes": 30}, "catchUp": "LATEST", "wakeOnVisit": False}
        made = plane.made(**rules(**asked))
        kept = {**asked, "schedules": [{**schedule, "description": ""}], "override": None}
        assert made["scalingSpec"]["hibernationSpec"] == kept
        assert plane.update(made, description="new").body["scalingSpec"]["hibernationSpec"] == kept
        changed = plane.update(made, **rules(idle={"isEnabled": False})).body["scalingSpec"]["hibernationSpec"]
        assert changed == {**kept, "idle": {"isEnabled": False, "afterMinutes": 30}}

    @pytest.mark.parametrize(
        ("spec", "field"),
        [
            ({"schedules": [{**ALWAYS_ASLEEP, "timeZone": "Europe/Atlantis"}]}, "schedules[0].timeZone"),
            ({"schedules": [{**ALWAYS_ASLEEP, "timeZone": "../../etc/passwd"}]}, "schedules[0].timeZone"),
            ({"idle": {"isEnabled": True, "afterMinutes": 0}}, "idle.afterMinutes"),
            ({"idle": {"isEnabled": True, "afterMinutes": 10_081}}, "idle.afterMinutes"),
            ({"catchUp": "SOMETIMES"}, "catchUp"),
            ({"wakeOnVisit": "yes"}, "wakeOnVisit"),
        ],
    )
    def test_that_make_no_sense_are_refused_by_field(self, plane: Plane, spec: dict[str, Any], field: str) -> None:
        answer = plane.create(**rules(**spec))
        assert (answer.status, answer.fields) == (400, [f"scalingSpec.hibernationSpec.{field}"])

    def test_a_schedule_is_followed_at_the_next_look(self, plane: Plane) -> None:
        made, now = plane.made(**rules(schedules=[ALWAYS_ASLEEP])), datetime.now(UTC)
        assert look_at_sleep(now + timedelta(seconds=1)) == {"put to sleep": 1}
        assert plane.machines.started[-1] == "hibernate_deployment 2"
        assert look_at_sleep(now + timedelta(seconds=2)) == {}, "its saga is under way"
        plane.settle(made["id"])
        shown = plane.get(made["id"])
        assert shown["status"] == "HIBERNATING"
        assert shown["statusReason"].startswith("its schedule has it asleep since ")
        status = shown["scalingStatus"]["hibernationStatus"]
        assert (status["isHibernating"], status["nextEventType"], status["nextEventAt"][4:16]) == (True, "WAKE", "-02-29T00:00")
        assert look_at_sleep(now + timedelta(seconds=3)) == {"left as it is": 1}
        assert look_at_sleep(now + timedelta(days=1)) == {}, "nothing is due before it wakes"

    def test_the_idle_rule_sleeps_and_wakes_ahead_of_the_next_run(self, plane: Plane) -> None:
        made, now = plane.made(**rules(idle={"isEnabled": True, "afterMinutes": 30})), datetime.now(UTC) + timedelta(hours=1)
        run = now + timedelta(hours=3)
        tell(plane, made, now, idleSince=(now - timedelta(minutes=29)).isoformat(), nextRunAt=run.isoformat())
        assert look_at_sleep(now) == {"left as it is": 1}
        assert look_at_sleep(now + timedelta(seconds=50)) == {}, "it cannot be due yet"
        later = now + timedelta(minutes=1)
        tell(plane, made, later, idleSince=(now - timedelta(minutes=29)).isoformat(), nextRunAt=run.isoformat())
        assert look_at_sleep(later) == {"put to sleep": 1}
        plane.settle(made["id"])
        assert look_at_sleep(later) == {"left as it is": 1}
        assert plane.get(made["id"])["scalingStatus"]["hibernationStatus"]["nextEventAt"][:16] == run.isoformat()[:16]
        assert look_at_sleep(run - timedelta(seconds=95)) == {}
        assert look_at_sleep(run - timedelta(seconds=90)) == {"woken": 1}
        assert plane.machines.started[-1] == "update_deployment 3"

    @pytest.mark.parametrize(
        "changes", [{}, {"idleSince": None}, {"idleSince": "2020-01-01T00:00:00+00:00", "queues": [{"queued": 1, "running": 0}]}]
    )
    def test_what_is_at_work_or_not_known_to_rest_stays_awake(self, plane: Plane, changes: dict[str, Any]) -> None:
        made, now = plane.made(**rules(idle={"isEnabled": True, "afterMinutes": 5})), datetime.now(UTC) + timedelta(hours=1)
        tell(plane, made, now, **changes)
        assert look_at_sleep(now) == {"left as it is": 1}
        assert look_at_sleep(now + timedelta(minutes=4)) == {}
        assert look_at_sleep(now + timedelta(minutes=5)) == {"left as it is": 1}

    def test_a_silent_agent_puts_nobody_to_sleep(self, plane: Plane) -> None:
        made, now = plane.made(**rules(idle={"isEnabled": True, "afterMinutes": 1})), datetime.now(UTC) + timedelta(hours=1)
        tell(plane, made, now, idleSince=(now - timedelta(hours=1)).isoformat())
        assert look_at_sleep(now + timedelta(seconds=61)) == {"left as it is": 1}

    def test_two_looks_that_cross_start_one_saga(self, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
        plane.made(**rules(schedules=[ALWAYS_ASLEEP]))
        now, seen = datetime.now(UTC) + timedelta(seconds=1), fleets.seen

        def meanwhile(cluster: str) -> Any:
            monkeypatch.setattr(fleets, "seen", seen)
            assert look_at_sleep(now) == {"put to sleep": 1}
            return seen(cluster)

        monkeypatch.setattr(fleets, "seen", meanwhile)
        assert look_at_sleep(now) == {"changed meanwhile": 1}
        assert plane.machines.started == ["create_deployment 1", "hibernate_deployment 2"]

    def test_taking_a_word_back_leaves_it_to_the_schedule_at_once(self, plane: Plane) -> None:
        made = sleeping(plane)
        plane.update(plane.get(made["id"]), **rules(schedules=[ALWAYS_ASLEEP]))
        plane.settle(made["id"])
        plane.installation.owner.delete(override(plane, made["id"]))
        assert plane.machines.started[-1] == "hibernate_deployment 4"
        assert plane.get(made["id"])["scalingStatus"]["hibernationStatus"]["isHibernating"] is True

    def test_a_word_that_runs_out_while_the_schedule_sleeps_moves_nothing(self, plane: Plane) -> None:
        until = datetime.now(UTC) + timedelta(hours=1)
        made = sleeping(plane, overrideUntil=until.isoformat())
        plane.update(plane.get(made["id"]), **rules(schedules=[ALWAYS_ASLEEP]))
        plane.settle(made["id"])
        started = len(plane.machines.started)
        assert look_at_sleep(until) == {"left as it is": 1}
        shown = plane.get(made["id"])
        assert (shown["status"], shown["scalingSpec"]["hibernationSpec"]["override"]) == ("HIBERNATING", None)
        assert len(plane.machines.started) == started


class TestAVisit:
    def test_wakes_it_at_once_and_only_once(self, plane: Plane) -> None:
        made = sleeping(plane)
        assert [visit(plane, made).body["state"] for _ in range(2)] == ["WAKING", "WAKING"]
        assert plane.machines.started[-2:] == ["hibernate_deployment 2", "update_deployment 3"]
        plane.settle(made["id"])
        assert visit(plane, made).body == {"state": "AWAKE", "reason": ""}

    def test_that_wakes_it_is_on_record_once_in_the_name_of_its_page(self, plane: Plane) -> None:
        made, home = sleeping(plane), plane.installation
        for _ in range(2):
            visit(plane, made)
        (record,) = [each for each in exported(home) if each["operationId"] == "ReportVisit"]
        assert (record["organizationId"], record["subjectId"], record["subjectType"]) == (home.organization_id, made["id"], "SERVICEKEY")
        assert record["path"] == f"/agent/v1/clusters/{home.cluster_id}/deployments/{made['id']}/visits"
        assert (record["method"], record["responseStatus"]) == ("POST", 200)

    def test_that_wakes_nobody_is_not_on_record_and_neither_is_what_the_agent_reports_next(self, plane: Plane) -> None:
        awake, made = plane.made(name="awake"), sleeping(plane, overrideUntil=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
        for each in (awake, made):
            visit(plane, each)
        visit(plane, woken := sleeping(plane, name="woken"))
        visit(plane, made)
        assert [each["subjectId"] for each in exported(plane.installation) if each["operationId"] == "ReportVisit"] == [woken["id"]]

    def test_does_not_wake_what_somebody_put_to_sleep_until_a_time(self, plane: Plane) -> None:
        until = datetime.now(UTC) + timedelta(hours=1)
        answer = visit(plane, sleeping(plane, overrideUntil=until.isoformat()))
        assert answer.body == {"state": "ASLEEP", "reason": f"somebody put it to sleep until {until:%Y-%m-%d %H:%M} UTC"}
        assert plane.machines.started[-1] == "hibernate_deployment 2"

    def test_does_not_wake_what_does_not_wake_for_visitors(self, plane: Plane) -> None:
        made = sleeping(plane)
        plane.update(plane.get(made["id"]), **rules(wakeOnVisit=False))
        plane.settle(made["id"])
        assert visit(plane, made).body["state"] == "ASLEEP"
        assert plane.machines.started[-1] == "hibernate_deployment 3"

    def test_is_told_by_the_agent_of_its_own_cluster_and_by_nobody_else(self, plane: Plane) -> None:
        made, home = sleeping(plane), plane.installation
        path, body = f"/agent/v1/clusters/{home.cluster_id}/deployments/{made['id']}/visits", {"organizationId": home.organization_id}
        assert home.owner.post(path, body).status == 404
        assert home.agent.post(path.replace(home.cluster_id, "c" + "9" * 24), body).status == 404
        assert home.agent.post(path, {"organizationId": "c" + "9" * 24}).status == 404
        assert home.agent.post(path, {}).fields == ["organizationId"]
        assert plane.machines.started[-1] == "hibernate_deployment 2"

    def test_that_crosses_another_starts_one_wake(self, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
        from orrery.store import deployments

        made, save = sleeping(plane), deployments.save

        def meanwhile(changed: Any, **names: Any) -> None:
            monkeypatch.setattr(deployments, "save", save)
            assert visit(plane, made).body["state"] == "WAKING"
            save(changed, **names)

        monkeypatch.setattr(deployments, "save", meanwhile)
        assert visit(plane, made).body["state"] == "WAKING"
        assert plane.machines.started[-2:] == ["hibernate_deployment 2", "update_deployment 3"]
