"""Every object of each shape of Deployment, and of a cluster's agent, as text for a person to review.

A change of a manifest shows as a change of these files. To accept them anew: make golden. Secrets are shown decoded, pod templates that
travel as text are shown as they are.
"""

import base64
import os
import pathlib

import pytest
import yaml
from orrery.dataplane.kubernetes import admission, agent

from tests.orrery.dataplane.kubernetes.plans import AGENT, CLUSTER, SHAPES, everything

FOLDER = pathlib.Path(__file__).parents[3] / "golden" / "kubernetes"


class _Text(yaml.SafeDumper):
    """Longer texts as blocks, and nothing by reference."""

    def ignore_aliases(self, data):
        return True


_Text.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None))


def legible(manifest):
    if manifest["kind"] != "Secret":
        return manifest
    return {**manifest, "data": {key: base64.b64decode(text).decode() for key, text in manifest["data"].items()}}


OBJECTS = {
    **{shape: everything(plan) for shape, plan in SHAPES.items()},
    "the-agent": agent.render(CLUSTER, AGENT),
    "the-wall-of-task-pods": admission.render(CLUSTER),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_the_objects_are_as_they_were_reviewed(name):
    golden = FOLDER / f"{name}.yaml"
    told = yaml.dump_all(map(legible, OBJECTS[name]), Dumper=_Text, sort_keys=False, width=140)
    if os.environ.get("ORRERY_GOLDEN") == "write":
        golden.write_text(told)
        return
    assert told == golden.read_text()
