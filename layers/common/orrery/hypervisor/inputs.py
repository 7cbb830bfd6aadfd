"""What a decision about one queue was made from, as numbers and words by name, for whoever asks why. Pure."""

from orrery.hypervisor.fleet import Queue, WorkerState


def of(queue: Queue) -> dict[str, float | int | str]:
    """Bounds and counts in workers, concurrency in tasks a worker, times in seconds; queued, running and style stand in the decision.

    `needed` is what the demand needs before the next plan can bring anybody, `peak` the most that is needed until a worker that is
    launched by the next plan could serve, `peakInSeconds` when that is.
    """
    by_state = {state: sum(worker.state is state for worker in queue.workers) for state in WorkerState}
    known: dict[str, float | int | str] = {
        "floor": queue.floor,
        "ceiling": queue.ceiling,
        "concurrency": queue.concurrency,
        "starting": by_state[WorkerState.STARTING],
        "serving": by_state[WorkerState.RUNNING],
        "draining": by_state[WorkerState.DRAINING],
        "idle": queue.idle(),
        "startSeconds": queue.start,
        "needed": queue.needed,
        "foretold": "no" if queue.ahead is None else "yes",
    }
    if queue.ahead is not None:
        known |= {"peak": queue.peak, "peakInSeconds": queue.peak_in}
    if queue.due:
        known |= {"nextDag": queue.due.dag, "nextAt": queue.due.at.isoformat(), "nextTasks": queue.due.tasks}
    return known
