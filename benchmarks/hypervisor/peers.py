"""The policies that we measure ourselves against, as their makers document them, and given the benefit of every doubt.

What they decide is done at once, and it is counted at the very moment of the tick. All of them ask for
ceil((queued + running) / concurrency) workers, and none of them looks ahead.
"""

import math
from collections import deque

from benchmarks.hypervisor.world import Worker, World

MOST = 10_000
"""No fleet's ceiling is ever in the way."""


class Reactive:
    """Each `every` seconds as many workers as the tasks need; one too many goes once it has been idle for `hold` seconds."""

    def __init__(self, every: float, hold: float) -> None:
        self.every, self.hold = every, hold
        self._is_ticking = False

    def begin(self, world: World) -> None:
        """Nothing: an empty fleet with nothing to do needs no tick."""

    def arrived(self, world: World) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            phase = world.phase * self.every
            world.at(phase + math.ceil((world.now - phase) / self.every) * self.every, self._tick, world)

    def emptied(self, world: World, worker: Worker) -> None:
        """Nothing: it is seen at the next tick."""

    def _tick(self, world: World) -> None:
        self._is_ticking = not world.is_quiet
        if self._is_ticking:
            self.act(world, min(MOST, -(-(len(world.queue) + world.running) // world.concurrency)))
            world.at(world.now + self.interval(world), self._tick, world)

    def interval(self, world: World) -> float:
        return self.every

    def act(self, world: World, wanted: int) -> None:
        world.launch(max(0, wanted - len(world.workers)))
        surplus = len(world.workers) - wanted
        idle = [w for w in world.workers if not w.tasks and world.now - max(w.idle_since, w.ready) >= self.hold]
        for worker in sorted(idle, key=lambda w: w.idle_since)[: max(0, surplus)]:
            world.end(worker)


class Keda(Reactive):
    """The Helm chart's autoscaler: the most that was wanted in the last 300 s stays, and Kubernetes picks who goes without looking.

    Whoever was picked takes no new task and has a grace of 600 s; what still runs then is killed.
    """

    FROM_ZERO, ABOVE, STABILISATION, GRACE = 30.0, 15.0, 300.0, 600.0

    def __init__(self) -> None:
        super().__init__(self.FROM_ZERO, 0.0)
        self._wanted: deque[tuple[float, int]] = deque()

    def interval(self, world: World) -> float:
        return self.ABOVE if world.workers else self.FROM_ZERO

    def act(self, world: World, wanted: int) -> None:
        self._wanted.append((world.now, wanted))
        while self._wanted[0][0] <= world.now - self.STABILISATION:
            self._wanted.popleft()
        staying = [worker for worker in world.workers if worker.is_open]
        world.launch(max(0, wanted - len(staying)))
        surplus = len(staying) - max(each for _, each in self._wanted)
        for worker in world.chance.sample(staying, max(0, surplus)):
            world.close(worker)
            if worker.tasks:
                world.at(world.now + self.GRACE, self._out_of_grace, world, worker)
            else:
                world.end(worker)

    def emptied(self, world: World, worker: Worker) -> None:
        if not worker.is_open:
            world.end(worker)

    def _out_of_grace(self, world: World, worker: Worker) -> None:
        if worker in world.workers:
            world.end(worker)
