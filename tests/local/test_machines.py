"""State machines of the template run in process; names and history are kept as Step Functions keeps them, over restarts."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local import interpreter
from local.invocation import ACCOUNT, REGION, Context, Invocation, call
from local.machines import KEPT_OF_EXPRESS, DurableExecution, Machines
from local.template import Stack
from tests.support.aws import other_keys

BUILD = "arn:aws:states:us-east-1:123456789012:stateMachine:test-build_house"
TICK = "arn:aws:states:us-east-1:123456789012:stateMachine:test-Tick"


class World:
    """The functions behind the machines: they build, unless their gate is shut."""

    def __init__(self) -> None:
        self.gate, self.entered, self.steps = threading.Event(), threading.Event(), list[str]()
        self.gate.set()

    def invoke(self, arn: str, payload: bytes) -> Invocation:
        return call(self.handler, payload, Context("Build", 60))

    def handler(self, event: dict[str, Any], context: Any) -> Any:
        self.steps.append(event.get("step", "tick"))
        self.entered.set()
        self.gate.wait(20)
        if event.get("house") == "sand":
            raise LookupError("no ground")
        return {"done": True}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def open_platform(
    stack: Stack, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], tuple[Any, list[str]]]]:
    """Each call ends the last life of the platform and begins the next on the same directory."""
    other_keys(monkeypatch)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    lives: list[Machines] = []

    def begin() -> tuple[Any, list[str]]:
        if lives:
            lives[-1].stop()
        lives.append(Machines(stack, world.invoke, tmp_path))
        aborted = lives[-1].start()
        return boto3.client("stepfunctions"), aborted

    with interpreter.without_waiting():
        yield begin
        world.gate.set()
        lives[-1].stop()


@pytest.fixture
def client(open_platform: Callable[[], tuple[Any, list[str]]]) -> Any:
    return open_platform()[0]


def backend() -> Any:
    return stepfunctions_parser_backends[ACCOUNT][REGION]


def ended(client: Any, arn: str) -> dict[str, Any]:
    execution = backend().describe_execution(arn)
    if isinstance(execution, DurableExecution):
        interpreter.join(execution)
    description: dict[str, Any] = client.describe_execution(executionArn=arn)
    return description


def start(client: Any, name: str, house: str = "brick", machine: str = BUILD) -> str:
    return str(client.start_execution(stateMachineArn=machine, name=name, input=json.dumps({"house": house}))["executionArn"])


def test_an_execution_runs_the_definition_and_tells_how_it_ended(client: Any, world: World) -> None:
    done = ended(client, start(client, "h1-1-1"))
    assert (done["status"], json.loads(done["output"]), json.loads(done["input"])) == ("SUCCEEDED", {"house": "brick"}, {"house": "brick"})
    assert isinstance(done["stopDate"], datetime)
    assert world.steps == ["ensure_wall", "ensure_roof"]


def test_a_failure_keeps_its_error_and_cause(client: Any) -> None:
    done = ended(client, start(client, "h1-1-1", house="sand"))
    assert (done["status"], done["error"]) == ("FAILED", "LookupError")
    assert "no ground" in done["cause"]


def test_history_tells_every_step(client: Any) -> None:
    arn = start(client, "h1-1-1")
    ended(client, arn)
    events = client.get_execution_history(executionArn=arn)["events"]
    assert [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event] == [
        "EnsureWall",
        "Dry",
        "EnsureRoof",
    ]
    assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionSucceeded")
    assert isinstance(events[0]["timestamp"], datetime)


def test_the_same_start_while_it_runs_is_the_same_execution(client: Any, world: World) -> None:
    world.gate.clear()
    assert start(client, "h1-1-1") == start(client, "h1-1-1")
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        start(client, "h1-1-1", house="straw")
    world.gate.set()


def test_a_used_name_is_refused_even_with_the_same_input(client: Any) -> None:
    ended(client, start(client, "h1-1-1"))
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        start(client, "h1-1-1")


def test_a_used_name_is_refused_in_the_next_life(open_platform: Any) -> None:
    client, _ = open_platform()
    arn = start(client, "h1-1-1")
    before = ended(client, arn)
    client, aborted = open_platform()
    assert aborted == []
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        start(client, "h1-1-1")
    after = client.describe_execution(executionArn=arn)
    for name in ("status", "input", "output", "stateMachineArn", "name", "startDate", "stopDate"):
        assert after[name] == before[name]
    assert client.get_execution_history(executionArn=arn)["events"][-1]["type"] == "ExecutionSucceeded"


def test_what_was_running_is_aborted_in_the_next_life_and_its_steps_are_known(open_platform: Any, world: World) -> None:
    client, _ = open_platform()
    world.gate.clear()
    arn = start(client, "h1-1-1")
    assert world.entered.wait(20)
    client, aborted = open_platform()
    assert aborted == [arn]
    done = client.describe_execution(executionArn=arn)
    assert (done["status"], done["error"]) == ("ABORTED", "Orrery.Restarted")
    events = client.get_execution_history(executionArn=arn)["events"]
    assert (events[1]["stateEnteredEventDetails"]["name"], events[-1]["type"]) == ("EnsureWall", "ExecutionAborted")
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        start(client, "h1-1-1")


def test_a_record_cut_short_by_a_kill_is_closed_all_the_same(open_platform: Any, world: World, tmp_path: Path) -> None:
    client, _ = open_platform()
    world.gate.clear()
    arn = start(client, "h1-1-1")
    assert world.entered.wait(20)
    with (tmp_path / "test-build_house" / "h1-1-1.jsonl").open("a") as file:
        file.write('{"event": {"id": 5, "ty')
    client, aborted = open_platform()
    assert aborted == [arn]
    assert client.describe_execution(executionArn=arn)["status"] == "ABORTED"
    records = [json.loads(line) for line in (tmp_path / "test-build_house" / "h1-1-1.jsonl").read_text().splitlines()]
    assert records[-1]["end"]["status"] == "ABORTED"


def test_executions_are_listed_with_those_of_former_lives(open_platform: Any, world: World) -> None:
    client, _ = open_platform()
    ended(client, start(client, "h1-1-1"))
    client, _ = open_platform()
    world.gate.clear()
    start(client, "h1-2-1")
    listed = client.list_executions(stateMachineArn=BUILD)["executions"]
    assert [(execution["name"], execution["status"]) for execution in listed] == [("h1-2-1", "RUNNING"), ("h1-1-1", "SUCCEEDED")]
    only = client.list_executions(stateMachineArn=BUILD, statusFilter="SUCCEEDED")["executions"]
    assert [execution["name"] for execution in only] == ["h1-1-1"]


def test_an_execution_that_never_was_does_not_exist(client: Any) -> None:
    with pytest.raises(client.exceptions.ExecutionDoesNotExist):
        client.describe_execution(executionArn=BUILD.replace("stateMachine", "execution") + ":nobody")


@pytest.mark.parametrize("name", ["../../etc", "a b"])
def test_a_name_that_aws_refuses_is_refused(client: Any, name: str) -> None:
    with pytest.raises(client.exceptions.InvalidName):
        start(client, name)


def test_finished_executions_leave_the_memory(client: Any) -> None:
    ended(client, start(client, "h1-1-1"))
    assert backend().describe_state_machine(BUILD).executions == []


def test_express_machines_need_no_name_and_keep_their_newest_histories(stack: Stack, world: World, tmp_path: Path) -> None:
    machines = Machines(stack, world.invoke, tmp_path)
    machines.start()
    try:
        for _ in range(KEPT_OF_EXPRESS + 3):
            machines.run(TICK, "{}")
    finally:
        machines.stop()
    assert len(world.steps) == KEPT_OF_EXPRESS + 3
    assert len(list((tmp_path / "test-Tick").iterdir())) == KEPT_OF_EXPRESS


def test_other_services_are_not_pretended(client: Any) -> None:
    with pytest.raises(Exception, match=r"(?i)whitelist"):
        boto3.client("sqs", region_name="us-east-1").list_queues()
