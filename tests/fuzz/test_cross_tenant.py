"""No operation gives anything to another tenant, a lower role, nobody or a revoked token, whichever id it is given.

Everything is generated from the OpenAPI document: an operation without a rightful request here, or a slot that nobody placed, fails.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from orrery import names

from tests.fuzz import world
from tests.fuzz.coverage import tried
from tests.fuzz.document import Operation, Slot, operations
from tests.fuzz.requests import expected, rightful, send
from tests.fuzz.world import Things
from tests.support.http import Answer, Caller
from tests.support.installation import another
from tests.support.plane import Plane

Json = dict[str, Any]
OPERATIONS = operations()


@pytest.fixture
def theirs(plane: Plane) -> Things:
    """Another tenant of the same installation, with things of its own."""
    other = another(plane.installation)
    return Things(Plane(other, other.workspace(), plane.machines, plane.bucket))


def with_id(request: Json, slot: Slot, id: str) -> Json:
    """The same request with another id in one slot."""
    changed = copy.deepcopy(request)
    place, way = changed[slot.where], slot.name.split(".")
    for step in way[:-1]:
        place = place.setdefault(step.removesuffix("[]"), [{}])[0]
    leaf = way[-1].removesuffix("[]")
    place[leaf] = [id] if leaf.endswith("Ids") else id
    return changed


def told(answer: Answer, id: str) -> tuple[int, str]:
    """An answer without the id that was asked about: all that a stranger may learn."""
    return answer.status, json.dumps(answer.words).replace(id, "*")


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_another_tenants_id_is_the_same_as_no_id(operation: Operation, plane: Plane, theirs: Things) -> None:
    owner = plane.installation.owner
    for slot in operation.slots:
        if slot.leaf in world.NOT_OURS or slot.name in world.NOT_OURS:
            continue
        request = rightful(operation, plane)
        foreign, unknown = theirs[slot.name if slot.name in world.SAME else slot.leaf], names.new_id()
        assert send(owner, operation, request).status in expected(operation), f"{slot}: the rightful request does not succeed"
        request = rightful(operation, plane)  # the first may have used up what it was about
        answers = [told(send(owner, operation, with_id(request, slot, id)), id) for id in (foreign, unknown)]
        assert answers[0] == answers[1], f"{slot}: a foreign id can be told from an unknown one"
        assert slot.where == "query" or answers[0][0] in (400, 404), f"{slot}: a foreign id is taken"
        tried[f"foreign id in {slot.where}"] += 1


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_only_the_rightful_token_opens(operation: Operation, plane: Plane, theirs: Things) -> None:
    owner = plane.installation.owner
    assert send(owner, operation, rightful(operation, plane)).status in expected(operation)

    request = rightful(operation, plane)
    for who, caller, refusals in strangers(operation, plane, theirs):
        answer = send(caller, operation, request)
        assert answer.status in refusals, f"{who} gets {answer.status}: {answer.body}"
        tried[who] += 1
    assert send(owner, operation, request).status in expected(operation), "what strangers sent changed something"


def strangers(operation: Operation, plane: Plane, theirs: Things) -> Iterator[tuple[str, Caller, set[int]]]:
    yield "no token", Caller(), {401}
    yield "a revoked token", world.revoked(Things(plane)), {401}
    if operation.slots:
        yield "another tenant's token", theirs.plane.installation.owner, {403, 404}
    if operation.id not in world.ANYBODY:
        unseen = {400} if any(slot.where == "body" for slot in operation.slots) else set()  # an id that they may not see is judged first
        yield "a lower role", plane.installation.somebody("ORGANIZATION_MEMBER"), {403, 404} | unseen


def test_every_operation_and_every_slot_is_covered() -> None:
    known = {each.id for each in OPERATIONS}
    assert not (set(world.BODIES) | set(world.QUERIES) | world.ANYBODY | set(world.RIGHTFUL)) - known, "named here, but not served"
    unplaced = {
        str(slot)
        for each in OPERATIONS
        for slot in each.slots
        if world.SAME.get(slot.leaf, slot.leaf) not in world.MAKERS and not {slot.leaf, slot.name} & set(world.NOT_OURS)
    }
    assert not unplaced, "say in tests/fuzz/world.py what these ids are of"
