"""Values become documents and come back the same; what does not fit is refused."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from orrery.model.deployment import Deployment, EnvironmentVariable, HibernationOverride, HibernationSchedule
from orrery.store.documents import freeze, thaw

from tests.support.builders import a_deployment

NOW = datetime(2026, 3, 16, 3, 50, 36, 817123, tzinfo=UTC)


class Colour(StrEnum):
    RED = "RED"


@dataclass(frozen=True)
class Crater:
    name: str
    depth: float


@dataclass(frozen=True)
class Moon:
    name: str
    colour: Colour
    seen: datetime
    craters: tuple[Crater, ...] = ()
    visits: int | None = None
    notes: dict[str, Any] | None = None
    lit: bool = False


moons = some.builds(
    Moon,
    name=some.text(),
    colour=some.just(Colour.RED),
    seen=some.datetimes(timezones=some.just(UTC)),
    craters=some.lists(some.builds(Crater, name=some.text(), depth=some.floats(allow_nan=False)), max_size=3).map(tuple),
    visits=some.none() | some.integers(),
    notes=some.none() | some.dictionaries(some.text(), some.integers() | some.text()),
    lit=some.booleans(),
)


@given(moons)
def test_a_value_survives_the_way_through_json(moon: Moon) -> None:
    assert thaw(Moon, json.loads(json.dumps(freeze(moon)))) == moon


def test_a_whole_deployment_survives_the_way_through_json() -> None:
    deployment = replace(
        a_deployment(),
        environment=(EnvironmentVariable("KEY", "secret", is_secret=True, updated_at=NOW),),
        hibernation_schedules=(HibernationSchedule("0 20 * * *", "0 6 * * *", is_enabled=True),),
        hibernation_override=HibernationOverride(is_hibernating=True, until=NOW + timedelta(days=1)),
    )

    assert thaw(Deployment, json.loads(json.dumps(freeze(deployment)))) == deployment


def test_a_field_younger_than_the_document_takes_its_default() -> None:
    assert thaw(Moon, {"name": "Io", "colour": "RED", "seen": NOW.isoformat()}) == Moon("Io", Colour.RED, NOW)


@pytest.mark.parametrize(
    "changes",
    [{"name": 7}, {"colour": "BLUE"}, {"seen": "yesterday"}, {"lit": 1}, {"visits": True}, {"craters": [{"name": "Tycho"}]}, {"moons": 3}],
)
def test_a_document_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    fitting = freeze(Moon("Io", Colour.RED, NOW))

    with pytest.raises((TypeError, ValueError)):
        thaw(Moon, fitting | changes)
