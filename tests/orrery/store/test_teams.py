"""Teams in the table."""

from datetime import UTC, datetime

from orrery import names
from orrery.model.team import Membership, Team
from orrery.store import tables, teams

from tests.support.installation import Installation
from tests.support.people import team


def test_of_a_team_that_is_larger_than_one_write_nothing_is_left_either(installation: Installation) -> None:
    large: Team = teams.load(installation.organization_id, team(installation)["id"])
    now = datetime.now(UTC)
    with tables.table().batch_write() as batch:
        for _ in range(120):
            batch.save(teams._membership(large, Membership(large.id, names.new_id(), now)))
    assert len(teams.memberships(large)) == 120

    teams.delete(large)
    assert teams.memberships(large) == ()
