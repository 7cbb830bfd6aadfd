"""The newest lease as the agent holds it: targets by queue, and until when, on a clock that never jumps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Target:
    workers: int
    deployment_generation: int
    reason: str


@dataclass(frozen=True)
class Targets:
    """`generation` 0 is no lease at all."""

    generation: int = 0
    ends: float = float("-inf")
    by_queue: Mapping[tuple[str, str], Target] = field(default_factory=dict)

    def hold_at(self, seconds: float) -> bool:
        return seconds < self.ends


def read(answer: Mapping[str, Any], seconds: float, *, since: datetime) -> Targets:
    """The plane's answer; KeyError, TypeError or ValueError when it is none. What is left of the lease is counted on the plane's clock.

    A lease issued before `since`, when the plane first heard this agent, was planned for what an earlier life had seen: it is no lease.
    """
    lease = answer["lease"]
    if datetime.fromisoformat(lease["issuedAt"]) < since:
        return Targets()
    left = datetime.fromisoformat(lease["expiresAt"]) - datetime.fromisoformat(answer["now"])
    targets = {
        (str(each["deploymentId"]), str(each["queue"])): Target(
            int(each["workers"]), int(each["deploymentGeneration"]), str(each["reason"])
        )
        for each in lease["targets"]
    }  # fmt: skip
    return Targets(int(lease["generation"]), seconds + left.total_seconds(), targets)
