"""A Deployment follows its release store: newest code without a restart, old code for the runs that began with it."""
# mypy: ignore-errors

import hashlib
import io
import json
import os
import tarfile
import time
from pathlib import Path

import pytest
from orrery_airflow.bundle import ReleaseDagBundle
from orrery_airflow.stores import BucketStore, DirectoryStore, open_store


def archive(*members: tarfile.TarInfo, **files: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for member in members:
            tar.addfile(member)
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("__", "."))
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = folder.as_uri()

    def publish(self, version: str, content: bytes, *, sha256: str = "") -> None:
        (self.folder / f"{version}.tar.gz").write_bytes(content)
        (self.folder / f"{version}.json").write_text(json.dumps({"sha256": sha256 or hashlib.sha256(content).hexdigest()}))
        (self.folder / "current.json").write_text(json.dumps({"version": version}))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return request.node.name[:40].replace("[", "-").replace("]", "")


def test_a_deployment_without_a_release_has_an_empty_folder(store: Store, name: str) -> None:
    bundle = ReleaseDagBundle(name=name, url=store.url)
    bundle.initialize()
    assert bundle.get_current_version() is None
    assert list(bundle.path.iterdir()) == []


def test_the_newest_release_is_followed_and_the_old_one_stays_for_its_runs(store: Store, name: str) -> None:
    store.publish("2026-09-18T04:02:47.9408803Z", archive(dags__py="one"))
    bundle = ReleaseDagBundle(name=name, url=store.url)
    bundle.initialize()
    assert (bundle.path / "dags.py").read_text() == "one"
    store.publish("v2", archive(dags__py="two"))
    bundle.refresh()
    assert bundle.get_current_version().version == "v2"
    assert (bundle.path / "dags.py").read_text() == "two"

    pinned = ReleaseDagBundle(name=name, url=store.url, version="2026-09-18T04:02:47.9408803Z")
    pinned.initialize()
    assert (pinned.path / "dags.py").read_text() == "one"
    with pytest.raises(RuntimeError, match="pinned"):
        pinned.refresh()


def test_going_back_is_a_pointer(store: Store, name: str) -> None:
    store.publish("v1", archive(dags__py="one"))
    store.publish("v2", archive(dags__py="two"))
    bundle = ReleaseDagBundle(name=name, url=store.url)
    bundle.initialize()
    v1 = bundle.versions_dir / "v1"
    before = time.time()
    ReleaseDagBundle(name=name, url=store.url, version="v1").initialize()
    os.utime(v1 / "dags.py", (1, 1))
    (store.folder / "current.json").write_text('{"version": "v1"}')
    bundle.refresh()
    assert (bundle.path / "dags.py").read_text() == "one"
    assert (bundle.path / "dags.py").stat().st_mtime >= before - 1, "what has just gone live looks new, so it is parsed at once"


def test_a_damaged_release_is_refused_and_the_last_good_one_stays(store: Store, name: str) -> None:
    store.publish("v1", archive(dags__py="one"))
    bundle = ReleaseDagBundle(name=name, url=store.url)
    bundle.initialize()
    store.publish("v2", archive(dags__py="two"), sha256="0" * 64)
    with pytest.raises(RuntimeError, match="damaged"):
        bundle.refresh()
    assert bundle.get_current_version().version == "v1"
    assert (bundle.path / "dags.py").read_text() == "one"


def link(kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo("innocent.py")
    member.type, member.linkname = kind, "/etc/passwd"
    return member


BAD = {
    "absolute": archive(tarfile.TarInfo("/tmp/absolute.py")),
    "upwards": archive(tarfile.TarInfo("a/../../up.py")),
    "symlink": archive(link(tarfile.SYMTYPE)),
    "hardlink": archive(link(tarfile.LNKTYPE)),
    "device": archive(link(tarfile.CHRTYPE)),
    "not-a-tar": b"nothing of the kind",
}


@pytest.mark.parametrize("kind", BAD)
def test_an_archive_that_leads_out_of_its_folder_leaves_nothing_behind(store: Store, name: str, kind: str) -> None:
    store.publish("v1", BAD[kind])
    bundle = ReleaseDagBundle(name=name, url=store.url)
    with pytest.raises(Exception, match=r"innocent|leads out|could not be opened|not a gzip"):
        bundle.initialize()
    assert list(bundle.versions_dir.iterdir()) == []


@pytest.mark.parametrize("version", ["../up", "a/b", ".hidden", ""])
def test_a_version_cannot_wander(store: Store, name: str, version: str) -> None:
    (store.folder / "current.json").write_text(json.dumps({"version": version}))
    with pytest.raises(RuntimeError, match="cannot be the name"):
        ReleaseDagBundle(name=name, url=store.url).initialize()


def test_only_old_releases_that_no_run_used_are_dropped(store: Store, name: str) -> None:
    bundle = ReleaseDagBundle(name=name, url=store.url)
    for number in range(8):
        store.publish(f"v{number}", archive(dags__py=str(number)))
        bundle.refresh()
        old = time.time() - 7200 + number
        os.utime(bundle.path, (old, old))
    store.publish("last", archive(dags__py="last"))
    bundle.refresh()
    kept = {path.name for path in bundle.versions_dir.iterdir()}
    assert kept == {"last", "v4", "v5", "v6", "v7"}


def test_a_store_is_a_directory_or_a_bucket() -> None:
    directory, bucket = open_store("file:///a%20b/c"), open_store("s3://releases/d1")
    assert isinstance(directory, DirectoryStore)
    assert directory.root == Path("/a b/c")
    assert isinstance(bucket, BucketStore)
    assert (bucket.bucket, bucket.prefix) == ("releases", "d1")
    with pytest.raises(ValueError, match="s3://"):
        open_store("http://elsewhere")


def test_a_bucket_that_lacks_a_file_says_so_without_an_error() -> None:
    class NoSuchKey(Exception):
        pass

    asked: list[tuple[str, str]] = []

    class S3:
        exceptions = type("exceptions", (), {"NoSuchKey": NoSuchKey})

        def get_object(self, *, Bucket: str, Key: str) -> dict:
            asked.append((Bucket, Key))
            if Key != "d1/current.json":
                raise NoSuchKey
            return {"Body": io.BytesIO(b"{}")}

    store = BucketStore("releases", "d1")
    store.__dict__["_s3"] = S3()
    assert store.read("current.json") == b"{}"
    assert store.read("v1.json") is None
    assert asked == [("releases", "d1/current.json"), ("releases", "d1/v1.json")]
