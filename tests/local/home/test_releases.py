"""The local copy of a release store says what the bucket says, and never anything half."""

import hashlib
import json
from pathlib import Path

import pytest
from orrery.errors import DataPlaneFailed, Invalid, Unavailable

from local.home import releases

URL = "s3://releases/d1"


class FakeBucket(releases.Bucket):
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.reads: list[str] = []

    def publish(self, version: str, content: bytes) -> None:
        self.files[f"{version}.tar.gz"] = content
        self.files[f"{version}.json"] = json.dumps({"sha256": hashlib.sha256(content).hexdigest()}).encode()
        self.files["current.json"] = json.dumps({"version": version}).encode()

    def read(self, url: str, name: str) -> bytes | None:
        assert url == URL
        self.reads.append(name)
        return self.files.get(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    releases.prepare(tmp_path / "releases")
    return tmp_path / "releases"


@pytest.fixture
def bucket() -> FakeBucket:
    return FakeBucket()


def test_before_the_first_deploy_there_is_no_release(bucket: FakeBucket, folder: Path) -> None:
    releases.follow(bucket, URL, folder)
    assert releases.current(folder) == ""
    assert list(folder.iterdir()) == []


def test_a_deploy_arrives_whole_and_going_back_fetches_nothing_again(bucket: FakeBucket, folder: Path) -> None:
    bucket.publish("v1", b"one")
    releases.follow(bucket, URL, folder)
    bucket.publish("v2", b"two")
    releases.follow(bucket, URL, folder)
    assert releases.current(folder) == "v2"
    assert (folder / "v2.tar.gz").read_bytes() == b"two"
    bucket.reads.clear()
    bucket.publish("v1", b"one")
    releases.follow(bucket, URL, folder)
    assert releases.current(folder) == "v1"
    assert bucket.reads == ["current.json"]


def test_a_release_that_is_incomplete_or_damaged_does_not_go_live(bucket: FakeBucket, folder: Path) -> None:
    bucket.publish("v1", b"one")
    releases.follow(bucket, URL, folder)
    bucket.publish("v2", b"two")
    missing = bucket.files.pop("v2.tar.gz")
    with pytest.raises(Unavailable):
        releases.follow(bucket, URL, folder)
    bucket.files["v2.tar.gz"] = missing + b"!"
    with pytest.raises(DataPlaneFailed, match="damaged"):
        releases.follow(bucket, URL, folder)
    assert releases.current(folder) == "v1"
    assert not (folder / "v2.tar.gz").exists()


@pytest.mark.parametrize("version", ["../up", "a/b", ".hidden", ""])
def test_a_version_cannot_name_a_file_elsewhere(folder: Path, version: str) -> None:
    with pytest.raises(Invalid):
        releases.publish(folder, version, b"", sha256=hashlib.sha256(b"").hexdigest())
    assert [path.name for path in folder.parent.iterdir()] == ["releases"]


def test_the_deployment_may_read_its_releases_and_not_write_them(bucket: FakeBucket, folder: Path) -> None:
    bucket.publish("v1", b"one")
    releases.follow(bucket, URL, folder)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}
    assert folder.stat().st_mode & 0o777 == 0o755
