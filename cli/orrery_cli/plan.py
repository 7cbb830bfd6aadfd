"""What applying a template would change, told before it is done, and the request that does it; secrets are never in what is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from orrery_cli import specification as spec
from orrery_cli import template
from orrery_cli.failures import Failure

Item = dict[str, Any]
COLUMNS: Final = ("change", "setting", "before", "after")
FIXED: Final = ("type", "cluster", "region", "astroRuntimeVersion")
"""Chosen when a Deployment is made."""
_NEEDED: Final = ("astroMachine", "minWorkerCount", "maxWorkerCount", "workerConcurrency")


@dataclass(frozen=True)
class Plan:
    """One Deployment's way from what is there (None: nothing) to its file."""

    deployment: Item | None
    before: Item
    after: Item

    @property
    def action(self) -> str:
        if self.deployment is None:
            return "CREATE"
        return "UPDATE" if self.changes else "NONE"

    @property
    def changes(self) -> list[Item]:
        """Every difference as {change, setting, before, after}."""
        return [
            {"change": _kind(before, after), "setting": setting, "before": _told(before), "after": _told(after)}
            for setting, before, after in _differences(_tree(self.before), _tree(self.after), "")
        ]

    def document(self) -> Item:
        words = {key: self.after.get(key) for key in ("name", "workspace")}
        return {**words, "action": self.action, "changes": self.changes}

    def body(self) -> Item:
        """The request, without the ids of a place: what a creation says, or the least that an update must."""
        if self.deployment is None:
            said = {key: value for key, value in self.after.items() if key not in ("workspace", "cluster")}
            return {"type": "STANDARD", **said, **self._queues(said)}
        before, after = _tree(self.before), _tree(self.after)
        changed = {key: self.after[key] for key in after if after[key] != before.get(key)}
        return {**spec.unchanged(self.deployment), **changed, **self._queues(changed)}

    def _queues(self, said: Item) -> Item:
        if "workerQueues" not in said:
            return {}
        ids = {each["name"]: each["id"] for each in (self.deployment or {}).get("workerQueues", [])}
        return {"workerQueues": [_queue(each, ids.get(each["name"])) for each in said["workerQueues"]]}


def make(wanted: Item, deployment: Item | None, *, secrets: list[Item], choices: Callable[[], Item]) -> Plan:
    """The plan for a file and values for its secrets; `choices` are the service's own, for what a new queue leaves out.

    Raises `Failure` for what cannot come true.
    """
    before = template.of(deployment) if deployment else {}
    if deployment:
        _refuse_moving(wanted, deployment)
        wanted = {key: value for key, value in wanted.items() if key not in (*FIXED, "workspace")}
    after = template.merged(before, _with(wanted, before, secrets))
    if "workerQueues" in wanted:
        there = [each["name"] for each in before.get("workerQueues", [])]
        after["workerQueues"] = [each if each["name"] in there else _filled(each, choices) for each in after["workerQueues"]]
    _refuse_unknown_values(before, after)
    return Plan(deployment, before, after)


def _with(wanted: Item, before: Item, secrets: list[Item]) -> Item:
    if not secrets:
        return wanted
    named = wanted.get("environmentVariables", before.get("environmentVariables")) or []
    return {**wanted, "environmentVariables": spec.changed_environment(named, secrets, ())}


def _filled(queue: Item, choices: Callable[[], Item]) -> Item:
    if set(_NEEDED) <= set(queue):
        return queue
    filled = spec.filled(queue, choices())
    return {key: filled[key] for key in filled if key != "isDefault"}


def _queue(queue: Item, id: str | None) -> Item:
    return {**queue, "isDefault": queue["name"] == "default", **spec.given(id=id)}


@dataclass(frozen=True)
class _Variable:
    """A variable as one value, so that a secret is never taken apart on its way to a screen."""

    value: str | None = field(repr=False)
    is_secret: bool

    def __str__(self) -> str:
        if self.is_secret:
            return "(secret)" if self.value is None else "(secret, a new value)"
        return self.value or ""


def _tree(told: Item) -> Item:
    """A template with its named lists by name."""
    queues = {each["name"]: {key: value for key, value in each.items() if key != "name"} for each in told.get("workerQueues", [])}
    variables = {each["key"]: _Variable(each.get("value"), each["isSecret"]) for each in told.get("environmentVariables", [])}
    sections = {"workerQueues": queues, "environmentVariables": variables}
    return told | {key: value for key, value in sections.items() if key in told}


def _differences(before: Item, after: Item, place: str) -> Iterator[tuple[str, Any, Any]]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        at = f"{place}.{key}" if place else key
        if not place and isinstance(new, dict):
            old = old or {}  # what a section holds is told piece by piece, also where it is new
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, at)
        elif old != new:
            yield at, old, new


def _kind(before: Any, after: Any) -> str:
    if before is None:
        return "ADD"
    return "REMOVE" if after is None else "CHANGE"


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, _Variable) else value


def _refuse_moving(wanted: Item, deployment: Item) -> None:
    here = {key: deployment.get({"cluster": "clusterName"}.get(key, key)) for key in FIXED}
    moved = [key for key in FIXED if key in wanted and wanted[key] not in (here[key], deployment.get(f"{key}Id"))]
    if moved:
        words = "is `{}` and stays so: it is chosen when a Deployment is made"
        fields = tuple({"field": key, "code": "FIXED", "message": words.format(here[key])} for key in moved)
        raise Failure(f"deployment `{deployment['name']}` cannot become what the file says", kind="usage", field_errors=fields)


def _refuse_unknown_values(before: Item, after: Item) -> None:
    """A variable without a value is one whose value we need not know: a secret that was there and stays one."""
    there = {each["key"] for each in before.get("environmentVariables", []) if each["isSecret"]}
    for each in after.get("environmentVariables", []):
        if each.get("value") is None and not (each["isSecret"] and each["key"] in there):
            raise Failure(f"the variable `{each['key']}` needs a value, in the file or by `--secret-env-file`", kind="usage")
