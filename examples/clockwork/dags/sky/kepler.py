"""Where a planet is: Keplerian elements and their change per century, valid from 1800 to 2050 within a few minutes of arc.

E. M. Standish, "Keplerian Elements for Approximate Positions of the Major Planets", Jet Propulsion Laboratory.
"""

import math
from datetime import UTC, datetime
from typing import Any

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
CENTURY_DAYS = 36525.0

# semi-major axis (au), eccentricity, inclination, mean longitude, longitude of perihelion, longitude of the ascending node (degrees);
# and the change of each in a century
ELEMENTS = {
    "Mercury": (
        (0.38709927, 0.20563593, 7.00497902, 252.25032350, 77.45779628, 48.33076593),
        (0.00000037, 0.00001906, -0.00594749, 149472.67411175, 0.16047689, -0.12534081),
    ),
    "Venus": (
        (0.72333566, 0.00677672, 3.39467605, 181.97909950, 131.60246718, 76.67984255),
        (0.00000390, -0.00004107, -0.00078890, 58517.81538729, 0.00268329, -0.27769418),
    ),
    "Earth": (
        (1.00000261, 0.01671123, -0.00001531, 100.46457166, 102.93768193, 0.0),
        (0.00000562, -0.00004392, -0.01294668, 35999.37244981, 0.32327364, 0.0),
    ),
    "Mars": (
        (1.52371034, 0.09339410, 1.84969142, -4.55343205, -23.94362959, 49.55953891),
        (0.00001847, 0.00007882, -0.00813131, 19140.30268499, 0.44441088, -0.29257343),
    ),
    "Jupiter": (
        (5.20288700, 0.04838624, 1.30439695, 34.39644051, 14.72847983, 100.47390909),
        (-0.00011607, -0.00013253, -0.00183714, 3034.74612775, 0.21252668, 0.20469106),
    ),
    "Saturn": (
        (9.53667594, 0.05386179, 2.48599187, 49.95424423, 92.59887831, 113.66242448),
        (-0.00125060, -0.00050991, 0.00193609, 1222.49362201, -0.41897216, -0.28867794),
    ),
    "Uranus": (
        (19.18916464, 0.04725744, 0.77263783, 313.23810451, 170.95427630, 74.01692503),
        (-0.00196176, -0.00004397, -0.00242939, 428.48202785, 0.40805281, 0.04240589),
    ),
    "Neptune": (
        (30.06992276, 0.00859048, 1.77004347, -55.12002969, 44.96476227, 131.78422574),
        (0.00026291, 0.00005105, 0.00035372, 218.45945325, -0.32241464, -0.00508664),
    ),
}


def position(planet: str, moment: datetime) -> dict[str, Any]:
    """Seen from the sun: ecliptic longitude (degrees, 0 to 360) and distance (astronomical units)."""
    at_epoch, per_century = ELEMENTS[planet]
    centuries = (moment - J2000).total_seconds() / 86400 / CENTURY_DAYS
    axis, eccentricity, inclination, mean, perihelion, node = (
        value + change * centuries for value, change in zip(at_epoch, per_century, strict=True)
    )
    anomaly = eccentric_anomaly(math.radians((mean - perihelion + 180) % 360 - 180), eccentricity)
    across = axis * (math.cos(anomaly) - eccentricity)
    along = axis * math.sqrt(1 - eccentricity**2) * math.sin(anomaly)
    return {"planet": planet, **_seen(across, along, math.radians(perihelion - node), math.radians(node), math.radians(inclination))}


def eccentric_anomaly(mean: float, eccentricity: float) -> float:
    """The E that solves Kepler's equation mean = E - e sin E (radians), by Newton's method."""
    anomaly = mean + eccentricity * math.sin(mean)
    for _ in range(20):
        step = (mean - anomaly + eccentricity * math.sin(anomaly)) / (1 - eccentricity * math.cos(anomaly))
        anomaly += step
        if abs(step) < 1e-12:
            break
    return anomaly


def _seen(across: float, along: float, argument: float, node: float, inclination: float) -> dict[str, float]:
    """From the plane of the orbit to the ecliptic."""
    turned = across * math.cos(argument) - along * math.sin(argument)
    risen = across * math.sin(argument) + along * math.cos(argument)
    x = turned * math.cos(node) - risen * math.cos(inclination) * math.sin(node)
    y = turned * math.sin(node) + risen * math.cos(inclination) * math.cos(node)
    return {"longitude": math.degrees(math.atan2(y, x)) % 360, "distance": math.hypot(x, y, risen * math.sin(inclination))}
