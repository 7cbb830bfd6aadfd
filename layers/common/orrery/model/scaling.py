"""A scaling decision: what the hypervisor decided for one queue, from what it saw, and why."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ScalingDecision:
    """`current` and `target` are workers that take tasks, `queued` and `running` the tasks that were seen."""

    id: str
    """Made from what it names when it is read."""
    decided_at: datetime
    queue: str
    action: str
    """LAUNCH, DRAIN or HOLD."""
    cause: str
    """The class of the reason, such as DEMAND or AT_CEILING."""
    current: int
    target: int
    queued: int
    running: int
    reason: str
    lease_generation: int
    """The lease that carried it to the agent."""
