"""What is kept of a snapshot: what a cluster is like at rest, and what differs from it; together they are what the agent told."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orrery.store import snapshots, tables

pytestmark = pytest.mark.usefixtures("empty_table")


def told(*ids: str, word: str = "calm", taken: int = 0) -> dict[str, Any]:
    return {
        "takenAt": f"2026-03-01T12:00:{taken:02}+00:00",
        "agent": {"version": "1"},
        "deployments": [{"id": id, "is": word} for id in ids],
    }


def keep(snapshot: dict[str, Any], *, resting: frozenset[str] | None = None, cluster: str = "c1") -> tuple[bool, ...]:
    calm = frozenset(each["id"] for each in snapshot["deployments"] if each["is"] == "calm") if resting is None else resting
    return snapshots.keep(cluster, snapshot, resting=calm, before=snapshots.load(cluster))


def sizes(cluster: str = "c1") -> tuple[int, int]:
    """How many Deployments the two rows of the first shard hold."""
    share = snapshots.load(cluster)[0]
    return len(share.rest), len(share.now)


def names(count: int) -> list[str]:
    return [f"d{number:04}" for number in range(count)]


def test_what_moves_lies_beside_what_rests() -> None:
    keep(told(*names(100)))
    assert sizes() == (100, 0)
    busy = told(*names(100))
    busy["deployments"][7]["is"] = "busy"
    assert keep(busy) == (True,)
    assert sizes() == (100, 1)
    assert keep(told(*names(100))) == (False,)
    assert sizes() == (100, 0)


def test_a_few_that_have_changed_for_good_wait_for_more_before_the_long_row_is_written() -> None:
    keep(told(*names(100)))
    keep(told(*names(100 + snapshots.SETTLED)))
    assert sizes() == (100, snapshots.SETTLED)
    keep(told(*names(101 + snapshots.SETTLED)))
    assert sizes() == (101 + snapshots.SETTLED, 0)


def test_a_deployment_that_is_gone_is_told_of_no_more() -> None:
    keep(told("d1", "d2"))
    keep(told("d2"))
    assert snapshots.merged(snapshots.load("c1"))["deployments"] == [{"id": "d2", "is": "calm"}]


def test_a_snapshot_that_says_the_same_is_not_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(told("d1"))
    monkeypatch.setattr(tables.Item, "save", lambda *args, **more: pytest.fail("nothing is new"))
    keep(told("d1", taken=10))


def test_what_moves_can_be_read_without_what_rests() -> None:
    keep(told(*names(100)))
    busy = told(*names(100))
    busy["deployments"][7]["is"] = "busy"
    keep(busy)
    assert len(snapshots.keys("c1", 0, whole=False)) == 1


@given(st.lists(st.dictionaries(st.sampled_from(names(70)), st.sampled_from(["calm", "busy", "other"])), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_told_last_is_what_is_read_whatever_was_told_before(history: list[dict[str, str]]) -> None:
    for states in history:
        keep({**told(), "deployments": [{"id": id, "is": word} for id, word in states.items()]})
    last = [{"id": id, "is": word} for id, word in sorted(history[-1].items())]
    assert snapshots.merged(snapshots.load("c1"))["deployments"] == last


def test_a_shard_that_is_split_loses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(told(*names(60)))
    monkeypatch.setattr("orrery.hypervisor.shards.MOST", 20)
    assert keep(told(*names(70))) == (False,) * 4
    assert [each["id"] for each in snapshots.merged(snapshots.load("c1"))["deployments"]] == names(70)
