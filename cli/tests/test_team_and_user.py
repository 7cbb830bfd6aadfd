"""Teams, members and their roles: what is not named stays, and a name that is not there is told."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from fake_plane import DEPLOYMENT, INVITE, ORGANIZATION, TEAM, USER, WORKSPACE, Answer, Plane

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


def test_roles_on_dags_and_tags_are_set_taken_away_and_kept(plane: Plane, orrery: Run) -> None:
    old = {"deploymentId": DEPLOYMENT, "dagId": "old", "dagTag": None, "role": "DAG_VIEWER"}
    kept = {"deploymentId": DEPLOYMENT, "dagId": None, "dagTag": "kept", "role": "DAG_AUTHOR"}
    member = json.loads(orrery("user", "get", "eve@example.com", "-o", "json").stdout) | {"dagRoles": [old, kept]}
    plane.answer("GET", f"/v1/organizations/{ORGANIZATION}/users", Answer(body={"users": [member], "totalCount": 1}))

    done = orrery("user", "roles", "eve@example.com", "--dag", "etl:old=none", "--dag", "etl:a=DAG_VIEWER", "--dag-tag", "etl:a:b=c=runner")

    assert done.exit_code == 0, done.output
    assert plane.asked("POST", f"/users/{USER}/roles")[0].json["dagRoles"] == [
        {"deploymentId": DEPLOYMENT, "dagTag": "kept", "role": "DAG_AUTHOR"},
        {"deploymentId": DEPLOYMENT, "dagId": "a", "role": "DAG_VIEWER"},
        {"deploymentId": DEPLOYMENT, "dagTag": "a:b=c", "role": "runner"},
    ]


@pytest.mark.parametrize("said", ["etl=DAG_VIEWER", ":etl=DAG_VIEWER", "etl:=DAG_VIEWER"])
def test_a_dag_without_its_deployment_is_told_and_changes_nothing(plane: Plane, orrery: Run, said: str) -> None:
    done = orrery("user", "roles", "eve@example.com", "--dag", said)

    assert done.exit_code == 2
    assert "etl:weather=DAG_VIEWER" in done.output + done.stderr
    assert plane.asked("POST") == []


def test_why_asks_about_a_dag_with_its_tags(plane: Plane, orrery: Run) -> None:
    words = "dag.airflow.dagRun.create --deployment etl --dag weather --dag-tag red --dag-tag blue".split()

    assert orrery("user", "why", "eve@example.com", *words).exit_code == 0
    asked = plane.asked("GET", "/explain")[-1].query
    assert (asked["resource"], asked["dagTags"]) == ([f"{DEPLOYMENT}/dag/weather"], ["red", "blue"])
    assert orrery("user", "why", "eve@example.com", "dag.airflow.dag.get", "--dag", "weather").exit_code == 2


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


def test_an_invitation_is_found_by_address_in_any_case_and_by_id_and_a_near_miss_is_told(plane: Plane, orrery: Run) -> None:
    for named in ("Dan@Example.com", INVITE):
        assert orrery("user", "uninvite", named, "--yes").exit_code == 0
    missed = orrery("user", "uninvite", "den@example.com", "--yes")

    assert [each.path.rpartition("/")[2] for each in plane.asked("DELETE")] == [INVITE, INVITE]
    assert missed.exit_code == 1
    assert "did you mean `dan@example.com`" in missed.output + missed.stderr
    assert "orrery user invites" in orrery("user", "link", "somebody").stderr


def test_a_link_is_made_only_when_it_is_asked_for(plane: Plane, orrery: Run) -> None:
    assert "url" not in orrery("user", "invite", "dan@example.com", "--role", "ORGANIZATION_OWNER", "-o", "json").stdout

    assert plane.asked("POST")[0].json == {"inviteeEmail": "dan@example.com", "role": "ORGANIZATION_OWNER"}
    assert plane.asked("POST", "/link") == []


@pytest.mark.parametrize("given", ["http://api.example.com/invitations/v1/accept#token=once\n", "once"])
def test_an_invitation_is_accepted_with_the_link_or_its_secret_and_no_other_token(plane: Plane, orrery: Run, given: str) -> None:
    done = orrery("user", "accept", "--full-name", "Eve", "-o", "json", stdin=given)

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["user"]["username"] == "eve@example.com"
    (request,) = plane.requests
    assert request.json == {"token": "once", "fullName": "Eve"}
    assert "authorization" not in request.headers


def test_whoever_accepted_is_told_to_sign_in(orrery: Run) -> None:
    done = orrery("user", "accept", stdin="once")

    assert "Sign in as eve@example.com: `orrery login`" in done.stderr


@pytest.mark.parametrize("given", ["", "two words"])
def test_without_a_link_nothing_is_asked(plane: Plane, orrery: Run, given: str) -> None:
    assert orrery("user", "accept", stdin=given).exit_code == 2
    assert plane.requests == []


def test_why_asks_about_the_narrowest_place_that_was_named(plane: Plane, orrery: Run) -> None:
    for words, place in (("--deployment etl", DEPLOYMENT), ("--workspace Data", WORKSPACE)):
        assert orrery("user", "why", "eve@example.com", "deployment.get", *words.split()).exit_code == 0
        assert plane.asked("GET", "/explain")[-1].query["resource"] == [place]
