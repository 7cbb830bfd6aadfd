"""The check of the table is one that finds things: whatever is taken out of a sound table, it says so."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults import table
from tests.fuzz import world
from tests.fuzz.world import Things
from tests.support.installation import another
from tests.support.plane import Plane

TAKEN = [
    "WSNAME#", "TEAMNAME#", "ROLENAME#", "DEPNAME#", "NAMESPACE", "WS#", "TEAM#", "ROLE#", "DEP#", "IN#",
    "MEMBER#", "TOKEN#", "PRINCIPAL", "DEPLOY#",
]  # fmt: skip


@pytest.fixture
def sound(plane: Plane) -> table.Rows:
    """Everything that there is of two tenants, each with one of everything."""
    other = another(plane.installation)
    for tenant in (plane, Plane(other, other.workspace(), plane.machines, plane.bucket)):
        things = Things(tenant)
        for each in ("workspaceId", "roleId", "teamId", "memberId", "tokenId", "deploymentId"):
            things[each]
        world.prepare("DeployRollback", things)
    return table.everything()


def test_a_row_that_is_missing_is_missed(sound: table.Rows) -> None:
    assert table.misfits(sound) == []
    for prefix in TAKEN:
        found = [key for key, row in sound.items() if key[1].startswith(prefix) and row["body"].get("kind") != "AGENT"]
        assert found, prefix
        assert all(table.misfits({key: row for key, row in sound.items() if key != gone}) for gone in found), prefix


def test_a_count_that_is_wrong_is_told(sound: table.Rows) -> None:
    key = next(key for key in sound if key[1].startswith("WS#"))

    assert table.misfits(sound | {key: sound[key] | {"deployments": 7}})


def test_a_row_that_ran_out_is_no_change_whether_the_database_took_it_away_or_not(sound: table.Rows) -> None:
    key = ("HANDOVER#somebody", "HANDOVER")
    left = {"pk": key[0], "sk": key[1], "body": {}, "expires": datetime.now(UTC)}
    lasts = left | {"expires": datetime.now(UTC) + timedelta(hours=1)}

    assert not table.difference(sound | {key: left}, sound)
    assert not table.difference(sound, sound | {key: left})
    assert table.difference(sound | {key: lasts}, sound)


def test_what_ran_out_together_may_be_taken_away_one_after_the_other(sound: table.Rows) -> None:
    claim = {"pk": "USERCODE#BCDF", "sk": "DEVICE", "body": {"owner": "a device that is gone"}, "expires": datetime.now(UTC)}
    key = ("USERCODE#BCDF", "DEVICE")

    assert not table.misfits(sound | {key: claim})
    assert table.misfits(sound | {key: claim | {"expires": datetime.now(UTC) + timedelta(hours=1)}})
