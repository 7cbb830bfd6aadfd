"""What nobody can do, to compare with: as free as the optimum, except that a task stays on the worker on which it began.

A worker is there the moment a task finds no free slot, its start paid and not waited for; each task is put by hand on the worker that it
prolongs least, of equals on the one that fits it closest; and a worker ends with its last task. No task waits. What such a fleet costs
above the optimum is the price of not moving tasks, and of not knowing how long they take. It is a yardstick, not a proven bound.
"""

from collections.abc import Callable

from orrery.hypervisor.forecast import remaining

from benchmarks.hypervisor.world import Run, Worker, World


class Nobody:
    """A policy for a world that sees to its workers by itself."""

    def begin(self, world: World) -> None:
        """Nothing."""

    def arrived(self, world: World) -> None:
        """Nothing."""

    def emptied(self, world: World, worker: Worker) -> None:
        world.end(worker)


class Placed(World):
    """Tasks are placed by what was recorded of their like."""

    def hand_out(self) -> None:
        while self.queue:
            run, task = self.queue.popleft()
            able = [worker for worker in self.workers if len(worker.tasks) < self.concurrency]
            self._started(max(able, key=self._fits(run, task)) if able else self._called(), run, task)

    def left(self, run: Run, task: int, elapsed: float) -> float:
        """Seconds that it will go on for."""
        return remaining(self.profile.usual(run.dag.tasks[task]), elapsed)

    def _fits(self, run: Run, task: int) -> Callable[[Worker], tuple[float, float]]:
        own = self.left(run, task, 0.0)

        def fit(worker: Worker) -> tuple[float, float]:
            lasts = max(self.left(*each, self.now - since) for each, since in worker.tasks.items())
            return min(0.0, lasts - own), -lasts

        return fit

    def _called(self) -> Worker:
        self.launches += 1
        worker = Worker(self.launches, self.now - self.start, self.now)
        self.workers.append(worker)
        return worker


class PlacedByTruth(Placed):
    """Tasks are placed by how long they will turn out to take."""

    def left(self, run: Run, task: int, elapsed: float) -> float:
        return run.planned.durations[task] - elapsed
