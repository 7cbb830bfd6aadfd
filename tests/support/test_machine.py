"""The harness itself: a definition runs as written, and breaks exactly where a test asks."""

import pathlib
from typing import Any

import pytest

from tests.support import asl
from tests.support.machine import Fault, Machine

DEFINITIONS = pathlib.Path(__file__).parents[1] / "local" / "stack" / "statemachines"


class Unavailable(Exception):
    """Retried by the definition."""


class Site:
    def __init__(self) -> None:
        self.built: set[str] = set()
        self.calls: list[str] = []

    def handler(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        verb, part = event["step"].split("_")
        self.calls.append(event["step"])
        (self.built.add if verb == "ensure" else self.built.discard)(part)
        return {"house": event["house"]}


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def machine(site: Site) -> Machine:
    return Machine("build_house", {"Build": site.handler}, definitions=DEFINITIONS)


def test_runs_every_step_in_order(machine: Machine, site: Site) -> None:
    result = machine.run({"house": "h1"})
    assert (result.status, result.output) == ("SUCCEEDED", {"house": "h1"})
    assert result.steps == ["ensure_wall", "ensure_roof"]
    assert result.states == ["EnsureWall", "Dry", "EnsureRoof"]
    assert site.built == {"wall", "roof"}


def test_twice_calls_each_handler_twice(machine: Machine, site: Site) -> None:
    machine.run({"house": "h1"}, twice=True)
    assert site.calls == ["ensure_wall", "ensure_wall", "ensure_roof", "ensure_roof"]


def test_a_fault_before_a_step_skips_its_effect(machine: Machine, site: Site) -> None:
    result = machine.run({"house": "h1"}, fault=("ensure_roof", "before"))
    assert (result.status, result.error) == ("FAILED", "Injected")
    assert site.calls == ["ensure_wall", "remove_roof", "remove_wall"]


def test_a_fault_after_a_step_keeps_its_effect_for_the_catch_to_undo(machine: Machine, site: Site) -> None:
    result = machine.run({"house": "h1"}, fault=("ensure_roof", "after"))
    assert result.status == "FAILED"
    assert site.calls == ["ensure_wall", "ensure_roof", "remove_roof", "remove_wall"]
    assert site.built == set()


def test_a_timeout_is_retried_as_the_definition_says_and_then_caught(machine: Machine, site: Site) -> None:
    result = machine.run({"house": "h1"}, fault=("ensure_wall", "timeout"))
    assert (result.status, result.error) == ("FAILED", "States.Timeout")
    assert site.calls == ["ensure_wall"] * 4 + ["remove_wall"]


def test_a_fault_that_passes_is_retried_when_its_class_is_named(machine: Machine, site: Site) -> None:
    result = machine.run({"house": "h1"}, fault=Fault("ensure_wall", "before", times=2, error=Unavailable))
    assert result.status == "SUCCEEDED"
    assert result.steps == ["ensure_wall"] * 3 + ["ensure_roof"]


def test_the_error_of_a_handler_is_named_by_its_class(site: Site) -> None:
    def broken(event: dict[str, Any], context: Any) -> None:
        raise KeyError("nail")

    result = Machine("build_house", {"Build": broken}, definitions=DEFINITIONS).run({"house": "h1"})
    assert (result.status, result.error) == ("FAILED", "KeyError")


def test_the_static_checks_are_content_with_the_example() -> None:
    definition = asl.load(DEFINITIONS / "build_house.asl.json")
    assert asl.dangling(definition) == asl.unreachable(definition) == asl.endless(definition) == asl.unbounded(definition) == []
    assert asl.retried_in_vain(definition, {"Unavailable"}) == []


def test_the_static_checks_name_the_guilty_state() -> None:
    definition = asl.load(DEFINITIONS / "build_house.asl.json")
    roof = definition["States"]["EnsureRoof"]
    del roof["End"], roof["TimeoutSeconds"]
    roof["Next"] = "Garden"
    definition["States"]["Shed"] = {"Type": "Pass", "Next": "Shed"}
    assert asl.dangling(definition) == ["Garden"]
    assert asl.unreachable(definition) == ["Shed"]
    assert asl.endless(definition) == ["Shed"]
    assert asl.unbounded(definition) == ["EnsureRoof"]
    assert asl.retried_in_vain(definition, set())[0] == "EnsureWall: Unavailable"
