"""Hibernation by a person's word: the saga it starts, the refusals, and the end of a word that has one."""

from datetime import UTC, datetime, timedelta

from orrery.provisioning.sweep import sweep

from tests.support.plane import Plane


def override(plane: Plane, id: str) -> str:
    return f"{plane.path}/{id}/hibernation-override"


def test_a_word_puts_it_to_sleep_and_another_wakes_it(plane: Plane) -> None:
    made, owner = plane.made(isDevelopmentMode=True), plane.installation.owner
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
    made, owner = plane.made(isDevelopmentMode=True), plane.installation.owner
    owner.post(override(plane, made["id"]), {"isHibernating": True})
    plane.settle(made["id"])
    answer = owner.delete(override(plane, made["id"]))
    assert (answer.status, answer.body) == (204, None)
    assert plane.machines.started[-1] == "update_deployment 3"
    assert plane.get(made["id"])["scalingSpec"] is None


def test_the_same_word_twice_starts_nothing(plane: Plane) -> None:
    made, owner = plane.made(isDevelopmentMode=True), plane.installation.owner
    for _ in range(2):
        assert owner.post(override(plane, made["id"]), {"isHibernating": True}).status == 200
    assert plane.machines.started == ["create_deployment 1", "hibernate_deployment 2"]


def test_only_a_deployment_in_development_mode_can_sleep(plane: Plane) -> None:
    made = plane.made()
    answer = plane.installation.owner.post(override(plane, made["id"]), {"isHibernating": True})
    assert (answer.status, answer.fields) == (400, ["isHibernating"])
    assert plane.machines.started == ["create_deployment 1"]


def test_bad_words_are_refused(plane: Plane) -> None:
    made, owner = plane.made(isDevelopmentMode=True), plane.installation.owner
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
    made, now = plane.made(isDevelopmentMode=True), datetime.now(UTC)
    until = now + timedelta(hours=2)
    plane.installation.owner.post(override(plane, made["id"]), {"isHibernating": True, "overrideUntil": until.isoformat()})
    plane.settle(made["id"])
    status = plane.get(made["id"])["scalingStatus"]["hibernationStatus"]
    assert (status["nextEventType"], status["nextEventAt"][:16]) == ("WAKE", until.isoformat()[:16])
    sweep(now + timedelta(hours=1))
    assert plane.get(made["id"])["status"] == "HIBERNATING"
    sweep(now + timedelta(hours=2, minutes=1))
    assert plane.machines.started[-1] == "update_deployment 3"
    assert plane.get(made["id"])["scalingStatus"]["hibernationStatus"]["isHibernating"] is False


def test_leaving_development_mode_wakes_it(plane: Plane) -> None:
    made = plane.made(isDevelopmentMode=True)
    plane.installation.owner.post(override(plane, made["id"]), {"isHibernating": True})
    plane.settle(made["id"])
    answer = plane.update(plane.get(made["id"]), isDevelopmentMode=False)
    assert (answer.status, answer.body["scalingSpec"]) == (200, None)
    assert plane.machines.started[-1] == "update_deployment 3"
