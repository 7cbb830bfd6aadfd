"""moto's interpreter of the Amazon States Language, led to our functions and mended where it differs from AWS.

Every replacement asserts that what it replaces is still there, so a new moto fails at import and not in a saga.
"""

import contextlib
import copy
import functools
import json
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from moto.stepfunctions.parser import utils as threads
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import EvalTimeoutError
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk as sdk_task
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_dynamodb as dynamodb_task
from moto.stepfunctions.parser.asl.component.state.fail import state_fail
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local.invocation import Invocation

Invoke = Callable[[bytes], Invocation]

_functions: dict[str, Invoke] = {}


class TaskTimedOut(EvalTimeoutError):
    """Raised by a bound function to end its task the way `TimeoutSeconds` does: as States.Timeout."""


def bind(arn: str, invoke: Invoke) -> None:
    """Tasks that name this function's ARN (directly or through lambda:invoke) are answered by `invoke`."""
    _functions[arn] = invoke


def unbind(arn: str) -> None:
    _functions.pop(arn, None)


@contextlib.contextmanager
def without_waiting() -> Iterator[None]:
    """Wait states and the pauses between retries take no time; their counts and order stay."""
    clock = SimpleNamespace(sleep=lambda seconds: None)
    with (
        mock.patch.object(WaitFunction, "_wait_interval", return_value=None),
        mock.patch.object(retrier_decl, "time", clock),
    ):
        yield


def join(execution: Execution) -> None:
    """Returns when the execution has ended."""
    worker: Any = execution.exec_worker
    worker.thread.join()


def forget_finished_threads() -> None:
    """moto keeps every thread it ever started in a list; a plane that lives for weeks must not."""
    threads.TMP_THREADS[:] = [thread for thread in threads.TMP_THREADS if thread.is_alive()]


def _invoke_lambda_function(parameters: dict[str, Any], region: str, state_credentials: Any) -> dict[str, Any]:
    arn = parameters["FunctionName"]
    if arn not in _functions:
        raise LookupError(f"no function {arn} on this machine")
    answer = _functions[arn](parameters.get("Payload") or b"{}")
    response: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": json.loads(answer.payload)}
    if answer.error:
        response["FunctionError"] = answer.error
    return response


def _client(region: str, service: str, state_credentials: Any = None) -> Any:
    # moto signs with keys of its own; the engine takes this machine's keys only, which the environment holds
    return boto3.client(service, region_name=region)  # type: ignore[call-overload]


def _error_name(name: str) -> ErrorName:
    # AWS lets a Fail state pass on by ErrorPath what a Catch caught, States.Timeout included; moto refuses the prefix
    return StatesErrorName.from_name(name) if name.startswith("States.") else CustomErrorName(name)


def _start(worker: Any) -> None:
    # moto gives nobody the thread of an execution, so one could only poll for its end
    worker.thread = threading.Thread(target=worker._execution_logic, daemon=True)
    worker.thread.start()


_parsed = functools.lru_cache(maxsize=64)(AmazonStateLanguageParser.parse)


def _parse_once(definition: str) -> tuple[Any, Any]:
    # a long definition takes a third of a second, and moto parses it again for every execution; a copy of the program takes 5 ms
    program, tree = _parsed(definition)
    return copy.deepcopy(program), tree


def _mend() -> None:
    assert callable(lambda_eval_utils._invoke_lambda_function), "moto moved the place where tasks invoke functions"
    assert hasattr(WaitFunction, "_wait_interval"), "moto renamed the wait of a Wait state"
    assert hasattr(retrier_decl, "time"), "moto sleeps elsewhere between retries"
    assert isinstance(threads.TMP_THREADS, list), "moto no longer lists its threads"
    assert vars(state_fail)["CustomErrorName"] is CustomErrorName, "moto names the errors of Fail states elsewhere"
    lambda_eval_utils._invoke_lambda_function = _invoke_lambda_function
    assert callable(ExecutionWorker.start), "moto starts executions elsewhere"
    assert callable(ExecutionWorker._execution_logic), "moto runs executions elsewhere"
    vars(state_fail)["CustomErrorName"] = _error_name
    setattr(ExecutionWorker, "start", _start)  # noqa: B010  a method, so not a plain assignment
    setattr(AmazonStateLanguageParser, "parse", staticmethod(_parse_once))  # noqa: B010  a method, so not a plain assignment
    for module in (sdk_task, dynamodb_task):
        assert hasattr(module, "boto_client_for"), f"{module.__name__} makes its clients elsewhere"
        vars(module)["boto_client_for"] = _client


_mend()
