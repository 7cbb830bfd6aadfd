"""The planets from above, in letters: true directions; the rings are evenly spaced, or the inner four would be one dot."""

import math
from typing import Any

RADIUS = 10
"""Lines from the sun to the edge."""


def above(positions: list[dict[str, Any]]) -> str:
    """A square of text with the sun in its middle and longitude 0 to the right; raises when the positions are not of eight planets."""
    if len({each["planet"] for each in positions}) != len(positions) or len(positions) != 8:
        raise ValueError(f"{len(positions)} positions are not of the eight planets")
    rows = [[" "] * (4 * RADIUS + 1) for _ in range(2 * RADIUS + 1)]
    rows[RADIUS][2 * RADIUS] = "☉"
    for ring, each in enumerate(sorted(positions, key=lambda each: float(each["distance"])), start=1):
        distance, angle = RADIUS * (ring + 1) / 9, math.radians(each["longitude"])
        rows[RADIUS - round(distance * math.sin(angle))][2 * RADIUS + round(2 * distance * math.cos(angle))] = SIGNS[each["planet"]]
    legend = "  ".join(f"{sign} {planet}" for planet, sign in SIGNS.items())
    return "\n".join("".join(row).rstrip() for row in rows) + f"\n{legend}"


SIGNS = {"Mercury": "☿", "Venus": "♀", "Earth": "♁", "Mars": "♂", "Jupiter": "♃", "Saturn": "♄", "Uranus": "♅", "Neptune": "♆"}
