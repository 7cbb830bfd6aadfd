"""The planets, without Airflow: known moments of the sky, and Kepler's equation solved."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sky import kepler, picture

OPPOSITION_OF_MARS = datetime(2018, 7, 27, 5, 7, tzinfo=UTC)
YEAR_DAYS = {"Mercury": 87.969, "Earth": 365.256, "Jupiter": 4332.59, "Neptune": 60_189}


def test_mars_in_opposition_stands_behind_the_earth() -> None:
    earth, mars = (kepler.position(planet, OPPOSITION_OF_MARS)["longitude"] for planet in ("Earth", "Mars"))
    assert abs(earth - mars) < 0.1


def test_the_earth_is_nearest_to_the_sun_in_the_first_days_of_january() -> None:
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(365)]
    nearest = min(days, key=lambda day: float(kepler.position("Earth", day)["distance"]))
    assert (nearest.month, nearest.day) in {(1, 2), (1, 3), (1, 4), (1, 5)}


@pytest.mark.parametrize("planet", YEAR_DAYS)
def test_a_planet_is_back_after_its_year(planet: str) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    then = kepler.position(planet, now + timedelta(days=YEAR_DAYS[planet]))["longitude"]
    assert abs((then - kepler.position(planet, now)["longitude"] + 180) % 360 - 180) < 0.5


@given(mean=st.floats(-math.pi, math.pi), eccentricity=st.floats(0, 0.25))
def test_keplers_equation_is_solved(mean: float, eccentricity: float) -> None:
    found = kepler.eccentric_anomaly(mean, eccentricity)
    assert found - eccentricity * math.sin(found) == pytest.approx(mean, abs=1e-9)


def test_the_picture_shows_each_planet_once_and_the_sun_in_the_middle() -> None:
    drawn = picture.above([kepler.position(planet, OPPOSITION_OF_MARS) for planet in kepler.ELEMENTS])
    *sky, legend = drawn.split("\n")
    assert all("".join(sky).count(sign) == 1 for sign in (*picture.SIGNS.values(), "☉"))
    assert sky[picture.RADIUS].index("☉") == 2 * picture.RADIUS
    assert "♄ Saturn" in legend


def test_a_picture_of_seven_planets_is_refused() -> None:
    with pytest.raises(ValueError, match="7 positions"):
        picture.above([kepler.position(planet, OPPOSITION_OF_MARS) for planet in list(kepler.ELEMENTS)[1:]])
