"""Teams, members and their roles: what is not named stays, and a name that is not there is told."""

from collections.abc import Callable

import pytest
from click.testing import Result
from fake_plane import DEPLOYMENT, TEAM, USER, WORKSPACE, Plane

Run = Callable[..., Result]


def test_what_is_not_named_stays_as_it_is(plane: Plane, orrery: Run) -> None:
    done = orrery("user", "roles", "eve@example.com", "--deployment-role", "etl=DEPLOYMENT_ADMIN")

    assert done.exit_code == 0, done.output
    assert plane.asked("POST", f"/users/{USER}/roles")[0].json == {
        "organizationRole": "ORGANIZATION_MEMBER",
        "workspaceRoles": [{"workspaceId": WORKSPACE, "role": "WORKSPACE_MEMBER"}],
        "deploymentRoles": [{"deploymentId": DEPLOYMENT, "role": "DEPLOYMENT_ADMIN"}],
    }


def test_none_takes_a_role_away(plane: Plane, orrery: Run) -> None:
    assert orrery("team", "roles", "platform", "--workspace-role", "Data=none").exit_code == 0

    assert plane.asked("POST", f"/teams/{TEAM}/roles")[0].json["workspaceRoles"] == []


@pytest.mark.parametrize("said", ["Data", "=WORKSPACE_MEMBER", "Data="])
def test_a_role_without_a_place_or_a_place_without_a_role_is_told_and_changes_nothing(plane: Plane, orrery: Run, said: str) -> None:
    done = orrery("team", "roles", "platform", "--workspace-role", said)

    assert done.exit_code == 2
    assert "etl=WORKSPACE_MEMBER" in done.output + done.stderr
    assert plane.asked("POST") == []


def test_a_member_is_found_by_e_mail_address_and_a_near_miss_is_told(plane: Plane, orrery: Run) -> None:
    done = orrery("user", "get", "eva@example.com")

    assert done.exit_code == 1
    assert "did you mean `eve@example.com`" in done.output + done.stderr


def test_why_asks_about_the_narrowest_place_that_was_named(plane: Plane, orrery: Run) -> None:
    for words, place in (("--deployment etl", DEPLOYMENT), ("--workspace Data", WORKSPACE)):
        assert orrery("user", "why", "eve@example.com", "deployment.get", *words.split()).exit_code == 0
        assert plane.asked("GET", "/explain")[-1].query["resource"] == [place]
