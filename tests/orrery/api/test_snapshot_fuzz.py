"""Whatever an agent sends as a snapshot: it is taken or refused in words, and what is taken can be planned."""

import copy
import functools
import json
import operator
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orrery import dataplane
from orrery.hypervisor import execute, execute_nodes

from tests.orrery.api.test_agents import snapshot, told
from tests.support.dataplane import FakeDataPlane
from tests.support.http import Answer
from tests.support.plane import Plane

FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
TIMES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00", "soon", ""]
NUMBERS = [0, -1, 1, 0.5, 10_000, 10_000_000, 10_000_001, 2**63, 10**400, 1e308, 1e-300]
TEXTS = ["", "default", "x" * 100, "x" * 5000, "\0", "é" * 100, "../..", "RUNNING", "DRAINING", "ECONOMY", *TIMES]
ANY = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.sampled_from(TEXTS) | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
WORKER = {"id": "w1", "state": "RUNNING", "busy": 2, "idleSince": "2026-03-01T12:00:00Z", "freesIn": 20.0}
RESTS = {**WORKER, "id": "w2", "busy": 0}
QUEUE = {
    "queued": 7, "running": 2, "min": 0, "max": 4, "concurrency": 5, "cpu": 1, "memory": 2, "workers": [WORKER, RESTS],
    "ahead": [[1.0, 10], [4.0, 20]], "startSeconds": 30.0, "spanSeconds": 60.0,
    "next": {"dag": "etl", "at": "2026-03-01T12:01:00Z", "tasks": 3},
}  # fmt: skip
ILL = {"code": "CRASH_LOOP", "severity": "warning", "subject": "worker of queue heavy", "description": "it ends again and again"}
WHOLE = {
    "incidents": [ILL],
    "style": "BALANCED",
    "shadowStyle": "ECONOMY",
    "highAvailability": True,
    "nextRunAt": TIMES[2],
    "idleSince": TIMES[2],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield (*path, name)
        yield from places(each, (*path, name))


def put(document: Any, path: tuple[Any, ...], change: Any) -> None:
    """Sets what lies there; an earlier change may have taken the way away."""
    with suppress(KeyError, IndexError, TypeError):
        functools.reduce(operator.getitem, path[:-1], document)[path[-1]] = change


@pytest.fixture
def good(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(dataplane, "connect", FakeDataPlane)
    return snapshot(told(plane.made(), queue=copy.deepcopy(QUEUE), **WHOLE))


def send(plane: Plane, text: str) -> Answer:
    home = plane.installation
    return home.agent.send("POST", f"/agent/v1/clusters/{home.cluster_id}/snapshots", text=text)


def is_taken_and_planned_or_refused(plane: Plane, text: str) -> bool:
    answer, cluster = send(plane, text), plane.installation.cluster_id
    assert answer.status in (200, 400, 413), (answer.status, answer.body)
    if answer.status != 200:
        assert answer.body["message"]
        return False
    execute.plan_shard(cluster)
    execute_nodes.plan_nodes(cluster)
    return True


def test_a_snapshot_that_tells_everything_is_taken(plane: Plane, good: dict[str, Any]) -> None:
    assert is_taken_and_planned_or_refused(plane, json.dumps(good))


@given(data=st.data())
@FUZZ
def test_a_snapshot_with_a_few_things_changed(plane: Plane, good: dict[str, Any], data: st.DataObject) -> None:
    document = copy.deepcopy(good)
    for path in data.draw(st.lists(st.sampled_from([*places(good)]), min_size=1, max_size=3)):
        put(document, path, data.draw(ANY))
    is_taken_and_planned_or_refused(plane, json.dumps(document))


LIMITS: dict[str, list[Any]] = {
    "queued": [0, 10_000_000],
    "running": [0, 10_000_000],
    "min": [0, 100],
    "max": [0, 100],
    "concurrency": [1, 10_000],
    "cpu": [0, 0.25, 1000],
    "memory": [0, 10_000],
    "startSeconds": [None, 1, 3600],
    "spanSeconds": [0, 1e9],
    "ahead": [None, [], [[10_000_000, 1000]], [[0, 1000], [10_000_000, 1000]]],
    "next": [None, {"dag": "x", "at": TIMES[1], "tasks": 10_000_000}],
    "workers": [
        [],
        [{**WORKER, "id": state, "state": state, "busy": 10_000_000} for state in ("STARTING", "RUNNING", "DRAINING")],
        [RESTS],
    ],
}


@given(limits=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in LIMITS.items()}))
@FUZZ
def test_a_queue_at_its_limits(plane: Plane, good: dict[str, Any], limits: dict[str, Any]) -> None:
    document = copy.deepcopy(good)
    document["deployments"][0]["queues"][0].update(limits)
    assert is_taken_and_planned_or_refused(plane, json.dumps(document))


@given(text=st.text(max_size=200) | ANY.map(json.dumps))
@FUZZ
def test_a_body_that_is_no_snapshot(plane: Plane, text: str) -> None:
    assert send(plane, text).status == 400


def test_one_that_is_too_large_is_refused_with_the_reason(plane: Plane, good: dict[str, Any]) -> None:
    answer = send(plane, json.dumps({**good, "weather": "x" * 1024 * 1024}))
    assert (answer.status, answer.body["message"]) == (413, "the body has more than 1024 KiB")


def test_one_that_no_row_can_hold_is_refused_with_the_reason(plane: Plane, good: dict[str, Any]) -> None:
    (deployment,) = good["deployments"]
    chance = random.Random(7)
    ids = ("".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=100)) for _ in range(6500))
    workers = [{"id": id, "state": "RUNNING", "busy": 1} for id in ids]
    deployment["queues"][0]["workers"] = workers
    answer = send(plane, json.dumps(good, separators=(",", ":")))
    assert answer.status == 413
    assert "more queues and workers than one snapshot can tell" in answer.body["message"]


def test_a_queue_that_is_told_of_twice_is_refused(plane: Plane, good: dict[str, Any]) -> None:
    good["deployments"][0]["queues"] *= 2
    answer = send(plane, json.dumps(good))
    assert (answer.status, answer.fields) == (400, ["deployments[0].queues"])


def test_a_curve_that_reaches_further_than_any_plan_looks_is_refused(plane: Plane, good: dict[str, Any]) -> None:
    """A mebibyte of them would be a gigabyte in memory."""
    good["deployments"][0]["queues"][0]["ahead"] = [[0, 1000]] * 3
    answer = send(plane, json.dumps(good))
    assert (answer.status, answer.fields) == (400, ["deployments[0].queues[0].ahead"])
