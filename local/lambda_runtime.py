"""Lambda in one process: every function's module imported once under a name of its own, called in a pool of threads.

All functions share this process and therefore one environment: the union of what the template gives each.
"""

import concurrent.futures
import importlib.util
import json
import os
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from local.cloudformation import TemplateError
from local.invocation import Context, Handler, Invocation, call
from local.powertools import keep_requests_apart
from local.template import Function, Stack

PAYLOAD_LIMIT = 6 * 1024 * 1024
"""Bytes of a synchronous request or response. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class PayloadTooLarge(ValueError):
    """Lambda refuses the request before any handler sees it."""


def environment(stack: Stack, overrides: Mapping[str, str]) -> dict[str, str]:
    """The union of all functions' variables; a variable with two values cannot be told apart in one process and is refused."""
    union: dict[str, tuple[str, str]] = {}
    for function in stack.functions.values():
        for name, value in function.environment.items():
            if union.setdefault(name, (value, function.id))[0] != value:
                raise TemplateError(
                    f"`{union[name][1]}` and `{function.id}` give `{name}` two values: on one machine they share it, rename one"
                )
    return {name: overrides.get(name, value) for name, (value, _) in union.items()}


class Functions:
    """The stack's functions; `invoke` answers as the service does, by logical id, name or ARN."""

    def __init__(self, stack: Stack, *, overrides: Mapping[str, str] | None = None, threads: int = 48) -> None:
        self.stack = stack
        os.environ.update(environment(stack, overrides or {}))
        for path in {path for function in stack.functions.values() for path in function.layers}:
            # a built layer keeps its packages in python/, a source layer beside its requirements
            for place in (path / "python", path):
                if place.is_dir() and str(place.resolve()) not in sys.path:
                    sys.path.insert(0, str(place.resolve()))
        keep_requests_apart()
        self._handlers: dict[str, Handler] = {}
        self._loading = threading.RLock()
        self._pool = concurrent.futures.ThreadPoolExecutor(threads, thread_name_prefix="lambda")

    def handler(self, function: Function) -> Handler:
        with self._loading:
            if function.id not in self._handlers:
                self._handlers[function.id] = _load(function)
            return self._handlers[function.id]

    def submit(self, name: str, payload: bytes) -> "concurrent.futures.Future[Invocation]":
        """Starts an invocation; the future ends with it, however long it takes."""
        if len(payload) > PAYLOAD_LIMIT:
            raise PayloadTooLarge(f"the request is {len(payload)} bytes, a function takes {PAYLOAD_LIMIT}")
        return self._pool.submit(self._run, self.stack.function(name), payload)

    def invoke(self, name: str, payload: bytes) -> Invocation:
        """Runs a function and waits for it, at most its own timeout. Past that it runs on unheard: a thread cannot be ended."""
        function = self.stack.function(name)
        running = self.submit(name, payload)
        try:
            return running.result(function.timeout)
        except concurrent.futures.TimeoutError:
            running.cancel()
            return timed_out(function)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, function: Function, payload: bytes) -> Invocation:
        context = Context(function.name, function.timeout, str(function.memory))
        try:
            handler = self.handler(function)
        except Exception as error:  # an import that fails is an answer of the runtime, not of the handler
            return Invocation.failed("Runtime.ImportModuleError", f"unable to import `{function.handler}` of `{function.id}`: {error}")
        answer = call(handler, payload, context)
        if len(answer.payload) > PAYLOAD_LIMIT:
            message = f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes)."
            return Invocation.failed("Function.ResponseSizeTooLarge", message)
        _report(function, answer)
        return answer


def timed_out(function: Function) -> Invocation:
    # the name and the text with which Step Functions and the API see a function that ran out of time
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Invocation.failed("Sandbox.Timedout", f"{now} Task timed out after {function.timeout:.2f} seconds")


def _report(function: Function, answer: Invocation) -> None:
    if answer.error:
        failure = json.loads(answer.payload)
        trace = "".join(failure.get("stackTrace", []))
        print(f"[{function.name}] {failure['errorType']}: {failure['errorMessage']}\n{trace}", file=sys.stderr, end="", flush=True)


def _load(function: Function) -> Handler:
    module_path, _, attribute = function.handler.rpartition(".")
    name = f"lambda_{function.id}.{module_path}"
    spec = importlib.util.spec_from_file_location(name, function.code / f"{module_path.replace('.', '/')}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"no module `{module_path}` in {function.code.name}/")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    handler: Handler = getattr(module, attribute)
    return handler
