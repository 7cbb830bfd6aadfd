"""A Deployment as a file: every setting that a request can say, in the API's words; names stand where the API has ids.

What a file leaves out stays as it is. A list that it holds is the whole list: queues and variables that are not in it go.
Secrets have no value in a template, and a secret without a value keeps the one it has.
"""

from collections.abc import Iterator
from typing import Any, Final, TextIO

from orrery_cli.failures import Failure, near

Item = dict[str, Any]
LONGEST: Final = 1_000_000
"""Characters of a file: far above what the API takes."""
NAMED: Final = {"workerQueues": "name", "environmentVariables": "key"}
"""Lists whose items have a name, which order says nothing about."""
ELSEWHERE: Final = {
    "id": "a Deployment is found by its name and Workspace",
    "isDefault": "the queue named `default` is it",
    "override": "use `orrery deployment hibernate` and `wake-up`",
    "updatedAt": "the service keeps it",
    **dict.fromkeys(("nodePoolId", "remoteExecution", "workloadIdentity", "drWorkloadIdentity"), "it is not offered"),
}
"""What the API's words have besides, and why a file does not say it."""

_QUEUE: Final = {
    "name": str, "astroMachine": str, "minWorkerCount": int, "maxWorkerCount": int, "workerConcurrency": int, "podEphemeralStorage": str,
}  # fmt: skip
_VARIABLE: Final = {"key": str, "value": str, "isSecret": bool}
_SCHEDULE: Final = {"hibernateAtCron": str, "wakeAtCron": str, "isEnabled": bool, "description": str, "timeZone": str}
_SLEEP: Final = {"schedules": [_SCHEDULE], "idle": {"isEnabled": bool, "afterMinutes": int}, "catchUp": str, "wakeOnVisit": bool}
SHAPE: Final[Item] = {
    **dict.fromkeys(("name", "workspace", "description", "type", "cluster", "region", "astroRuntimeVersion"), str),
    **dict.fromkeys(("executor", "schedulerSize"), str),
    **dict.fromkeys(("isCicdEnforced", "isDagDeployEnabled", "isDevelopmentMode", "isHighAvailability"), bool),
    **dict.fromkeys(("defaultTaskPodCpu", "defaultTaskPodMemory", "resourceQuotaCpu", "resourceQuotaMemory"), str),
    "contactEmails": [str],
    "scalingSpec": {"style": str, "shadowStyle": str, "hibernationSpec": _SLEEP},
    "workerQueues": [_QUEUE],
    "environmentVariables": [_VARIABLE],
}
_WORDS: Final = {str: "text; put it in quotes", bool: "true or false", int: "a whole number"}
_NEW: Final[dict[str, Item]] = {"workerQueues": {}, "environmentVariables": {"isSecret": False}}
_SCHEDULED: Final = {"isEnabled": True, "description": "", "timeZone": "UTC"}
_ALWAYS_AWAKE: Final = {
    "style": "BALANCED",
    "shadowStyle": "NONE",
    "hibernationSpec": {"schedules": [], "idle": {"isEnabled": False, "afterMinutes": 60}, "catchUp": "AS_WRITTEN", "wakeOnVisit": True},
}
"""What no `scalingSpec` at all means."""


def of(deployment: Item) -> Item:
    """The template that makes this Deployment again, or changes nothing about it."""
    told = deployment | {"workspace": deployment.get("workspaceName"), "cluster": deployment.get("clusterName")}
    told["scalingSpec"] = _scaling(deployment.get("scalingSpec"))
    told["environmentVariables"] = [_unsealed(each) for each in deployment.get("environmentVariables") or []]
    if told["cluster"]:
        told.pop("region", None)  # the cluster is in it
    found = _within(told, SHAPE)
    assert isinstance(found, dict)
    return found


def read(file: TextIO) -> Item:
    """The file's template; raises `Failure` with every problem in it, each by its place."""
    import yaml

    text = file.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise Failure(f"`{file.name}` is too long for a Deployment", kind="usage")
    try:
        held = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Failure(f"`{file.name}` is neither JSON nor YAML: {error}", kind="usage") from error
    problems = list(_problems(held, SHAPE, ""))
    if isinstance(held, dict) and not held.get("name"):
        problems.append(("name", "is required"))
    if problems:
        fields = tuple({"field": place, "code": "INVALID", "message": words} for place, words in problems)
        raise Failure(f"`{file.name}` is not a template of a Deployment", kind="usage", field_errors=fields)
    found = _within(held, SHAPE)
    assert isinstance(found, dict)
    spec = found.get("scalingSpec", {}).get("hibernationSpec", {})
    if "schedules" in spec:
        spec["schedules"] = [{**_SCHEDULED, **each} for each in spec["schedules"]]
    return found


def merged(before: Item, wanted: Item) -> Item:
    """The template of what will be: what is there, changed by what is wanted."""
    after = _over(before, {key: value for key, value in wanted.items() if key not in NAMED})
    for section, by in NAMED.items():
        if section in wanted:
            there = {each[by]: each for each in before.get(section, [])}
            after[section] = [_worded({**there.get(each[by], _NEW[section]), **each}) for each in wanted[section]]
    return after


def _over(before: Item, wanted: Item) -> Item:
    nested = {key: _over(before.get(key, {}), value) for key, value in wanted.items() if isinstance(value, dict)}
    return {**before, **wanted, **nested}


def _scaling(spec: Item | None) -> Item:
    told = {key: value for key, value in (spec or {}).items() if value is not None}
    return _over(_ALWAYS_AWAKE, told)


def _unsealed(variable: Item) -> Item:
    return {key: value for key, value in variable.items() if key != "value"} if variable.get("isSecret") else variable


def _worded(item: Item) -> Item:
    """For a secret, nothing is no value: the API takes it so."""
    return {key: value for key, value in item.items() if key != "value" or value or not item["isSecret"]}


def _within(value: Any, shape: Any) -> Any:
    """The value in the shape's order, without what the shape does not have; nothing said is nothing."""
    if isinstance(shape, dict):
        return {key: _within(value[key], inner) for key, inner in shape.items() if value.get(key) is not None}
    return [_within(each, shape[0]) for each in value] if isinstance(shape, list) else value


def _problems(value: Any, shape: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield place or "(the file)", "must be an object: `key: value` lines"
            return
        for key, inner in value.items():
            at = f"{place}.{key}" if place else str(key)
            if key not in shape:
                yield at, _unknown(str(key), shape)
            elif inner is not None:
                yield from _problems(inner, shape[key], at)
    elif isinstance(shape, list):
        yield from _of_list(value, shape[0], place)
    elif type(value) is not shape:
        yield place, f"must be {_WORDS[shape]}"


def _of_list(value: Any, shape: Any, place: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield place, "must be a list"
        return
    for number, each in enumerate(value):
        yield from _problems(each, shape, f"{place}[{number}]")
    by = NAMED.get(place)
    if by and all(isinstance(each, dict) for each in value):
        names = [each.get(by) for each in value]
        for number, name in enumerate(names):
            if not name:
                yield f"{place}[{number}].{by}", "is required"
            elif name in names[:number]:
                yield f"{place}[{number}].{by}", f"names `{name}` a second time"


def _unknown(key: str, shape: Item) -> str:
    if key in ELSEWHERE:
        return f"is no setting of a file: {ELSEWHERE[key]}"
    return "is not known" + (near(key, shape) or f"; there are {', '.join(f'`{each}`' for each in shape)}")
