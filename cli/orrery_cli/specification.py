"""From options to the bodies of the API: worker queues, environment variables, and an update that keeps what was not named."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure

Item = dict[str, Any]

_QUEUE_FIELDS: Final = {"min": "minWorkerCount", "max": "maxWorkerCount", "concurrency": "workerConcurrency", "machine": "astroMachine"}
_REQUESTED_QUEUE: Final = (
    "id",
    "name",
    "isDefault",
    "minWorkerCount",
    "maxWorkerCount",
    "workerConcurrency",
    "astroMachine",
    "podEphemeralStorage",
)
_REQUIRED: Final = (
    "name",
    "type",
    "workspaceId",
    "executor",
    "schedulerSize",
    "isCicdEnforced",
    "isDagDeployEnabled",
    "isHighAvailability",
)


def new_queues(asked: Iterable[str], options: Item) -> list[Item]:
    """The queues of a new Deployment: those asked for, and always the default one."""
    queues = [queue(each) for each in asked]
    if not any(each["name"] == "default" for each in queues):
        queues.insert(0, {"name": "default"})
    return [filled(each, options) for each in queues]


def changed_queues(before: Iterable[Item], asked: Iterable[Item], removed: Iterable[str], options: Item) -> list[Item]:
    """The queues of an update: named ones change or appear, removed ones go, all others stay as they are."""
    queues = {each["name"]: {key: each[key] for key in _REQUESTED_QUEUE if each.get(key) is not None} for each in before}
    for name in removed:
        if name not in queues:
            raise Failure(f"there is no worker queue `{name}` to remove; there are {_names(queues)}", kind="usage")
        del queues[name]
    for each in asked:
        name = each["name"]
        queues[name] = {**queues[name], **each} if name in queues else filled(each, options)
    return list(queues.values())


def environment(pairs: Iterable[str], *, secret: bool = False) -> list[Item]:
    """`KEY=VALUE` pairs as the API's environment variables."""
    found = []
    for each in pairs:
        key, equals, value = each.partition("=")
        if not equals or not key:
            # a secret's line must not be repeated in a message
            raise Failure("an environment variable is written KEY=VALUE" + ("" if secret else f", not `{each}`"), kind="usage")
        found.append({"key": key, "value": value, "isSecret": secret})
    return found


def environment_file(path: str | None, *, secret: bool) -> list[Item]:
    """The variables of a `.env` file: KEY=VALUE lines, comments, optional `export` and quotes."""
    if path is None:
        return []
    lines = [line.strip().removeprefix("export ").strip() for line in Path(path).read_text().splitlines()]
    variables = environment((line for line in lines if line and not line.startswith("#")), secret=secret)
    return [{**each, "value": _unquoted(each["value"])} for each in variables]


def changed_environment(before: Iterable[Item], changes: Iterable[Item], removed: Iterable[str]) -> list[Item]:
    """Secrets come back from the API without their value; sent without it again, they stay what they are."""
    variables = {each["key"]: {k: v for k, v in each.items() if k in ("key", "value", "isSecret")} for each in before}
    for key in removed:
        variables.pop(key, None)
    return list((variables | {each["key"]: each for each in changes}).values())


def kept(before: Item) -> Item:
    """What an update must repeat of a Deployment, besides its variables; anything else that is left out stays."""
    return {key: before[key] for key in _REQUIRED}


def unchanged(before: Item) -> Item:
    """The least body of an update, which changes nothing; secrets go without their value and keep it."""
    return {**kept(before), "environmentVariables": changed_environment(before.get("environmentVariables") or [], (), ())}


def filled(queue: Item, options: Item) -> Item:
    """A queue with the service's own defaults for what was not named."""
    machines = {each["name"]: each for each in options["workerMachines"]}
    machine = queue.get("astroMachine") or next(iter(machines))
    ranges = options["workerQueues"]
    concurrency = machines.get(machine, {}).get("concurrency") or ranges["workerConcurrency"]
    least = queue.get("minWorkerCount", int(ranges["minWorkers"]["default"]))
    return {
        "isDefault": queue["name"] == "default",
        "astroMachine": machine,
        "minWorkerCount": least,
        "maxWorkerCount": max(least, int(ranges["maxWorkers"]["default"])),
        "workerConcurrency": int(concurrency["default"]),
        **queue,
    }


def given(**values: Any) -> Item:
    """Only the fields that somebody named."""
    return {key: value for key, value in values.items() if value is not None}


def queue(text: str) -> Item:
    """A worker queue as `NAME:min=0,max=4` says it, in the API's words."""
    name, _, rest = text.partition(":")
    found: Item = {"name": name}
    for pair in filter(None, rest.split(",")):
        key, _, value = pair.partition("=")
        if key not in _QUEUE_FIELDS:
            raise Failure(f"a worker queue has {_names(_QUEUE_FIELDS)}, not `{key}`", kind="usage")
        found[_QUEUE_FIELDS[key]] = value if key == "machine" else _number(key, value)
    if not name:
        raise Failure(f"a worker queue is written NAME:min=0,max=4, not `{text}`", kind="usage")
    return found


def _number(key: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise Failure(f"`{key}` of a worker queue is a whole number, not `{value}`", kind="usage") from None


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"" else value


def _names(known: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in known)
