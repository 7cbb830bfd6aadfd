"""Step Functions on this machine: moto's interpreter on the template's state machines, with names and history that last.

It answers boto3 clients of this process only, opens no port, and leaves DynamoDB and S3 to the engine. What moto
interprets lives in memory; what Step Functions promises (a name is used once, history stays) is kept by `Executions`.
"""

import copy
import json
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto import mock_aws
from moto.stepfunctions.exceptions import ExecutionAlreadyExists, ExecutionDoesNotExist, InvalidExecutionInput
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.stepfunctions.utils import PAGINATION_MODEL
from moto.utilities.paginator import paginate

from local import interpreter
from local.executions import Ended, Executions, NameTaken, Record, Started
from local.invocation import ACCOUNT, REGION, Invocation
from local.template import Stack

INPUT_LIMIT = 256 * 1024
KEPT_OF_EXPRESS = 50
"""Histories kept of each Express machine: AWS keeps none, and a tick each minute would fill a disk."""

ROLE = f"arn:aws:iam::{ACCOUNT}:role/local"
ENGINE = r"https?://(127\.0\.0\.1|localhost)(:\d+)?(/|$)"

# Only Step Functions is played; a call to any other service but the engine's two is an error and not a pretence.
CONFIG: Any = {
    "core": {
        "mock_credentials": False,
        "reset_boto3_session": False,
        "passthrough": {"services": ["dynamodb", "s3"], "urls": [ENGINE]},
        "service_whitelist": ["stepfunctions"],
    },
    "stepfunctions": {"execute_state_machine": True},
}


class Machines:
    """The stack's state machines; `start` before any function is called, because functions make their own clients."""

    def __init__(self, stack: Stack, invoke: Callable[[str, bytes], Invocation], directory: Path) -> None:
        self._mock = mock_aws(config=CONFIG)
        self._stack, self._invoke = stack, invoke
        self.executions = Executions(directory)
        self.backend = DurableBackend(self.executions)

    def start(self) -> list[str]:
        """Returns the ARNs of executions that the last life left running; they are ABORTED now."""
        aborted = self.executions.abort_running()
        self._mock.start()
        stepfunctions_parser_backends[ACCOUNT][REGION] = self.backend
        for function in self._stack.functions.values():
            interpreter.bind(function.arn, lambda payload, arn=function.arn: self._invoke(arn, payload))  # type: ignore[misc]
        for machine in self._stack.machines:
            made = self.backend.create_state_machine(
                machine.name, machine.definition, ROLE, sm_type="EXPRESS" if machine.express else "STANDARD"
            )
            assert made.arn == machine.arn
        return aborted

    def run(self, machine_arn: str, input: str) -> None:
        """Starts an execution as a schedule does, without a name, and waits for its end."""
        interpreter.join(self.backend.start_execution(machine_arn, None, input))

    def stop(self) -> None:
        self._mock.stop()
        for function in self._stack.functions.values():
            interpreter.unbind(function.arn)


class DurableExecution(Execution):
    """An execution whose events reach the disk as they happen."""

    record: Record
    ended: Callable[["DurableExecution"], None]

    def _get_start_execution_worker(self) -> Any:
        worker: Any = super()._get_start_execution_worker()
        make_environment, logic = worker._get_evaluation_environment, worker._execution_logic

        def recorded_environment() -> Any:
            environment = make_environment()
            environment.event_manager._history_event_list = _Recorded(self.record)
            return environment

        def recorded_logic() -> None:
            try:
                logic()
            finally:
                self.ended(self)

        worker._get_evaluation_environment, worker._execution_logic = recorded_environment, recorded_logic
        return worker


class _Recorded(list[Any]):
    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record

    def append(self, event: Any) -> None:
        super().append(event)
        self._record.event(dict(event))


class ClosedExecution:
    """An execution of this or a former life, read from its file; it has the attributes that moto's responses ask for."""

    def __init__(self, started: Started, ended: Ended) -> None:
        self.execution_arn, self.name, self.execution_input = started.arn, started.name, started.input
        self.state_machine_arn = started.machine
        self.start_date = datetime.fromisoformat(started.at)
        self.stop_date = datetime.fromisoformat(ended.at)
        self.status, self.output, self.error, self.cause = ended.status, ended.output, ended.error, ended.cause
        self.output_details = {"included": True}


class DurableBackend(StepFunctionsParserBackend):
    def __init__(self, executions: Executions) -> None:
        super().__init__(REGION, ACCOUNT)
        self._kept = executions
        self._starting = threading.Lock()

    def reset(self) -> None:
        """moto resets a backend by making it anew; this one lasts as long as its platform."""

    def start_execution(
        self, state_machine_arn: str, name: str | None = None, execution_input: str | None = None, trace_header: Any = None
    ) -> Any:
        machine: Any = self.describe_state_machine(state_machine_arn)
        text = _checked(execution_input)
        name = name or str(uuid.uuid4())
        self._validate_name(name)
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine.name}:{name}"
        with self._starting:
            if (running := _running(machine, arn)) and running.execution_input == text:
                return running  # the same start again, while it runs: the same execution
            now = datetime.now(UTC)
            try:
                record = self._kept.begin(Started(arn, machine.arn, name, text, now.isoformat(timespec="milliseconds")))
            except NameTaken:
                raise ExecutionAlreadyExists(f"Execution Already Exists: '{arn}'") from None
            execution = DurableExecution(
                name=name,
                sm_type=machine.sm_type,
                role_arn=machine.roleArn,
                exec_arn=arn,
                account_id=ACCOUNT,
                region_name=REGION,
                state_machine=copy.copy(machine),
                start_date=now,
                cloud_watch_logging_session=None,
                input_data=text,
                trace_header=trace_header,
                activity_store={},
            )
            execution.record, execution.ended = record, lambda ended: self._close(machine, ended)
            machine.executions.append(execution)
            execution.start()
        return execution

    def describe_execution(self, execution_arn: str) -> Any:
        self._validate_execution_arn(execution_arn)
        for machine in self.state_machines:
            if running := _running(machine, execution_arn):
                return running
        found = self._kept.find(execution_arn) if execution_arn.count(":") == 7 else None
        if found is None or found[1] is None:
            raise ExecutionDoesNotExist(f"Execution Does Not Exist: '{execution_arn}'")
        return ClosedExecution(found[0], found[1])

    def get_execution_history(self, execution_arn: str) -> Any:
        self.describe_execution(execution_arn)
        return {"events": self._kept.history(execution_arn)}

    @paginate(pagination_model=PAGINATION_MODEL)
    def list_executions(self, state_machine_arn: str, status_filter: str | None = None) -> list[Any]:
        machine = self.describe_state_machine(state_machine_arn)
        running = list(machine.executions)
        live = {execution.execution_arn for execution in running}
        closed = [ClosedExecution(started, ended) for started, ended in self._kept.of(machine.name) if ended and started.arn not in live]
        found: list[Any] = [*running, *closed]
        kept = [execution for execution in found if status_filter is None or execution.status == status_filter]
        return sorted(kept, key=lambda execution: execution.start_date, reverse=True)

    def _close(self, machine: StateMachine, execution: DurableExecution) -> None:
        """Writes the end down and lets go of the execution: what is over answers from its file."""
        if execution.exec_status == ExecutionStatus.RUNNING:
            # the interpreter itself broke; AWS would say States.Runtime
            execution.exec_status, execution.error, execution.cause = (
                ExecutionStatus.FAILED,
                "States.Runtime",
                "the definition cannot be run",
            )
        output = json.dumps(execution.output) if execution.exec_status == ExecutionStatus.SUCCEEDED else None
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        execution.record.end(Ended(str(execution.exec_status.value), now, output, execution.error, execution.cause))  # type: ignore[union-attr]
        executions: list[Any] = machine.executions
        executions.remove(execution)
        interpreter.forget_finished_threads()
        if machine.type == "EXPRESS":
            self._kept.prune(machine.name, keep=KEPT_OF_EXPRESS)


def _checked(execution_input: str | None) -> str:
    text = "{}" if execution_input is None else execution_input
    if len(text.encode()) > INPUT_LIMIT:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: more than {INPUT_LIMIT} bytes")
    try:
        json.loads(text)
    except ValueError as error:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from None
    return text


def _running(machine: StateMachine, arn: str) -> Any:
    return next((execution for execution in list(machine.executions) if execution.execution_arn == arn), None)
