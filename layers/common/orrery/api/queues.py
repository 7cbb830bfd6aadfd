"""Worker queues out of a request: ids are kept by name, what is left out takes the product's defaults."""

from collections.abc import Sequence

from orrery import names
from orrery.api.problems import Problems
from orrery.api.wire.deployment_requests import UpdateWorkerQueueRequest, WorkerQueueRequest
from orrery.model import offer
from orrery.model.queue import DEFAULT, Machine, Queue

Asked = Sequence[WorkerQueueRequest] | Sequence[UpdateWorkerQueueRequest]


def default() -> tuple[Queue, ...]:
    """The one queue of a Deployment that asked for none."""
    machine = Machine.A5
    return (Queue(names.new_id(), DEFAULT, machine, offer.MIN_WORKERS.default, offer.MAX_WORKERS.default, machine.size.concurrency),)


def wanted(asked: Asked, before: tuple[Queue, ...], problems: Problems) -> tuple[Queue, ...]:
    """The queues that were asked for, in that order; what is wrong with them is added to the problems."""
    known = {queue.name: queue for queue in before}
    given = [queue.name for queue in asked]
    if len(asked) > offer.QUEUES:
        problems.add("workerQueues", f"may hold at most {offer.QUEUES} queues", "TOO_MANY")
    if DEFAULT not in given:
        problems.add("workerQueues", f"must hold a queue named `{DEFAULT}`; it cannot be taken away", "DEFAULT_MISSING")
    for place, queue in enumerate(asked):
        if queue.name in given[:place]:
            problems.add(
                f"workerQueues[{place}].name", f"names `{queue.name}` a second time; every queue needs a name of its own", "DUPLICATE"
            )
    return tuple(_queue(queue, known.get(queue.name), f"workerQueues[{place}]", problems) for place, queue in enumerate(asked))


def _queue(asked: WorkerQueueRequest, before: Queue | None, field: str, problems: Problems) -> Queue:
    machine = asked.astro_machine or (before.machine if before else None)
    if machine is None:
        problems.add(f"{field}.astroMachine", "is required for a new queue", "MISSING")
        machine = Machine.A5
    if asked.worker_concurrency > machine.size.concurrency_ceiling:
        problems.add(f"{field}.workerConcurrency", f"must be {machine.size.concurrency_ceiling} or less on the machine `{machine}`")
    if asked.is_default != (asked.name == DEFAULT):
        problems.add(f"{field}.isDefault", f"must be true for the queue named `{DEFAULT}` and false for every other")
    if asked.id and asked.id != (before.id if before else None):
        problems.add(f"{field}.id", "is not the id of the queue of this name; leave it out", "NOT_FOUND")
    if asked.pod_ephemeral_storage not in (None, "", offer.EPHEMERAL_STORAGE):
        problems.add(f"{field}.podEphemeralStorage", f"can only be `{offer.EPHEMERAL_STORAGE}` for now; leave it out", "NOT_SERVED")
    if getattr(asked, "node_pool_id", None):
        problems.add(f"{field}.nodePoolId", "is for hybrid clusters, which are not offered; leave it out", "NOT_SERVED")
    return Queue(
        id=before.id if before else names.new_id(),
        name=asked.name,
        machine=machine,
        min_workers=asked.min_worker_count,
        max_workers=asked.max_worker_count,
        concurrency=asked.worker_concurrency,
    )
