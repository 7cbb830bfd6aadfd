"""Demand records: what agents tell of them."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from orrery.api.wire.agents import Count, Id, Told
from orrery.api.wire.base import Integer, Response
from orrery.hypervisor.fleet import START
from orrery.model.demand_record import Piece, Sample

Value = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]


class ToldSample(Told):
    """How a queue stood from then on."""

    at: AwareDatetime
    queued: Count
    running: Count
    starting: Count
    serving: Count
    draining: Count
    min: Count
    max: Count
    concurrency: Annotated[Integer, Field(ge=1, le=10_000)]
    start_seconds: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] | None = None
    span_seconds: Value | None = None
    ahead: Annotated[list[list[Value]], Field(max_length=250)] | None = Field(
        None, description="Run lengths of the curve of tasks: [value, how often]."
    )

    def sample(self) -> Sample:
        runs = None if self.ahead is None else tuple((each[0], min(int(each[1]), 250)) for each in self.ahead if len(each) == 2)
        return Sample(
            self.at.timestamp(), self.queued, self.running, self.starting, self.serving, self.draining,
            min(self.min, self.max), self.max, self.concurrency, self.start_seconds or START, self.span_seconds or 0.0, runs,
        )  # fmt: skip


class ToldQueue(Told):
    organization_id: Id
    deployment_id: Id
    queue: Id
    samples: Annotated[list[ToldSample], Field(max_length=5000)]


class DemandPiece(Told):
    """How a cluster's queues stood for ten minutes at most. The same piece sent again changes nothing."""

    started_at: AwareDatetime
    ended_at: AwareDatetime
    part: Annotated[Integer, Field(ge=0, le=9999)] = 0
    queues: Annotated[list[ToldQueue], Field(max_length=5000)]

    def piece(self, placed: set[str]) -> Piece:
        """Of the Deployments that are placed here."""
        samples: dict[str, dict[str, tuple[Sample, ...]]] = {}
        for queue in self.queues:
            if queue.deployment_id in placed:
                samples.setdefault(queue.deployment_id, {})[queue.queue] = tuple(each.sample() for each in queue.samples)
        return Piece(self.started_at.timestamp(), self.ended_at.timestamp(), samples)


class TakenDemand(Response):
    """How many samples of a piece are kept."""

    kept: int
