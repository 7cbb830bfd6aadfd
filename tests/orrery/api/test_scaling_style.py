"""How a Deployment's workers are scaled is one of its settings, and its home is told."""

from orrery.provisioning.specs import spec_of
from orrery.store import deployments

from tests.support.plane import Plane


def test_a_style_is_chosen_and_shown_and_told_to_the_home(plane: Plane) -> None:
    made = plane.made(scalingSpec={"style": "ECONOMY", "shadowStyle": "BALANCED"})
    shown = plane.get(made["id"])["scalingSpec"]
    assert (shown["style"], shown["shadowStyle"]) == ("ECONOMY", "BALANCED")
    spec = spec_of(deployments.load(made["organizationId"], made["id"]))
    assert (spec.scaling_style, spec.shadow_style) == ("ECONOMY", "BALANCED")


def test_balanced_without_a_shadow_is_what_nobody_has_to_say(plane: Plane) -> None:
    assert plane.made(scalingSpec={"style": "BALANCED", "shadowStyle": "NONE"})["scalingSpec"] is None
