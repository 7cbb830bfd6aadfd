"""A scaling decision: what the hypervisor decided for one queue, from what it saw, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from orrery.model.span import Span


class Style(StrEnum):
    """How a Deployment weighs its tasks' waiting against its workers' cost; `orrery.hypervisor.fleet` knows what each one means."""

    BALANCED = "BALANCED"
    ECONOMY = "ECONOMY"


class AdviceKind(StrEnum):
    """Which setting an advice is about, and which way."""

    FLOOR = "FLOOR"
    CEILING_UNUSED = "CEILING_UNUSED"
    CEILING_REACHED = "CEILING_REACHED"
    CONCURRENCY = "CONCURRENCY"
    STYLE = "STYLE"


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
    """The class of the reason, such as DEMAND or AT_CEILING: the rule that decided."""
    current: int
    target: int
    queued: int
    running: int
    reason: str
    lease_generation: int
    """The lease that carried it to the agent."""
    inputs: dict[str, Any] = field(default_factory=dict)
    """What the rule was given besides: numbers and words by name, such as `floor` or `startSeconds`."""
    style: str = "BALANCED"
    is_shadow: bool = False
    """Whether it was only thought, by the style that the Deployment names for comparison: nobody acts on it."""


@dataclass(frozen=True)
class Search:
    """Which decisions are looked for; an empty word means any."""

    span: Span | None = None
    queue: str = ""
    action: str = ""
    cause: str = ""
    is_shadow: bool = False

    def matcher(self) -> Callable[[ScalingDecision], bool]:
        """Whether a decision is one of them, wherever it lies in time."""
        wanted = [(name, getattr(self, name)) for name in ("queue", "action", "cause") if getattr(self, name)]
        return lambda told: told.is_shadow is self.is_shadow and all(getattr(told, name) == word for name, word in wanted)
