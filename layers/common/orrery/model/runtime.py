"""Orrery Runtime: which releases there are and which Airflow each brings; `versions.json` beside this file is the one list of them."""

import functools
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class RuntimeRelease:
    version: str
    """Such as `3.3-1`: Airflow's major and minor, then a count."""
    airflow_version: str
    channel: str
    released_at: datetime
    migrates_database: bool
    yanked: bool
    """Taken back: Deployments that have it keep it, no new one may choose it."""


@functools.cache
def every() -> tuple[RuntimeRelease, ...]:
    """All releases, newest first."""
    listed = json.loads(resources.files(__package__).joinpath("versions.json").read_text())["runtimeVersions"]
    return tuple(sorted((_release(version, about) for version, about in listed.items()), key=_age, reverse=True))


def offered() -> tuple[RuntimeRelease, ...]:
    """The releases a new Deployment may choose, newest first."""
    return tuple(release for release in every() if not release.yanked)


def airflow_version(version: str) -> str:
    """The Airflow in a release; a release that is no longer listed answers for itself with the part before the count."""
    return next((release.airflow_version for release in every() if release.version == version), version.partition("-")[0])


def _release(version: str, about: dict[str, Any]) -> RuntimeRelease:
    facts = about["metadata"]
    return RuntimeRelease(
        version=version,
        airflow_version=facts["airflowVersion"],
        channel=facts["channel"],
        released_at=datetime.fromisoformat(facts["releaseDate"]).replace(tzinfo=UTC),
        migrates_database=about["migrations"]["airflowDatabase"],
        yanked=facts["yanked"],
    )


def _age(release: RuntimeRelease) -> tuple[int, ...]:
    return tuple(int(part) for part in release.version.replace("-", ".").split("."))
