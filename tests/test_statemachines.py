"""The sagas, run from their real files with the real steps and the real store: they build, turn back, roll forward, outlive any fault."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from orrery.errors import DataPlaneFailed, NotFound, Unavailable, WorkersBusy
from orrery.model.deployment import Deployment, EnvironmentVariable, Observed, Phase, status
from orrery.provisioning.specs import spec_of
from orrery.store import deployments

from local.aws.engine import Engine
from tests.support.builders import BORN
from tests.support.dataplane import PARTS
from tests.support.sagas import Stage, a_stage

MOMENTS = ("before", "after", "timeout")
ENSURES = [f"ensure_{part}" for part in PARTS]
REMOVES = [f"remove_{part}" for part in reversed(PARTS)]
BUILDS = [*ENSURES[:-1], "await_healthy", "ensure_ingress"]
UPDATES = ["ensure_release", "ensure_airflow", "ensure_queues", "await_healthy", "ensure_ingress"]
RESTORES = ["restore_release", "restore_airflow", "restore_queues", "restore_ingress"]
CONFIGURED = ("release", "airflow", "queues", "ingress")
BROKEN = DataPlaneFailed("the cluster has no room for it")


@pytest.fixture
def stage(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    yield from a_stage(aws_engine, monkeypatch)


def variable(value: str) -> EnvironmentVariable:
    return EnvironmentVariable("MODE", value, False, BORN)


def modes_in_force(stage: Stage, deployment: Deployment) -> set[str]:
    return {stage.plane.in_force(deployment.id, part).environment.get("MODE", "") for part in CONFIGURED}


def is_gone(stage: Stage, deployment: Deployment) -> bool:
    try:
        stage.record(deployment)
    except NotFound:
        return stage.plane.has(deployment.id) == set()
    return False


class TestCreate:
    def test_builds_everything_within_20_transitions(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        result = stage.run(deployment)
        assert (result.status, result.steps) == ("SUCCEEDED", [*BUILDS, "mark_ready"])
        assert len(result.states) + 1 <= 20
        assert stage.plane.has(deployment.id) == set(PARTS)
        assert all(stage.plane.in_force(deployment.id, part) == spec_of(deployment) for part in PARTS)
        assert stage.record(deployment) == deployments.good(deployment.id) == replace(deployment, phase=Phase.ACTIVE, settled=1)

    def test_every_step_may_run_twice(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        assert stage.run(deployment, twice=True).status == "SUCCEEDED"
        assert stage.plane.has(deployment.id) == set(PARTS)
        assert stage.record(deployment).phase is Phase.ACTIVE

    @pytest.mark.parametrize("moment", MOMENTS)
    @pytest.mark.parametrize("step", BUILDS)
    def test_a_fault_anywhere_leaves_nothing_behind_and_says_why(self, stage: Stage, step: str, moment: Any) -> None:
        deployment = stage.asked_for()
        result = stage.run(deployment, fault=(step, moment))
        assert (result.status, result.error) == ("FAILED", "States.Timeout" if moment == "timeout" else "Injected")
        assert stage.plane.has(deployment.id) == set()
        record = stage.record(deployment)
        assert (record.phase, record.is_settled) == (Phase.FAILED, True)
        assert record.trouble.startswith("it could not be created: ")
        assert deployments.good(deployment.id) is None

    def test_the_reason_is_the_first_error_in_its_own_words(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        stage.plane.refuse("ensure_broker", BROKEN)
        result = stage.run(deployment)
        assert result.error == "DataPlaneFailed"
        assert stage.record(deployment).trouble == "it could not be created: the cluster has no room for it"

    def test_an_airflow_that_never_gets_healthy_is_taken_away(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        stage.lose(deployment, "ensure_namespace")
        stage.plane.sicken(deployment.id, "the scheduler ends again and again")
        assert stage.run(deployment).error == "NotReadyYet"
        assert stage.plane.has(deployment.id) == set()
        assert "the scheduler ends again and again" in stage.record(deployment).trouble

    @pytest.mark.parametrize("moment", MOMENTS)
    @pytest.mark.parametrize("undoing", [*REMOVES, "mark_failed"])
    def test_a_fault_while_turning_back_is_finished_by_the_sweeper(self, stage: Stage, undoing: str, moment: Any) -> None:
        deployment = stage.asked_for()
        stage.plane.refuse("ensure_ingress", BROKEN)
        assert stage.run(deployment, fault=(undoing, moment)).status == "FAILED"
        stage.sweep()
        record = stage.record(deployment)
        assert (record.phase, record.is_settled, stage.plane.has(deployment.id)) == (Phase.FAILED, True, set())

    @pytest.mark.parametrize("moment", MOMENTS)
    def test_a_mark_that_is_lost_never_turns_a_working_airflow_back(self, stage: Stage, moment: Any) -> None:
        deployment = stage.asked_for()
        result = stage.run(deployment, fault=("mark_ready", moment))
        assert not set(result.steps) & set(REMOVES)
        stage.sweep()
        assert (stage.record(deployment).phase, stage.plane.has(deployment.id)) == (Phase.ACTIVE, set(PARTS))

    @pytest.mark.parametrize("call", ENSURES)
    def test_trouble_that_passes_is_waited_out(self, stage: Stage, call: str) -> None:
        deployment = stage.asked_for()
        stage.plane.refuse(call, Unavailable("the cluster does not answer"), times=3)
        assert stage.run(deployment).status == "SUCCEEDED"

    def test_tasks_that_run_are_waited_for_before_it_is_taken_away(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        stage.plane.refuse("ensure_ingress", BROKEN)
        stage.plane.refuse("remove_queues", WorkersBusy("2 workers are still running tasks"), times=3)
        assert stage.run(deployment).steps.count("remove_queues") == 4
        assert stage.plane.has(deployment.id) == set()

    def test_an_attempt_that_lived_on_cannot_undo_what_the_next_one_finished(self, stage: Stage) -> None:
        deployment = stage.active()
        result = stage.run(deployment, name="create_deployment", fault=("ensure_broker", "before"))
        assert result.states[-1] == "Superseded"
        assert stage.plane.has(deployment.id) == set(PARTS)


class TestUpdate:
    @pytest.fixture
    def old(self, stage: Stage) -> Deployment:
        return stage.active(environment=(variable("old"),))

    @pytest.fixture
    def new(self, stage: Stage, old: Deployment) -> Deployment:
        stage.plane.calls.clear()
        return stage.updated(old, environment=(variable("new"),))

    def test_brings_new_settings_into_force(self, stage: Stage, new: Deployment) -> None:
        result = stage.run(new)
        assert (result.status, result.steps) == ("SUCCEEDED", [*UPDATES, "mark_ready"])
        assert modes_in_force(stage, new) == {"new"}
        assert stage.record(new) == deployments.good(new.id) == replace(new, settled=2)

    def test_every_step_may_run_twice(self, stage: Stage, new: Deployment) -> None:
        assert stage.run(new, twice=True).status == "SUCCEEDED"
        assert modes_in_force(stage, new) == {"new"}

    @pytest.mark.parametrize("moment", MOMENTS)
    @pytest.mark.parametrize("step", UPDATES)
    def test_a_fault_anywhere_puts_the_last_good_settings_back_in_force(
        self, stage: Stage, new: Deployment, step: str, moment: Any
    ) -> None:
        result = stage.run(new, fault=(step, moment))
        assert (result.status, result.states[-1]) == ("FAILED", "FellBack")
        assert modes_in_force(stage, new) == {"old"}
        assert stage.plane.in_force(new.id).generation == 2, "an older generation would be ignored"
        record = stage.record(new)
        assert (record.phase, record.is_settled) == (Phase.ACTIVE, True)
        assert "the last good ones are in force" in record.trouble
        good = deployments.good(new.id)
        assert good
        assert good.environment == (variable("old"),)

    def test_nothing_is_ever_removed(self, stage: Stage, new: Deployment) -> None:
        stage.plane.sicken(new.id, "the api-server does not answer")
        stage.run(new)
        assert [call for call, _ in stage.plane.calls if call.startswith("remove_")] == []
        assert stage.plane.has(new.id) == set(PARTS)

    @pytest.mark.parametrize("moment", MOMENTS)
    @pytest.mark.parametrize("restoring", [*RESTORES, "mark_fell_back"])
    def test_a_fault_while_falling_back_is_finished_by_the_sweeper(
        self, stage: Stage, new: Deployment, restoring: str, moment: Any
    ) -> None:  # fmt: skip
        stage.plane.refuse("observe", BROKEN)
        assert stage.run(new, fault=(restoring, moment)).status == "FAILED"
        stage.sweep()
        assert modes_in_force(stage, new) == {"old"}
        assert stage.record(new).is_settled
        assert BROKEN.message in stage.record(new).trouble

    @pytest.mark.parametrize("moment", MOMENTS)
    def test_a_mark_that_is_lost_leaves_the_new_settings_in_force(self, stage: Stage, new: Deployment, moment: Any) -> None:
        stage.run(new, fault=("mark_ready", moment))
        stage.sweep()
        assert modes_in_force(stage, new) == {"new"}
        assert stage.record(new).is_settled

    def test_the_next_update_after_a_fall_back_starts_clean(self, stage: Stage, new: Deployment) -> None:
        stage.run(new, fault=("ensure_airflow", "after"))
        newest = stage.updated(stage.record(new), environment=(variable("newest"),))
        assert stage.run(newest).status == "SUCCEEDED"
        assert (modes_in_force(stage, newest), stage.record(newest).trouble) == ({"newest"}, "")

    def test_an_older_generation_ends_quietly_and_changes_nothing(self, stage: Stage, new: Deployment) -> None:
        newest = stage.updated(new, environment=(variable("newest"),))
        result = stage.run(new)
        assert (result.status, result.states) == ("SUCCEEDED", ["EnsureRelease", "Superseded"])
        assert modes_in_force(stage, new) == {"old"}
        stage.run(newest)
        assert modes_in_force(stage, new) == {"newest"}

    @pytest.mark.parametrize("step", ["ensure_release", "ensure_airflow", "ensure_queues", "ensure_ingress"])
    def test_of_two_generations_at_once_the_newer_one_wins(self, stage: Stage, new: Deployment, step: str) -> None:
        ends: list[str] = []
        effect = getattr(stage.plane, step)

        def overtaken(spec: Any) -> None:
            setattr(stage.plane, step, effect)
            newest = stage.updated(new, environment=(variable("newest"),))
            ends.append(stage.run(newest).states[-1])
            effect(spec)

        setattr(stage.plane, step, overtaken)
        result = stage.run(new)
        assert (ends, result.states[-1]) == (["Ready"], "Superseded")
        assert modes_in_force(stage, new) == {"newest"}
        assert stage.record(new).settled == 3


class TestHibernate:
    @pytest.fixture
    def awake(self, stage: Stage) -> Deployment:
        return stage.active()

    @pytest.fixture
    def sleeper(self, stage: Stage, awake: Deployment) -> Deployment:
        return stage.sent_to_sleep(awake)

    def is_asleep(self, stage: Stage, deployment: Deployment) -> bool:
        bounds = {(queue.min_workers, queue.max_workers) for queue in stage.plane.in_force(deployment.id, "queues").queues}
        return stage.record(deployment).is_settled and stage.plane.has(deployment.id) == set(PARTS) - {"airflow"} and bounds == {(0, 0)}

    def test_drains_and_stops_airflow_and_keeps_the_rest(self, stage: Stage, sleeper: Deployment) -> None:
        result = stage.run(sleeper)
        assert (result.status, result.steps) == ("SUCCEEDED", ["ensure_drained", "remove_airflow", "mark_asleep"])
        assert self.is_asleep(stage, sleeper)

    def test_every_step_may_run_twice(self, stage: Stage, sleeper: Deployment) -> None:
        assert stage.run(sleeper, twice=True).status == "SUCCEEDED"
        assert self.is_asleep(stage, sleeper)

    def test_airflow_runs_until_the_last_task_has_ended(self, stage: Stage, sleeper: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
        stage.plane.employ(sleeper.id, workers=2)
        ensure, rounds = stage.plane.ensure_queues, iter(range(200))

        def until_finished(spec: Any) -> None:
            assert "airflow" in stage.plane.has(sleeper.id)
            if next(rounds) == 100:
                stage.plane.finish(sleeper.id)
            ensure(spec)

        monkeypatch.setattr(stage.plane, "ensure_queues", until_finished)
        assert stage.run(sleeper).steps.count("ensure_drained") == 101
        assert self.is_asleep(stage, sleeper)

    @pytest.mark.parametrize("moment", MOMENTS)
    @pytest.mark.parametrize("step", ["ensure_drained", "remove_airflow", "mark_asleep"])
    def test_a_fault_anywhere_is_finished_by_the_sweeper(self, stage: Stage, sleeper: Deployment, step: str, moment: Any) -> None:
        stage.run(sleeper, fault=(step, moment))
        stage.sweep()
        assert self.is_asleep(stage, sleeper)
        assert stage.record(sleeper).trouble == ""

    def test_wakes_up_with_what_it_had(self, stage: Stage, awake: Deployment, sleeper: Deployment) -> None:
        stage.run(sleeper)
        woken = stage.woken(stage.record(sleeper))
        assert woken.workflow == "update_deployment"
        assert stage.run(woken).status == "SUCCEEDED"
        assert stage.plane.in_force(woken.id, "queues") == replace(spec_of(awake), generation=3)
        assert stage.plane.has(woken.id) == set(PARTS)

    def test_a_failed_awakening_falls_back_to_what_ran_before_the_sleep(self, stage: Stage, awake: Deployment, sleeper: Deployment) -> None:
        stage.run(sleeper)
        changed = stage.updated(stage.record(sleeper), environment=(variable("new"),))
        stage.run(changed)
        woken = stage.woken(stage.record(changed))
        assert stage.run(woken, fault=("ensure_queues", "after")).states[-1] == "FellBack"
        assert stage.plane.in_force(woken.id) == replace(spec_of(awake), generation=4)
        assert "airflow" in stage.plane.has(woken.id)

    def test_waking_overtakes_a_drain(self, stage: Stage, sleeper: Deployment) -> None:
        stage.plane.employ(sleeper.id, workers=1)
        woken = stage.woken(sleeper)
        assert stage.run(sleeper).states == ["EnsureDrained", "Superseded"]
        assert stage.run(woken).status == "SUCCEEDED"
        assert stage.plane.homes[woken.id].workers == 1


class TestDelete:
    @pytest.fixture
    def leaving(self, stage: Stage) -> Deployment:
        return stage.deleted(stage.active())

    def test_takes_everything_away_from_the_outside_in(self, stage: Stage, leaving: Deployment) -> None:
        result = stage.run(leaving)
        assert (result.status, result.steps) == ("SUCCEEDED", [*REMOVES, "forget"])
        assert is_gone(stage, leaving)

    def test_its_names_are_free_again(self, stage: Stage, leaving: Deployment) -> None:
        stage.run(leaving)
        deployments.create(replace(leaving, phase=Phase.CREATING, generation=1, settled=0))

    def test_every_step_may_run_twice(self, stage: Stage, leaving: Deployment) -> None:
        assert stage.run(leaving, twice=True).status == "SUCCEEDED"
        assert is_gone(stage, leaving)

    @pytest.mark.parametrize("moment", MOMENTS)
    @pytest.mark.parametrize("step", [*REMOVES, "forget"])
    def test_a_fault_anywhere_is_finished_by_the_sweeper(self, stage: Stage, leaving: Deployment, step: str, moment: Any) -> None:
        stage.run(leaving, fault=(step, moment))
        stage.sweep()
        assert is_gone(stage, leaving)

    @pytest.mark.parametrize("failed_at", ["ensure_namespace", "ensure_ingress"])
    def test_what_could_not_be_created_can_be_deleted(self, stage: Stage, failed_at: str) -> None:
        deployment = stage.asked_for()
        stage.run(deployment, fault=(failed_at, "after"))
        leaving = stage.deleted(stage.record(deployment))
        assert stage.run(leaving).status == "SUCCEEDED"
        assert is_gone(stage, leaving)

    def test_a_sleeper_can_be_deleted(self, stage: Stage) -> None:
        sleeper = stage.sent_to_sleep(stage.active())
        stage.run(sleeper)
        leaving = stage.deleted(stage.record(sleeper))
        assert stage.run(leaving).status == "SUCCEEDED"
        assert is_gone(stage, leaving)

    def test_running_tasks_get_ten_minutes_and_then_the_owners_word_counts(self, stage: Stage, leaving: Deployment) -> None:
        stage.plane.employ(leaving.id, workers=1)
        result = stage.run(leaving)
        assert (result.status, result.steps.count("remove_queues")) == ("SUCCEEDED", 121)
        assert is_gone(stage, leaving)

    def test_what_it_cannot_finish_stays_visible_until_it_is_finished(self, stage: Stage, leaving: Deployment) -> None:
        stage.plane.refuse("remove_database", DataPlaneFailed("the database server refuses"))
        assert stage.run(leaving).states[-1] == "Stuck"
        record = stage.record(leaving)
        assert [each.id for each in deployments.open_work(stage.now.replace(year=2100))] == [leaving.id]
        assert "the database server refuses" in status(record, Observed())[1]
        stage.sweep()
        assert stage.record(leaving).attempt == 2
        stage.plane.relent()
        stage.sweep()
        assert is_gone(stage, leaving)

    def test_overtakes_an_update_that_is_under_way(self, stage: Stage) -> None:
        updating = stage.updated(stage.active(), environment=(variable("new"),))
        stage.lose(updating, "ensure_release", "ensure_airflow")
        leaving = stage.deleted(updating)
        assert stage.run(leaving).status == "SUCCEEDED"
        assert stage.run(updating).states[-1] == "Superseded"
        assert is_gone(stage, leaving)


class TestSecrets:
    CANARY = "hunter2-canary"

    def a_canary(self, stage: Stage) -> Deployment:
        return stage.asked_for(environment=(EnvironmentVariable("PASSWORD", self.CANARY, True, BORN),))

    def test_no_history_holds_a_secret(self, stage: Stage) -> None:
        deployment = self.a_canary(stage)
        assert self.CANARY not in json.dumps(stage.run(deployment).history, default=str)
        assert stage.plane.in_force(deployment.id).environment == {"PASSWORD": self.CANARY}

    def test_not_even_when_something_inside_breaks_and_quotes_it(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(spec: Any) -> None:
            raise KeyError(dict(spec.environment))

        deployment = self.a_canary(stage)
        monkeypatch.setattr(stage.plane, "ensure_release", broken)
        result = stage.run(deployment)
        assert (result.status, result.error) == ("FAILED", "DataPlaneFailed")
        assert self.CANARY not in json.dumps(result.history, default=str)
        assert self.CANARY not in stage.record(deployment).trouble
        assert "`ensure_release`" in stage.record(deployment).trouble
