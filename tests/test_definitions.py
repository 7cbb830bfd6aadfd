"""Every state machine definition, read as a file: it leads somewhere, is bounded, retries what can be mended, fits the template."""

import pathlib
import re
from typing import Any

import pytest
import yaml
from orrery import errors
from orrery.provisioning import cluster_steps
from orrery.provisioning.marks import MARKS
from orrery.provisioning.steps import STEPS

from tests.support import asl

ROOT = pathlib.Path(__file__).parents[1]
PATHS = sorted((ROOT / "statemachines").glob("*.asl.json"))
SAGAS = [path for path in PATHS if path.name.endswith("_deployment.asl.json")]
OF_A_CLUSTER = ROOT / "statemachines" / "register_cluster.asl.json"
IDS = dict.fromkeys(SAGAS, ("organization", "deployment", "generation")) | {OF_A_CLUSTER: ("cluster", "generation")}
EVENTS_OF_A_HISTORY = 25_000
"""Step Functions ends an execution whose history grows longer."""
EVENTS_OF_A_TRY = 3
"""Scheduled, started, failed."""


def tasks(path: pathlib.Path) -> dict[str, dict[str, Any]]:
    return {name: state for name, state in asl.states(asl.load(path)) if state["Type"] == "Task"}


def sentence(step: str) -> str:
    return "".join(word.capitalize() for word in step.split("_"))


def function_timeout(name: str) -> int:
    """A function's Timeout in seconds, as the template has it."""
    block = re.search(rf"^  {name}:\n(?:    .*\n|\n)+", (ROOT / "template.yaml").read_text(), re.MULTILINE)
    assert block
    found = re.search(r"^      Timeout: (\d+)$", block[0], re.MULTILINE)
    assert found, f"{name} has no Timeout of its own"
    return int(found[1])


def test_there_is_one_for_every_workflow_of_a_deployment() -> None:
    assert {path.name.removesuffix(".asl.json") for path in SAGAS} == {
        "create_deployment",
        "update_deployment",
        "hibernate_deployment",
        "delete_deployment",
    }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name.split(".")[0])
class TestEveryDefinition:
    def test_leads_from_its_start_through_every_state_to_an_end(self, path: pathlib.Path) -> None:
        definition = asl.load(path)
        assert (asl.dangling(definition), asl.unreachable(definition), asl.endless(definition)) == ([], [], [])

    def test_bounds_and_retries_every_task(self, path: pathlib.Path) -> None:
        assert asl.unbounded(asl.load(path)) == []

    def test_retries_only_what_another_try_can_mend(self, path: pathlib.Path) -> None:
        assert asl.retried_in_vain(asl.load(path), asl.retryable_classes(errors.Error)) == []

    def test_says_what_it_is_for(self, path: pathlib.Path) -> None:
        assert asl.load(path)["Comment"]

    def test_is_in_the_template_with_every_substitution_it_needs(self, path: pathlib.Path) -> None:
        template = (ROOT / "template.yaml").read_text()
        block = template[template.index(f"DefinitionUri: statemachines/{path.name}") :].split("Policies", 1)[0]
        needed = set(re.findall(r"\$\{(\w+)\}", path.read_text()))
        given = yaml.safe_load(re.sub(r"!\w+ ", "", block.split("DefinitionSubstitutions:", 1)[1].splitlines()[0]))
        assert set(given) == needed


@pytest.mark.parametrize("path", IDS, ids=lambda path: path.name.split(".")[0])
class TestEverySaga:
    def test_calls_a_state_and_its_step_by_one_word(self, path: pathlib.Path) -> None:
        for name, state in tasks(path).items():
            assert sentence(state["Parameters"]["step"]) == name
            known = {*cluster_steps.STEPS, *cluster_steps.MARKS} if path == OF_A_CLUSTER else {*STEPS, *MARKS}
            assert state["Parameters"]["step"] in known

    def test_sends_ids_and_no_facts(self, path: pathlib.Path) -> None:
        for name, state in tasks(path).items():
            sent = {key: value for key, value in state["Parameters"].items() if key not in ("step", "error.$")}
            assert sent == {f"{id}.$": f"$.{id}" for id in IDS[path]}, name
            assert state["ResultPath"] is None, name

    def test_outwaits_the_function_so_a_step_that_timed_out_is_over(self, path: pathlib.Path) -> None:
        assert min(state["TimeoutSeconds"] for state in tasks(path).values()) > function_timeout("Provision")

    def test_ends_quietly_when_a_newer_generation_took_over(self, path: pathlib.Path) -> None:
        for name, state in tasks(path).items():
            assert state["Catch"][0]["ErrorEquals"] == ["Superseded"], name
            assert asl.load(path)["States"][state["Catch"][0]["Next"]]["Type"] == "Succeed"

    def test_stays_within_the_longest_history_however_often_it_retries(self, path: pathlib.Path) -> None:
        retries = [retrier["MaxAttempts"] for state in tasks(path).values() for retrier in state["Retry"]]
        assert EVENTS_OF_A_TRY * (sum(retries) + len(tasks(path))) + 5 * len(tasks(path)) < EVENTS_OF_A_HISTORY


def test_every_step_and_mark_is_used() -> None:
    used = {state["Parameters"]["step"] for path in SAGAS for state in tasks(path).values()}
    assert used == {*STEPS, *MARKS}
    assert {state["Parameters"]["step"] for state in tasks(OF_A_CLUSTER).values()} == {*cluster_steps.STEPS, *cluster_steps.MARKS}


def test_a_create_turns_back_from_the_outermost_wherever_it_fails() -> None:
    """An earlier attempt may have come further than this one."""
    for name, state in tasks(ROOT / "statemachines" / "create_deployment.asl.json").items():
        if name.startswith(("Ensure", "Await")):
            assert state["Catch"][-1] == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "RemoveIngress"}


def test_an_update_removes_nothing() -> None:
    assert [name for name in tasks(ROOT / "statemachines" / "update_deployment.asl.json") if name.startswith("Remove")] == []


DRAINS = (("hibernate", "EnsureDrained"), ("update", "EnsureRelease"), ("update", "RestoreRelease"))
"""An update waits for rest when it changes the executor."""


@pytest.mark.parametrize(("saga", "state"), DRAINS)
def test_a_drain_is_watched_for_a_day(saga: str, state: str) -> None:
    drain = tasks(ROOT / "statemachines" / f"{saga}_deployment.asl.json")[state]
    (retrier,) = [each for each in drain["Retry"] if each["ErrorEquals"] == ["WorkersBusy"]]
    waits, wait = 0.0, float(retrier["IntervalSeconds"])
    for _ in range(retrier["MaxAttempts"]):
        waits, wait = waits + wait, min(wait * retrier["BackoffRate"], retrier["MaxDelaySeconds"])
    assert retrier["IntervalSeconds"] == 5
    assert 24 * 3600 <= waits <= 25 * 3600
