"""A DAG deploy as the other end sees it: the archive, the blob protocol, and what is refused before anything is sent."""

import base64
import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fake_plane import Answer, Plane
from orrery_cli import archive

Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "dags" / "deep").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.orrery]\ndeployment = "etl"\n')
    (root / "dags" / "one.py").write_text("print(1)\n")
    (root / "dags" / "deep" / "two.py").write_text("print(2)\n")
    for litter in ("__pycache__/one.cpython-311.pyc", ".git/HEAD", "deep/old.pyc"):
        (root / "dags" / litter).parent.mkdir(exist_ok=True)
        (root / "dags" / litter).write_bytes(b"x")
    return root


def names(content: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as tar:
        return tar.getnames()


def test_a_small_archive_is_one_put_and_its_version_finalizes_the_deploy(orrery: Run, plane: Plane, project: Path) -> None:
    result = orrery("deploy", "etl", "--dags", "--path", str(project), "--description", "first", "-o", "json")
    assert result.exit_code == 0, result.stderr
    created, finalized = plane.asked("POST")
    assert created.json == {"type": "DAG_ONLY", "description": "first"}
    assert finalized.json == {"dagTarballVersion": "2026-01-02T03:04:05.6789012Z"}
    (put,) = plane.asked("PUT")
    assert put.headers["x-ms-blob-type"] == "BlockBlob"
    assert "authorization" not in put.headers
    assert put.query["sig"] == ["secret"]
    assert names(plane.blobs["whole"]) == ["dags", "dags/deep/two.py", "dags/one.py"]


def test_a_large_archive_goes_in_blocks_and_then_the_list_of_them(orrery: Run, plane: Plane, project: Path) -> None:
    (project / "dags" / "data.bin").write_bytes(os.urandom(2_500_000))
    result = orrery("deploy", "--dags", "--path", str(project), "-o", "json")
    assert result.exit_code == 0, result.stderr
    puts = plane.asked("PUT")
    assert [each.query["comp"][0] for each in puts] == ["block", "block", "block", "blocklist"]
    assert all(len(each.body) <= 1024 * 1024 for each in puts)
    ids = [each.query["blockid"][0] for each in puts[:-1]]
    assert len({len(base64.b64decode(each)) for each in ids}) == 1
    listed = plane.blobs["committed"].decode()
    assert [listed.index(f"<Latest>{each}</Latest>") for each in ids] == sorted(listed.index(f"<Latest>{each}</Latest>") for each in ids)
    assert "dags/data.bin" in names(b"".join(plane.blobs[each] for each in ids))


def test_the_same_files_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    first, _ = archive.pack(project / "dags")
    os.utime(project / "dags" / "one.py", (1, 1))
    assert archive.pack(project / "dags")[0] == first
    (project / "dags" / "one.py").write_text("print(3)\n")
    assert archive.pack(project / "dags")[0] != first


def test_the_project_names_its_deployment_and_is_found_from_inside(
    orrery: Run, plane: Plane, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "dags" / "deep")
    plane.deployments.append(plane.deployments[0] | {"id": "cother00000000000000001aa", "name": "other"})
    assert orrery("deploy", "--dags").exit_code == 0
    assert plane.blobs["whole"]


def test_a_link_to_elsewhere_is_refused_and_one_within_is_sent_as_a_file(orrery: Run, plane: Plane, project: Path, tmp_path: Path) -> None:
    (project / "dags" / "same.py").symlink_to("one.py")
    content, files = archive.pack(project / "dags")
    assert files == 3
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as tar:
        assert all(each.isfile() or each.isdir() for each in tar)
    (tmp_path / "outside.txt").write_text("private")
    (project / "dags" / "leak.txt").symlink_to(tmp_path / "outside.txt")
    result = orrery("deploy", "etl", "--dags", "--path", str(project))
    assert "leak.txt" in result.stderr
    assert result.exit_code == 2
    assert plane.asked("POST") == []


def test_a_place_without_a_project_is_told_as_such(orrery: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = orrery("deploy", "etl", "--dags", "--path", str(tmp_path / "empty"), "-o", "json")
    assert json.loads(result.stderr)["kind"] == "no_project"
    assert result.exit_code == 1


def test_an_empty_folder_removes_all_dags_only_when_meant(orrery: Run, plane: Plane, tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    words = ("deploy", "etl", "--dags", "--path", str(tmp_path))
    assert orrery(*words).exit_code == 2
    assert plane.asked("POST") == []
    assert orrery(*words, "--yes").exit_code == 0
    assert names(plane.blobs["whole"]) == ["dags"]


def test_a_refused_archive_is_not_finalized_and_its_address_stays_secret(orrery: Run, plane: Plane, project: Path) -> None:
    plane.answer("PUT", "/upload", Answer(413, {"message": "use the block protocol"}))
    result = orrery("deploy", "etl", "--dags", "--path", str(project))
    assert "use the block protocol" in result.stderr
    assert "sig=" not in result.stderr
    assert plane.asked("POST", "/finalize") == []


def test_wait_returns_when_the_deployment_runs_the_version(orrery: Run, plane: Plane, project: Path) -> None:
    result = orrery("deploy", "etl", "--dags", "--path", str(project), "--wait", "-o", "json")
    assert result.exit_code == 0
    assert "HEALTHY" in result.stderr
    assert json.loads(result.stdout)["status"] == "DEPLOYED"


def test_rollback_is_a_deploy_that_points_back(orrery: Run) -> None:
    words = ("deploy", "-o", "json", "rollback", "cdeploy0000000000000001aa", "--deployment", "etl", "--yes", "--description", "oops")
    document = json.loads(orrery(*words).stdout)
    assert document["rollbackFromId"] == "cdeploy0000000000000001aa"
    assert document["description"] == "oops"
