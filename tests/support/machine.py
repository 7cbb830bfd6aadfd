"""Runs a real state machine definition with real handlers in this process, with faults where a test asks for them.

    machine = Machine("create_deployment", {"Provision": provision.handler})
    result = machine.run({"deployment": "d1"}, fault=("ensure_database", "after"))
    assert result.status == "FAILED" and result.steps[-1] == "remove_namespace"

`${ProvisionFunctionArn}` in the definition is the handler named `Provision`. Wait states and pauses between retries
take no time; everything else (Retry, Catch, Choice, Map, TimeoutSeconds) is the interpreter's work.
"""

import json
import pathlib
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local import interpreter
from local.invocation import ACCOUNT, REGION, Context, Handler, Invocation, call, function_arn

DEFINITIONS = pathlib.Path(__file__).parents[2] / "statemachines"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/tests"

Moment = Literal["before", "after", "timeout"]


class Injected(Exception):
    """The failure a test asked for; no Retry names it."""


@dataclass(frozen=True)
class Fault:
    """Where a run breaks: `before` the step's effect, `after` it, or with a `timeout` (the effect happened, nobody heard).

    `first` is the call of that step that fails first (1 = the first), `times` how often it fails (None = from then on).
    """

    step: str
    moment: Moment
    first: int = 1
    times: int | None = None
    error: type[Exception] = Injected

    def strikes(self, step: str, nth: int) -> bool:
        return step == self.step and nth >= self.first and (self.times is None or nth < self.first + self.times)


@dataclass(frozen=True)
class Result:
    """How an execution ended: its status, output or error, the steps its tasks ran, and the history of its events."""

    status: str
    output: Any
    error: str | None
    cause: str | None
    steps: list[str]
    states: list[str]
    history: list[dict[str, Any]]


def step_of(event: Any) -> str:
    return str(event["step"]) if isinstance(event, dict) and "step" in event else "?"


class Machine:
    def __init__(
        self,
        name: str,
        functions: Mapping[str, Handler],
        *,
        definitions: pathlib.Path = DEFINITIONS,
        substitutions: Mapping[str, str] | None = None,
        step: Callable[[Any], str] = step_of,
    ) -> None:
        """`functions` maps `X` of each `${XFunctionArn}` to its handler; `step` names a step by its event."""
        self.name, self.handlers, self.step = name, functions, step
        arns = {function: function_arn(f"{function}-{uuid.uuid4().hex[:8]}") for function in functions}
        for function, arn in arns.items():
            interpreter.bind(arn, lambda payload, function=function: self._invoke(function, payload))  # type: ignore[misc]
        text = (definitions / f"{name}.asl.json").read_text()
        for key, value in {**{f"{function}FunctionArn": arn for function, arn in arns.items()}, **(substitutions or {})}.items():
            text = text.replace("${" + key + "}", value)
        assert "${" not in text, f"{name} has a substitution nobody gave: {text[text.index('${') :][:60]}"
        self.backend = StepFunctionsParserBackend(REGION, ACCOUNT)
        self.arn = self.backend.create_state_machine(name, text, ROLE).arn
        self._lock = threading.Lock()
        self.steps: list[str] = []

    def run(self, input: Any, *, fault: Fault | tuple[str, Moment] | None = None, twice: bool = False) -> Result:
        """Runs to the end; with `twice` every step's handler is called twice and the second answer counts."""
        self.steps, self.fault, self.twice = [], Fault(*fault) if isinstance(fault, tuple) else fault, twice
        with interpreter.without_waiting():
            execution = self.backend.start_execution(self.arn, str(uuid.uuid4()), json.dumps(input))
            interpreter.join(execution)
        history: list[Any] = list(execution.to_history_output()["events"])
        states = [event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event]
        return Result(execution.status, execution.output, execution.error, execution.cause, self.steps, states, history)

    def _invoke(self, function: str, payload: bytes) -> Invocation:
        step = self.step(json.loads(payload))
        with self._lock:
            self.steps.append(step)
            nth = self.steps.count(step)
        moment = self.fault.moment if self.fault and self.fault.strikes(step, nth) else None
        if moment == "before":
            return self._injected(step)
        answer = self._call(function, payload)
        if self.twice and not answer.error:
            answer = self._call(function, payload)
        if moment == "timeout":
            raise interpreter.TaskTimedOut(step)
        return self._injected(step) if moment == "after" else answer

    def _call(self, function: str, payload: bytes) -> Invocation:
        return call(self.handlers[function], payload, Context(function, timeout=900))

    def _injected(self, step: str) -> Invocation:
        assert self.fault
        return Invocation.failed(self.fault.error.__name__, f"asked for by the test in {step}")
