"""`orrery deployment worker-queue`: which workers take a Deployment's tasks, and how many at once."""

from typing import Any

import click

from orrery_cli import lookup
from orrery_cli import specification as spec
from orrery_cli.commands.deployment import OF, TIMEOUT, WAIT, changed
from orrery_cli.failures import Failure
from orrery_cli.session import Session, current
from orrery_cli.shared import group
from orrery_cli.waiting import Item

COLUMNS = ("id", "name", "astroMachine", "minWorkerCount", "maxWorkerCount", "workerConcurrency")
_FIELDS = (
    click.option("--min", "minWorkerCount", type=click.IntRange(0), help="Workers that are always there."),
    click.option("--max", "maxWorkerCount", type=click.IntRange(1), help="Workers at most."),
    click.option("--concurrency", "workerConcurrency", type=click.IntRange(1), help="Tasks that a worker takes at once."),
    click.option("--machine", "astroMachine", help="The kind of worker, such as A5; see `orrery deployment options`."),
    WAIT,
    TIMEOUT,
)


def _fields(function: Any) -> Any:
    for option in reversed(_FIELDS):
        function = option(function)
    return function


@group("worker-queue")
def worker_queue() -> None:
    """Make, change and remove a Deployment's worker queues; running tasks always end first.

    \b
    Examples:
      orrery deployment worker-queue create heavy --deployment etl --min 0 --max 4 --machine A10
      orrery deployment worker-queue update heavy --deployment etl --max 8 --wait
      orrery deployment worker-queue delete heavy --deployment etl --yes
    """


@worker_queue.command("list")
@OF
def list_queues(deployment: str | None) -> None:
    """The worker queues of a Deployment."""
    session = current()
    session.show({"workerQueues": lookup.deployment(session, deployment)["workerQueues"]}, COLUMNS)


@worker_queue.command("create")
@click.argument("name")
@OF
@_fields
def create(name: str, deployment: str | None, wait: bool, timeout: int, **asked: Any) -> None:
    """Add the worker queue NAME; what is not named gets the service's defaults.

    \b
    Examples:
      orrery deployment worker-queue create heavy --deployment etl
      orrery deployment worker-queue create heavy --deployment etl --min 1 --max 4 --concurrency 2 --machine A10 --wait
    """
    session = current()
    found = lookup.deployment(session, deployment)
    if any(each["name"] == name for each in found["workerQueues"]):
        raise Failure(f"`{found['name']}` has a worker queue `{name}` already; change it with `update`", kind="conflict")
    _put(session, found, {"name": name, **spec.given(**asked)}, wait=wait, timeout=timeout)


@worker_queue.command("update")
@click.argument("name")
@OF
@_fields
def update(name: str, deployment: str | None, wait: bool, timeout: int, **asked: Any) -> None:
    """Change a worker queue; what is not named stays.

    \b
    Examples:
      orrery deployment worker-queue update default --deployment etl --min 1 --max 10
    """
    session = current()
    if not spec.given(**asked):
        raise Failure("nothing to change: name what should be different", kind="usage")
    found = lookup.deployment(session, deployment)
    known = lookup.worker_queue(found, name)
    _put(session, found, {"name": known["name"], **spec.given(**asked)}, wait=wait, timeout=timeout)


@worker_queue.command("delete")
@click.argument("name")
@OF
@WAIT
@TIMEOUT
def delete(name: str, deployment: str | None, wait: bool, timeout: int) -> None:
    """Remove a worker queue; the one named `default` stays.

    \b
    Examples:
      orrery deployment worker-queue delete heavy --deployment etl --yes
    """
    session = current()
    found = lookup.deployment(session, deployment)
    known = lookup.worker_queue(found, name)
    session.confirm(f"delete the worker queue `{known['name']}` of `{found['name']}`")
    queues = spec.changed_queues(found["workerQueues"], (), [known["name"]], {})
    changed(session, found, {"workerQueues": queues}, wait=wait, timeout=timeout)
    session.show({"id": known["id"], "name": known["name"], "deleted": True})


def _put(session: Session, found: Item, queue: Item, *, wait: bool, timeout: int) -> None:
    is_new = all(each["name"] != queue["name"] for each in found["workerQueues"])
    query = {"deploymentId": found["id"], "deploymentType": found["type"], "executor": found["executor"]}
    options = session.api.get(f"{session.root}/deployment-options", query) if is_new else {}
    queues = spec.changed_queues(found["workerQueues"], [queue], (), options)
    after = changed(session, found, {"workerQueues": queues}, wait=wait, timeout=timeout)
    session.show(lookup.worker_queue(after, queue["name"]), COLUMNS)
