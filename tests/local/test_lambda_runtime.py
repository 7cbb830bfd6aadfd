"""Functions share a process and still answer as Lambda would: errors by class name, timeouts, one value per variable."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from local.cloudformation import TemplateError
from local.lambda_runtime import Functions, PayloadTooLarge, environment
from local.powertools import keep_requests_apart
from local.template import Function, Stack


@pytest.fixture
def functions(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    for name in ("TABLE_NAME", "STAGE", "JOINED", "BUCKET_ARN", "LITERAL"):
        monkeypatch.setenv(name, "")
    made = Functions(stack, threads=4)
    yield made
    made.close()


def test_an_exception_becomes_its_class_name_and_message(functions: Functions) -> None:
    answer = functions.invoke("Echo", b'{"rawPath": "/raise"}')
    assert answer.error == "Unhandled"
    assert {"errorType": "LookupError", "errorMessage": "nothing here"}.items() <= answer.value().items()


def test_a_function_is_found_by_id_name_and_arn(functions: Functions, stack: Stack) -> None:
    echo = stack.functions["Echo"]
    for name in (echo.id, echo.name, echo.arn):
        assert functions.invoke(name, b"{}").error is None


def test_a_function_past_its_timeout_is_reported_as_lambda_does(functions: Functions, stack: Stack) -> None:
    gates = functions.handler(stack.functions["Other"]).__globals__["GATES"]
    gate = gates["slow"] = threading.Event()
    answer = functions.invoke("Other", b'{"gate": "slow"}')
    gate.set()
    assert answer.value()["errorType"] == "Sandbox.Timedout"
    assert "timed out after 1.00 seconds" in answer.value()["errorMessage"]


def test_a_request_over_six_megabytes_reaches_no_handler(functions: Functions) -> None:
    with pytest.raises(PayloadTooLarge):
        functions.submit("Echo", b" " * (6 * 1024 * 1024 + 1))


def test_a_module_that_cannot_be_imported_is_named(functions: Functions, stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import nowhere_to_be_found")
    stack.functions["Broken"] = replace(stack.functions["Echo"], id="Broken", code=tmp_path)
    answer = functions.invoke("Broken", b"{}")
    assert answer.value()["errorType"] == "Runtime.ImportModuleError"
    assert "nowhere_to_be_found" in answer.value()["errorMessage"]


def test_one_variable_with_two_values_is_refused(stack: Stack) -> None:
    other: Function = stack.functions["Other"]
    stack.functions["Other"] = replace(other, environment={**other.environment, "STAGE": "live"})
    with pytest.raises(TemplateError, match="`Echo` and `Other` give `STAGE` two values"):
        environment(stack, {})


def test_the_machine_may_replace_a_value_for_all(stack: Stack) -> None:
    assert environment(stack, {"STAGE": "here", "UNKNOWN": "x"})["STAGE"] == "here"
    assert "UNKNOWN" not in environment(stack, {"UNKNOWN": "x"})


def test_two_requests_at_once_never_see_each_other() -> None:
    keep_requests_apart()
    app, meet = APIGatewayHttpResolver(), threading.Barrier(2, timeout=20)

    def who(app: Any, next_middleware: Any) -> Response[Any]:
        app.append_context(caller=app.current_event.headers["authorization"])
        answer: Response[Any] = next_middleware(app)
        return answer

    app.use([who])

    @app.get("/me")
    def me() -> dict[str, Any]:
        meet.wait()  # both requests are in their handlers now
        return {"event": app.current_event.headers["authorization"], "context": app.context["caller"], "id": app.lambda_context}

    answers: dict[str, Any] = {}

    def ask(token: str) -> None:
        event = {
            "version": "2.0",
            "rawPath": "/me",
            "headers": {"authorization": token},
            "requestContext": {"http": {"method": "GET", "path": "/me"}, "stage": "$default"},
        }
        answers[token] = json.loads(app.resolve(event, token)["body"])  # type: ignore[arg-type]

    threads = [threading.Thread(target=ask, args=(token,)) for token in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {token: {"event": token, "context": token, "id": token} for token in ("one", "two")}
