"""LogSource logs: what agents tell of them, what is asked of them and what is answered."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from orrery.api.wire.agents import Id, Told
from orrery.api.wire.base import Integer, Response, one_of
from orrery.model.component_log import KEPT, MOST, Entry, Source

_LONGEST = 10_000
"""Characters of one entry; agents cut at 8192."""
_LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999."""


class LogSource(StrEnum):
    """Which component's log to read."""

    SCHEDULER = "scheduler"
    WEBSERVER = "webserver"
    TRIGGERER = "triggerer"
    WORKER = "worker"
    DAG_PROCESSOR = "dag-processor"
    API_SERVER = "apiserver"

    @property
    def source(self) -> Source:
        """Airflow 3 has an API server in the webserver's place."""
        return Source.API_SERVER if self is LogSource.WEBSERVER else Source(self.value)


class LogFilter(BaseModel):
    """Which entries to show, and which page of them."""

    sources: list[LogSource] = Field(
        min_length=1, max_length=50, description="The components to read; repeat it for several. `webserver` is `apiserver`."
    )
    limit: int = Field(50, ge=1, le=1_000_000, description="How many to send at most; the answer's `limit` says how many it could be.")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many to pass over.")
    range: int | None = Field(
        None, ge=1, le=int(KEPT.total_seconds()), description="Seconds before `endDate` (or now) to look back; a day unless given."
    )
    maxNumResults: int = Field(
        MOST, ge=0, le=1_000_000_000, description=f"How many entries to search out in all; at most {MOST}, the newest."
    )
    searchId: str = Field("", max_length=100, description="`searchId` of an earlier page: then all pages show what there was at the first.")
    searchText: str = Field(
        "", max_length=500, description="Only entries that hold this text, in capitals or not; `fail*` finds words that begin so."
    )
    startDate: AwareDatetime | None = Field(None, description="Only entries from then on, at most 24 hours ago; not beside `range`.")
    endDate: AwareDatetime | None = Field(None, description="Only entries until then.")


class DeploymentLogEntry(Response):
    """What a component said at once: a line, with the lines that belong to it."""

    raw: str
    source: Annotated[str, one_of(*LogSource)]
    timestamp: Annotated[float, Field(description="Seconds since 1970, UTC.")]

    @classmethod
    def of(cls, entry: Entry) -> "DeploymentLogEntry":
        return cls(raw=entry.raw, source=entry.source.value, timestamp=entry.at.timestamp())


class DeploymentLog(Response):
    """One page of entries, newest first."""

    limit: int
    max_num_results: int
    offset: int
    result_count: Annotated[int, Field(description="Entries on this page; fewer than `limit` on the last.")]
    results: list[DeploymentLogEntry]
    search_id: str


class ToldEntry(Told):
    source: Source
    at: Annotated[Integer, Field(ge=0, le=_LATEST, description="Milliseconds since 1970.")]
    raw: Annotated[str, Field(max_length=_LONGEST)]

    def entry(self) -> Entry:
        return Entry(self.source, datetime.fromtimestamp(self.at / 1000, UTC), self.raw)


class LogBatch(Told):
    """Entries of one Deployment's components. The same `batch` sent again changes nothing."""

    organization_id: Id
    deployment_id: Id
    batch: Annotated[str, Field(pattern=r"^[0-9a-z-]{8,40}$")]
    entries: list[ToldEntry] = Field(max_length=20_000)


class TakenLogs(Response):
    """How many entries of a batch were kept now."""

    kept: int
