"""The guard on destruction, before the real state machine, the real steps and the real store: what a storm of deletes can take."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from orrery import names
from orrery.errors import Conflict, Invalid, NotFound
from orrery.model.cluster import Cluster, ClusterType
from orrery.model.deployment import Deployment, Observed, status
from orrery.provisioning import guard
from orrery.store import clusters, removals, writes

from functions.allow_removals.app import handler
from local.aws.engine import Engine
from tests.support.builders import BORN
from tests.support.sagas import Stage, a_stage

FEW = 5


@pytest.fixture
def stage(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    yield from a_stage(aws_engine, monkeypatch)


@pytest.fixture
def cluster(stage: Stage) -> str:
    made = Cluster(names.new_id(), "standard", ClusterType.STANDARD, "us-east-1", BORN, BORN)
    writes.commit(clusters.new_standard(made))
    return made.id


def some(stage: Stage, cluster: str, count: int) -> list[Deployment]:
    """So many Deployments that run well on the cluster."""
    made = [stage.active(name=f"deployment {number}", cluster_id=cluster) for number in range(count)]
    for each in made:
        removals.place(each)
    return made


def storm(stage: Stage, deployments: list[Deployment]) -> list[str]:
    """Everybody is deleted at once; how each saga ended."""
    deleted = [stage.deleted(each) for each in deployments]
    with ThreadPoolExecutor(4) as several:
        return [result.status for result in several.map(stage.run, deleted)]


def test_a_storm_of_deletes_takes_a_small_share_and_leaves_the_others_whole(stage: Stage, cluster: str) -> None:
    there = some(stage, cluster, 12)
    before = {each.id: stage.plane.has(each.id) for each in there}
    ends = storm(stage, there)
    assert ends.count("SUCCEEDED") == FEW
    held = [each for each, end in zip(there, ends, strict=True) if end == "FAILED"]
    assert len(held) == 12 - FEW
    for each in held:
        assert stage.plane.has(each.id) == before[each.id]
        _, reason = status(stage.record(each), Observed())
        assert "too many Deployments have been deleted from its cluster within the hour" in reason
    assert removals.count(cluster) == 12 - FEW


def test_an_operators_word_lets_so_many_more_go_at_the_sweepers_next_try(stage: Stage, cluster: str) -> None:
    there = some(stage, cluster, FEW + 3)
    storm(stage, there)
    told = handler({"cluster": cluster, "more": 2, "hours": 1, "reason": "a team moves out"}, None)
    assert told | {"until": ""} == {"cluster": cluster, "more": 2, "until": "", "deployments": 3}
    stage.sweep()
    assert removals.count(cluster) == 1


def test_one_that_was_let_go_is_never_held_half_way(stage: Stage, cluster: str) -> None:
    first, *others = some(stage, cluster, FEW + 1)
    cut = stage.deleted(first)
    assert stage.run(cut, fault=("remove_broker", "after")).status == "FAILED"
    assert storm(stage, others).count("SUCCEEDED") == FEW - 1
    stage.sweep()
    assert stage.plane.has(first.id) == set()


def test_other_clusters_are_counted_by_themselves(stage: Stage, cluster: str) -> None:
    storm(stage, some(stage, cluster, FEW + 1))
    assert storm(stage, some(stage, names.new_id(), 1)) == ["SUCCEEDED"]


def test_what_never_ran_well_goes_at_once(stage: Stage, cluster: str) -> None:
    storm(stage, some(stage, cluster, FEW + 1))
    for number in range(3):
        made = stage.asked_for(name=f"never {number}", cluster_id=cluster)
        assert stage.run(made, fault=("ensure_airflow", "before")).status == "FAILED"
        assert stage.plane.has(made.id) == set()
    assert removals.count(cluster) == 1


def test_going_to_sleep_removes_nothing_that_is_counted(stage: Stage, cluster: str) -> None:
    there = some(stage, cluster, FEW + 2)
    for each in there:
        assert stage.run(stage.sent_to_sleep(each)).status == "SUCCEEDED"


def test_a_create_is_counted_and_a_delete_is_not_any_more(stage: Stage, cluster: str) -> None:
    made = stage.asked_for(cluster_id=cluster)
    assert stage.run(made).status == "SUCCEEDED"
    assert removals.count(cluster) == 1
    assert stage.run(stage.deleted(stage.record(made))).status == "SUCCEEDED"
    assert removals.count(cluster) == 0


def test_of_two_who_ask_in_one_moment_one_asks_again(stage: Stage, cluster: str) -> None:
    one, other = (stage.deleted(each) for each in some(stage, cluster, 2))
    read = removals.load(cluster)
    guard.admit(one)
    now = datetime.now(UTC)
    with pytest.raises(Conflict):
        removals.let_go(other, read.let_go(now, there=2), now)
    assert not removals.is_let_go(other)
    guard.admit(other)
    assert removals.is_let_go(other)


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ({"more": 0}, Invalid),
        ({"more": 10_001}, Invalid),
        ({"more": "all"}, Invalid),
        ({"more": True}, Invalid),
        ({"hours": 25}, Invalid),
        ({"reason": ""}, Invalid),
        ({"reason": "x" * 201}, Invalid),
        ({"cluster": "cnobodys"}, NotFound),
    ],
)
def test_a_word_that_says_too_much_or_too_little_is_refused(stage: Stage, cluster: str, word: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        handler({"cluster": cluster, "more": 1, "hours": 1, "reason": "why", **word}, None)
    assert removals.load(cluster).allowance is None


def test_a_word_ends_by_itself(stage: Stage, cluster: str) -> None:
    handler({"cluster": cluster, "more": 1, "hours": 2, "reason": "why"}, None)
    found = removals.load(cluster).allowance
    assert found
    assert timedelta(minutes=119) < found.until - datetime.now(UTC) <= timedelta(hours=2)
