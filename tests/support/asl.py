"""What every state machine definition must hold, read from the file alone."""

import json
import pathlib
from collections.abc import Iterator
from typing import Any

SERVICE_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.TooManyRequestsException",
    "Lambda.SdkClientException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "States.Timeout",
}


def load(path: pathlib.Path) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(path.read_text())
    return definition


def scopes(definition: dict[str, Any], label: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The machine itself and every machine inside it (branches of Parallel, processors of Map), outermost first."""
    yield label, definition
    for name, state in definition["States"].items():
        inner = [*state.get("Branches", []), *(state[key] for key in ("ItemProcessor", "Iterator") if key in state)]
        for machine in inner:
            yield from scopes(machine, f"{label}{name}/")


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, machine in scopes(definition):
        for name, state in machine["States"].items():
            yield label + name, state


def targets(state: dict[str, Any]) -> list[str]:
    """The states that may follow this one."""
    exits = [state, *state.get("Catch", []), *state.get("Choices", [])]
    return [exit["Next"] for exit in exits if "Next" in exit] + ([state["Default"]] if "Default" in state else [])


def dangling(definition: dict[str, Any]) -> list[str]:
    """Names that are led to and do not exist (the local interpreter would find them only at run time)."""
    found = []
    for label, machine in scopes(definition):
        named = [machine["StartAt"], *(target for state in machine["States"].values() for target in targets(state))]
        found += [label + name for name in named if name not in machine["States"]]
    return sorted(set(found))


def unreachable(definition: dict[str, Any]) -> list[str]:
    found = []
    for label, machine in scopes(definition):
        reached: set[str] = set()
        queue = [machine["StartAt"]]
        while queue:
            name = queue.pop()
            if name not in reached and name in machine["States"]:
                reached.add(name)
                queue += targets(machine["States"][name])
        found += [label + name for name in machine["States"] if name not in reached]
    return found


def endless(definition: dict[str, Any]) -> list[str]:
    """States from which nothing leads to an end."""
    found = []
    for label, machine in scopes(definition):
        ending = {name for name, state in machine["States"].items() if state.get("End") or state["Type"] in ("Succeed", "Fail")}
        while more := {n for n, s in machine["States"].items() if n not in ending and ending & set(targets(s))}:
            ending |= more
        found += [label + name for name in machine["States"] if name not in ending]
    return found


def unbounded(definition: dict[str, Any]) -> list[str]:
    """Tasks without TimeoutSeconds or without Retry."""
    return [name for name, state in states(definition) if state["Type"] == "Task" and not {"TimeoutSeconds", "Retry"} <= set(state)]


def retried_in_vain(definition: dict[str, Any], retryable: set[str]) -> list[str]:
    """`state: Error` for each error that a Retry names and that a second attempt cannot mend.

    `retryable` holds the names of the error classes with `retryable = True`; States.ALL is never among them.
    """
    allowed = retryable | SERVICE_ERRORS
    return [
        f"{name}: {error}"
        for name, state in states(definition)
        for retrier in state.get("Retry", [])
        for error in retrier["ErrorEquals"]
        if error not in allowed
    ]


def retryable_classes(root: type[Exception]) -> set[str]:
    """The names of all classes under `root` that say `retryable = True`."""
    found = {root.__name__} if getattr(root, "retryable", False) else set()
    for child in root.__subclasses__():
        found |= retryable_classes(child)
    return found
