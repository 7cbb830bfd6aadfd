"""Scripts of simulated fleets and their transcripts, kept as text: a change of the policy shows as a change of a story.

To accept new stories: make golden
"""

import os
import pathlib

import pytest

from tests.orrery.hypervisor.simulation import transcript

STORIES = sorted((pathlib.Path(__file__).parents[2] / "golden" / "hypervisor").glob("*.txt"))
RULE = "\n----\n"


@pytest.mark.parametrize("story", STORIES, ids=[story.stem for story in STORIES])
def test_the_story_is_told_as_before(story: pathlib.Path) -> None:
    script, _, told = story.read_text().partition(RULE)
    if os.environ.get("ORRERY_GOLDEN") == "write":
        story.write_text(script + RULE + transcript(script))
        return
    assert transcript(script) == told
