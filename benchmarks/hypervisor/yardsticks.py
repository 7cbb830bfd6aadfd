"""Hypothetical fleets to compare with: what nobody does, and most of it nobody can.

`Handed` leaves everything to a policy but chance: the open worker that lasts longest takes the next task. `Placed` is as free as the
optimum, except that a task stays on the worker on which it began.

A worker is there the moment a task finds no free slot, its start paid and not waited for; each task is put by hand on the worker that it
prolongs least, of equals on the one that fits it closest; and an empty worker is kept if and only if it will have a task again before a
launch would be cheaper, else it ended with its last task. No task waits. What such a fleet costs above the optimum is the price of not
moving tasks, and of not knowing how long they take. It is a yardstick, not a proven bound.
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
        """Nothing: the world looks by itself whether it was needed again."""


class Handed(World):
    """Of the open workers with a free slot the one that by what was recorded lasts longest takes the next task."""

    def taker(self, able: list[Worker]) -> Worker:
        usual = self.profile.usual

        def lasts(worker: Worker) -> float:
            left = (remaining(usual(run.dag.tasks[task]), self.now - since) for (run, task), since in worker.tasks.items())
            return max(left, default=-1.0)

        return max(able, key=lasts)


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

    def _fits(self, run: Run, task: int) -> Callable[[Worker], tuple[float, float, float]]:
        own = self.left(run, task, 0.0)

        def fit(worker: Worker) -> tuple[float, float, float]:
            lasts = max((self.left(*each, self.now - since) for each, since in worker.tasks.items()), default=0.0)
            return min(0.0, lasts - own), -lasts, worker.idle_since

        return fit

    def _ended(self, run: Run, task: int, worker: Worker) -> None:
        super()._ended(run, task, worker)
        if not worker.tasks:
            self.at(self.now + self.start, self._unneeded, worker, self.now)

    def _unneeded(self, worker: Worker, since: float) -> None:
        """It has been empty for as long as a launch is dear: in hindsight it ended then."""
        if not worker.tasks and worker.idle_since == since:
            worker.accounted = self.now
            self.end(worker)
            self.lifetimes[-1] = (worker.launched, since)

    def _called(self) -> Worker:
        self.launches += 1
        worker = Worker(self.launches, self.now - self.start, self.now)
        self.workers.append(worker)
        return worker


class PlacedByTruth(Placed):
    """Tasks are placed by how long they will turn out to take."""

    def left(self, run: Run, task: int, elapsed: float) -> float:
        return run.planned.durations[task] - elapsed
