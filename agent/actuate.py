"""Carries out targets: each is checked once more against what is seen now, and whoever is without a target uses the reactive rule.

The reactive rule is the hypervisor's own planner over the agent's own eyes; so a plane that is away is missed by nobody.
"""

import asyncio
from dataclasses import dataclass

from orrery.errors import PlanRefused
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.check import check
from orrery.hypervisor.fleet import Queue
from orrery.hypervisor.plan import Decision, plan

from agent import steps
from agent.clock import Clock
from agent.home import Home, HomeTrouble, Verb
from agent.journal import Journal
from agent.report import Reporter
from agent.steps import Step
from agent.world import DeploymentView, QueueView, World

_TELL: dict[steps.Verb, Verb] = {steps.Verb.UNCORDON: "uncordon", steps.Verb.CORDON: "cordon", steps.Verb.DRAIN: "drain"}


@dataclass(frozen=True)
class Goal:
    """How many workers should serve a queue, who says so (`lease` 0 is the agent itself), and why."""

    workers: int
    source: str
    lease: int
    reason: str


class Actuator:
    def __init__(self, home: Home, reporter: Reporter, journal: Journal, clock: Clock) -> None:
        self._home, self._reporter, self._journal, self._clock = home, reporter, journal, clock
        self._source = ""
        self._dropped: set[tuple[int, str, str]] = set()
        self._failing: set[tuple[str, str]] = set()

    async def act(self, world: World) -> bool:
        """Bring every queue nearer to its goal; whether any of them needs more or fewer than it is meant to have."""
        planned, own = self._plan(world)
        self._announce()
        waiting = False
        for deployment in (each for each in world.deployments if each.is_seen):
            for queue in deployment.queues:
                key = (deployment.id, queue.name)
                if key in planned:
                    goal = self._goal(deployment, queue, planned[key], own[key])
                    waiting |= planned[key].target != goal.workers
                    await self._bring(deployment, queue, goal)
        return waiting

    def _plan(self, world: World) -> tuple[dict[tuple[str, str], Decision], dict[tuple[str, str], Queue]]:
        fleet = fleets.read("here", world.snapshot())
        try:
            decisions = check(fleet, plan(fleet))
        except PlanRefused as refused:
            print(f"agent: nothing is done in this round: {refused}", flush=True)
            return {}, {}
        return (
            {(decision.deployment, decision.queue): decision for decision in decisions},
            {(queue.deployment, queue.name): queue for queue in fleet.queues},
        )

    def _goal(self, deployment: DeploymentView, queue: QueueView, planned: Decision, own: Queue) -> Goal:
        """The lease's target for the Deployment as it is now; no target, or one for another generation, leaves the queue as it is."""
        targets = self._reporter.targets
        if not targets.hold_at(self._clock.seconds()):
            return Goal(planned.target, self._source, 0, planned.reason)
        target = targets.by_queue.get((deployment.id, queue.name))
        source, lease = self._source, targets.generation
        if target is None:
            return Goal(_within(queue, own.serving), source, lease, "the bounds; the lease does not know this queue yet")
        if target.deployment_generation != deployment.generation:
            self._drop(deployment, queue, f"it was planned for generation {target.deployment_generation}, here is {deployment.generation}")
            return Goal(_within(queue, own.serving), source, lease, "the bounds; the target was for another generation")
        workers = _within(queue, target.workers)
        if workers < min(own.serving, planned.target):
            self._drop(deployment, queue, f"target {workers} is too low by now: {planned.reason}")
            workers = min(own.serving, planned.target)
        return Goal(workers, source, lease, target.reason)

    async def _bring(self, deployment: DeploymentView, queue: QueueView, goal: Goal) -> None:
        for step in steps.towards(goal.workers, queue):
            try:
                worker = await asyncio.to_thread(self._carry_out, deployment.id, queue.name, step, goal)
            except HomeTrouble as problem:
                self._fail(deployment, queue, step, goal, str(problem))
                return
            self._failing.discard((deployment.id, queue.name))
            self._record(deployment, queue, step, goal, worker=worker)

    def _carry_out(self, deployment_id: str, queue: str, step: Step, goal: Goal) -> str:
        if step.verb is steps.Verb.LAUNCH:
            decision = {"source": goal.source, "target": goal.workers, "reason": goal.reason}
            return str(self._home.launch(deployment_id, queue, decision=decision).get("id", ""))
        self._home.tell(deployment_id, step.worker, _TELL[step.verb])
        return step.worker

    def _announce(self) -> None:
        """Who decides from now on: said once, when it changes."""
        source = self._who()
        if source.partition(" ")[0] != self._source.partition(" ")[0]:
            self._journal.write(self._clock.wall(), action="SOURCE", source=source, reason=self._reporter.trouble)
        self._source = source

    def _who(self) -> str:
        if self._reporter.targets.hold_at(self._clock.seconds()):
            return f"lease {self._reporter.targets.generation}"
        if self._reporter.away_since:
            return f"reactive (plane away since {self._reporter.away_since.isoformat(timespec='seconds')})"
        if not self._reporter.targets.generation:
            return "reactive (the plane has not planned yet for what this agent sees)"
        return f"reactive (the plane answers, and its lease {self._reporter.targets.generation} has ended)"

    def _drop(self, deployment: DeploymentView, queue: QueueView, why: str) -> None:
        """A stale target is skipped, not retried; the next lease knows better."""
        generation = self._reporter.targets.generation
        self._dropped = {known for known in self._dropped if known[0] == generation}
        if (generation, deployment.id, queue.name) not in self._dropped:
            self._dropped.add((generation, deployment.id, queue.name))
            where = {"deployment": deployment.id, "queue": queue.name, "leaseGeneration": generation}
            self._journal.write(self._clock.wall(), action="DROPPED", **where, source=self._source, reason=why)

    def _fail(self, deployment: DeploymentView, queue: QueueView, step: Step, goal: Goal, problem: str) -> None:
        """Said once for each queue until something works there again."""
        if (deployment.id, queue.name) not in self._failing:
            self._failing.add((deployment.id, queue.name))
            self._record(deployment, queue, step, goal, worker=step.worker, failed=problem)

    def _record(self, deployment: DeploymentView, queue: QueueView, step: Step, goal: Goal, **more: str) -> None:
        self._journal.write(
            self._clock.wall(),
            action=step.verb.value,
            deployment=deployment.id,
            queue=queue.name,
            current=len(queue.serving),
            target=goal.workers,
            queued=queue.queued,
            running=queue.running,
            source=goal.source,
            leaseGeneration=goal.lease,
            reason=f"{step.reason}: {goal.reason}",
            **more,
        )


def _within(queue: QueueView, workers: int) -> int:
    return min(max(workers, queue.floor), queue.ceiling)
