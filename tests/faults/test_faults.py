"""Whatever DynamoDB does in the middle of a request, the caller is told to come back or to look again, and nothing is ever half done.

Every operation of the document, at each of its calls, with each fault that it can meet. The same request once more, without one, ends in
what a request ends in that never met a fault.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from orrery import delivery
from orrery.store import environment

from tests.faults import injection, table
from tests.faults.injection import FAULTS, Fault
from tests.faults.tally import cells
from tests.fuzz.document import Operation, operations
from tests.fuzz.requests import conforms, expected, rightful, send
from tests.support.http import Answer, Caller
from tests.support.installation import another
from tests.support.plane import Plane

Json = dict[str, Any]
MADE_TWICE = {
    "CreateAgentToken": "as an API token",
    "CreateApiToken": "has no name of its own to claim; of two tokens the one whose secret was lost can be deleted",
    "CreateDeploy": "a deploy is an upload address; one that nobody uses does nothing",
    "CreateHandover": "a sign-in link; one that nobody uses expires",
    "CreateUserInviteLink": "a link to the same invitation; one that nobody uses expires with it",
    "DeployRollback": "the same code goes live twice",
}
"""Operations that do it again when they are sent again after their answer was lost, and why that does no harm."""


@dataclass
class World:
    """A tenant of its own with a request that its owner may send."""

    caller: Caller
    operation: Operation
    request: Json
    before: table.Rows

    def send(self) -> Answer:
        return send(self.caller, self.operation, self.request)


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_fault_at_any_call_leaves_nothing_half_done(operation: Operation, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # what waits between two tries
    calm = world(operation, plane)
    with injection.watched() as wire:
        assert calm.send().status in expected(operation)
    wanted = table.difference(calm.before, table.everything())

    meeting = world(operation, plane)
    for at, call in enumerate(wire.calls):
        for fault in (each for each in FAULTS if each.meets(call)):
            where = f"{fault} at call {at}, {call.operation}"
            answer = faulty(meeting, fault, at)
            now = table.everything()
            judge(answer, fault, operation, where)
            assert not table.misfits(now), where
            if table.difference(meeting.before, now):
                done = retry(meeting, wanted, f"{where}: {answer.body}")
                table.restore(meeting.before, done)
            cells[fault.name] += 1


def world(operation: Operation, plane: Plane) -> World:
    other = another(plane.installation)
    theirs = Plane(other, other.workspace(), plane.machines, plane.bucket)
    request = rightful(operation, theirs)
    return World(other.owner, operation, request, table.everything())


def faulty(world: World, fault: Fault, at: int) -> Answer:
    with injection.watched(fault, at) as wire:
        answer = world.send()
    assert wire.met, f"{fault} met nothing"
    return answer


def judge(answer: Answer, fault: Fault, operation: Operation, where: str) -> None:
    conforms(answer, operation)
    told_apart = {400, 404, 409} if fault.refused else {409}
    assert answer.status in {503} | told_apart | expected(operation), f"{where}: {answer.body}"
    assert answer.status != 503 or int(answer.headers["retry-after"]) > 0


def retry(world: World, wanted: Any, where: str) -> table.Rows:
    """The same request once more; what is in the table after it."""
    answer = world.send()
    for mark in environment.undelivered(datetime.now(UTC)):  # as the sweeper does
        delivery.carry_out(mark)
    done = table.everything()
    assert answer.status in {400, 404, 409} | expected(world.operation), f"{where}, then {answer.body}"
    assert not table.misfits(done), where
    got = table.difference(world.before, done)
    if world.operation.id in MADE_TWICE:
        assert got.keys() == wanted.keys(), where
    else:
        assert got == wanted, where
    return done
