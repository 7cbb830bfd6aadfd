"""The passthrough: any path, any operation, fields of any shape."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fake_plane import DEPLOYMENT, ORGANIZATION, Answer, Plane
from orrery_cli import fields
from orrery_cli.failures import Failure

Run = Callable[..., Result]


def test_a_path_is_under_v1_unless_it_says_another_version(orrery: Run, plane: Plane) -> None:
    orrery("api", "GET", "/users/self")
    orrery("api", "get", "/v1/users/self")
    orrery("api", "/spec/v1.0")
    assert [each.path for each in plane.requests] == ["/v1/users/self", "/v1/users/self", "/spec/v1.0"]


def test_an_operation_is_found_by_its_id_and_its_holes_are_filled(orrery: Run, plane: Plane) -> None:
    result = orrery("api", "GetDeployment", "-F", f"deploymentId={DEPLOYMENT}")
    assert json.loads(result.stdout)["name"] == "etl"
    orrery("api", "ListDeployments", "-F", "limit=5", "-F", "offset=0", "-F", "names[]=etl", "-F", "names[]=other")
    last = plane.requests[-1]
    assert last.path == f"/v1/organizations/{ORGANIZATION}/deployments"
    assert last.query == {"limit": ["5"], "offset": ["0"], "names": ["etl", "other"]}


def test_fields_of_a_post_are_its_body(orrery: Run, plane: Plane) -> None:
    orrery("api", "CreateWorkspace", "-F", "name=Data", "-F", "cicdEnforcedDefault=true", "-f", "description=12")
    assert plane.asked("POST")[-1].json == {"name": "Data", "cicdEnforcedDefault": True, "description": "12"}


def test_a_body_may_come_from_a_file(orrery: Run, plane: Plane, tmp_path: Path) -> None:
    body = {"name": "new", "workerQueues": [{"name": "default"}]}
    (tmp_path / "body.json").write_text(json.dumps(body))
    path = "/organizations/{organizationId}/deployments"
    assert orrery("api", "POST", path, "--input", str(tmp_path / "body.json")).exit_code == 0
    assert plane.asked("POST")[-1].json == body
    assert orrery("api", "POST", path, "--input", "-", stdin="{").exit_code == 2


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["GetDeploymnt"], "did you mean `GetDeployment`"),
        (["GetDeployment"], "-F deploymentId=VALUE"),
        (["GET", "https://example.com/steal"], "begins with one `/`"),
        (["GET", "//example.com/steal"], "begins with one `/`"),
        (["FETCH", "/users/self"], "METHOD PATH"),
        (["GET", "/users/self", "-F", "novalue"], "key=value, not `novalue`"),
    ],
)
def test_what_cannot_be_called_is_told_before_it_is_sent(orrery: Run, plane: Plane, words: list[str], part: str) -> None:
    result = orrery("api", *words)
    assert result.exit_code == 2
    assert part in result.stderr
    assert all(each.path == "/spec/v1.0" for each in plane.requests)


def test_what_is_not_json_comes_through_as_it_is(orrery: Run, plane: Plane) -> None:
    plane.answer("GET", "/v1/export", Answer(body=b"\x1f\x8b\x00raw", headers={"content-type": "application/octet-stream"}))
    assert orrery("api", "GET", "/export").stdout_bytes == b"\x1f\x8b\x00raw"


def test_an_empty_answer_prints_nothing(orrery: Run) -> None:
    result = orrery("api", "DELETE", f"/organizations/{ORGANIZATION}/deployments/{DEPLOYMENT}")
    assert (result.exit_code, result.stdout) == (0, "")


def test_fields_are_typed_nested_and_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("from a file")
    words = ["n=1", "x=-1.5", "t=true", "z=null", "s=01", "e=", f"f=@{tmp_path / 'text'}", "a[b][c]=1", "l[]=x", "l[]=2", "q[][name]=heavy"]
    assert fields.parse(words) == {
        "n": 1,
        "x": -1.5,
        "t": True,
        "z": None,
        "s": "01",
        "e": "",
        "f": "from a file",
        "a": {"b": {"c": 1}},
        "l": ["x", 2],
        "q": [{"name": "heavy"}],
    }


@pytest.mark.parametrize("words", [["a=1", "a[b]=2"], ["a[]=1", "a[b]=2"], ["=1"], ["a[=1"], ["a=@/no/such/file"]])
def test_fields_that_do_not_fit_are_refused(words: list[str]) -> None:
    with pytest.raises(Failure):
        fields.parse(words)
