"""Custom roles on the command line: made of templates and permissions, changed piece by piece."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from fake_plane import ORGANIZATION, ROLE, WORKSPACE, Answer, Plane

Run = Callable[..., Result]
ROLES = f"/v1/organizations/{ORGANIZATION}/roles"


def test_a_role_is_a_template_with_more_and_less(plane: Plane, orrery: Run) -> None:
    template = {"name": "DAG Viewer", "description": "", "scopeType": "DAG", "permissions": ["dag.get", "dag.airflow.dag.get"]}
    plane.answer("GET", f"/v1/organizations/{ORGANIZATION}/role-templates", Answer(body=[template]))

    words = ("--permission", "dag.airflow.dagRun.create", "--without", "dag.get", "--only-in", "Data")
    done = orrery("role", "create", "runner", "--from-template", "DAG Viewer", *words)

    assert done.exit_code == 0, done.output
    assert plane.asked("POST", "/roles")[0].json == {
        "name": "runner",
        "description": "",
        "scopeType": "DAG",
        "permissions": ["dag.airflow.dag.get", "dag.airflow.dagRun.create"],
        "restrictedWorkspaceIds": [WORKSPACE],
    }


def test_a_change_keeps_what_it_does_not_name(plane: Plane, orrery: Run) -> None:
    held = {"id": ROLE, "name": "runner", "description": "runs", "permissions": ["dag.get"], "restrictedWorkspaceIds": [WORKSPACE]}
    plane.answer("GET", f"{ROLES}/{ROLE}", Answer(body=held), Answer(body=held))

    assert orrery("role", "update", "runner", "--permission", "dag.airflow.dag.get", "--without", "dag.get").exit_code == 0
    assert orrery("role", "update", "runner", "--everywhere", "--name", "walker").exit_code == 0

    first, second = (each.json for each in plane.asked("POST", f"/roles/{ROLE}"))
    kept = {"description": "runs"}
    assert first == kept | {"name": "runner", "permissions": ["dag.airflow.dag.get"], "restrictedWorkspaceIds": [WORKSPACE]}
    assert second == kept | {"name": "walker", "permissions": ["dag.get"], "restrictedWorkspaceIds": []}


def test_the_default_roles_are_listed_in_place_of_the_custom_ones(orrery: Run) -> None:
    listed = json.loads(orrery("role", "list", "--default", "-o", "json").stdout)
    assert [each["name"] for each in listed["roles"]] == ["DAG_VIEWER"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create", "idle"), "orrery role permissions"),
        (("create", "idle", "--permission", "dag.get", "--without", "dag.get"), "may do nothing"),
        (("create", "typo", "--permission", "dag.get", "--without", "dag.gte"), "`dag.gte`"),
        (("update", "runner", "--everywhere", "--only-in", "Data"), "give one of them"),
    ],
)
def test_what_cannot_be_meant_is_told_and_changes_nothing(plane: Plane, orrery: Run, words: tuple[str, ...], says: str) -> None:
    done = orrery("role", *words)

    assert done.exit_code == 2
    assert says in done.output
    assert not plane.asked("POST")


def test_a_template_that_is_not_there_is_told_with_the_nearest(orrery: Run) -> None:
    done = orrery("role", "create", "runner", "--from-template", "DAG Veiwer")
    assert done.exit_code == 1
    assert "did you mean `DAG Viewer`" in done.output
