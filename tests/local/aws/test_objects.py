"""Objects, buckets and their settings are there after `kill -9`, each with the bytes and the description that belong together."""

import hashlib
import json
import os
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from local.aws.engine import Engine
from local.aws.objects import mend
from tests.local.aws.test_durability import fill_disk
from tests.support.aws import client

BUCKET = "orrery-releases"


@pytest.fixture
def s3(own_engine: Engine) -> Any:
    s3 = client(own_engine, "s3")
    s3.create_bucket(Bucket=BUCKET)
    return s3


def restart(engine: Engine) -> None:
    engine.kill()
    engine.start()


def test_an_object_keeps_its_bytes_type_and_metadata(own_engine: Engine, s3: Any) -> None:
    name = "a/ü b+c=1&d.tar.gz"
    s3.put_object(Bucket=BUCKET, Key=name, Body=b"bytes", ContentType="application/gzip", Metadata={"sha256": "abc"})
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": name})
    restart(own_engine)
    for key in (name, "copy"):
        found = s3.get_object(Bucket=BUCKET, Key=key)
        assert (found["Body"].read(), found["ContentType"], found["Metadata"]) == (b"bytes", "application/gzip", {"sha256": "abc"})


def test_deleted_objects_stay_deleted(own_engine: Engine, s3: Any) -> None:
    for key in ("one", "two", "kept"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    s3.delete_object(Bucket=BUCKET, Key="one")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "two"}]})
    restart(own_engine)
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["kept"]


def test_an_upload_in_parts_is_kept_once_it_is_complete(own_engine: Engine, s3: Any, tmp_path: Path) -> None:
    content = os.urandom(6 << 20)
    (tmp_path / "big").write_bytes(content)
    parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
    s3.upload_file(str(tmp_path / "big"), BUCKET, "big", Config=parts)
    etag = s3.head_object(Bucket=BUCKET, Key="big")["ETag"]
    restart(own_engine)
    found = s3.get_object(Bucket=BUCKET, Key="big")
    assert etag.endswith('-2"')
    assert (found["Body"].read() == content, found["ETag"]) == (True, etag)


def test_presigned_urls_read_and_write_across_a_kill(own_engine: Engine, s3: Any) -> None:
    target = {"Bucket": BUCKET, "Key": "signed"}
    put = urllib.request.Request(s3.generate_presigned_url("put_object", Params=target), data=b"signed", method="PUT")
    with urllib.request.urlopen(put):
        pass
    restart(own_engine)
    with urllib.request.urlopen(s3.generate_presigned_url("get_object", Params=target)) as answer:
        assert answer.read() == b"signed"


def test_buckets_come_back_with_their_settings_and_also_when_empty(own_engine: Engine, s3: Any) -> None:
    s3.create_bucket(Bucket="orrery-empty")
    s3.create_bucket(Bucket="orrery-dropped")
    s3.delete_bucket(Bucket="orrery-dropped")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"first")
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"second")
    restart(own_engine)
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["orrery-empty", BUCKET]
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    versions = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    bodies = [s3.get_object(Bucket=BUCKET, Key="a", VersionId=each["VersionId"])["Body"].read() for each in versions]
    assert bodies == [b"second", b"first"]


def test_a_storm_of_uploads_leaves_every_acknowledged_object_and_no_broken_one(own_engine: Engine, s3: Any) -> None:
    acknowledged: dict[str, bytes] = {}
    enough = threading.Semaphore(0)

    def upload(writer: int) -> None:
        mine = client(own_engine, "s3")
        turn = 0
        try:
            while True:
                turn += 1
                key, body = f"{writer}/{turn % 7}", os.urandom(1000 + turn)
                acknowledged.pop(key, None)  # being overwritten: the old and the new are both right
                mine.put_object(Bucket=BUCKET, Key=key, Body=body)
                acknowledged[key] = body
                enough.release()
        except (BotoCoreError, ClientError):
            return

    writers = [threading.Thread(target=upload, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    for _ in range(100):
        assert enough.acquire(timeout=60)
    own_engine.kill()
    for writer in writers:
        writer.join()
    own_engine.start()
    found = {each["Key"]: s3.get_object(Bucket=BUCKET, Key=each["Key"]) for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}
    bodies = {key: each["Body"].read() for key, each in found.items()}
    assert acknowledged.items() <= bodies.items()
    assert all(f'"{hashlib.md5(bodies[key]).hexdigest()}"' == each["ETag"] for key, each in found.items())


def test_an_object_that_does_not_fit_on_the_disk_is_refused_and_the_old_one_stands(own_engine: Engine, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"old")
    fill_disk(own_engine, beyond=5000)
    with pytest.raises(ClientError, match="InternalError"):
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"new" * 5000)
    assert own_engine.wait() == 1
    assert "failed to persist" in (own_engine.state / "engine.log").read_text()
    own_engine.start()
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"old"


def write_object(root: Path, name: str, *, content: bytes, described: bytes) -> Path:
    path = root / "000000000000" / "bucket" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    sidecar = path.with_name(f"{name}.meta.json")
    etag = f'"{hashlib.md5(described).hexdigest()}"'
    sidecar.write_text(json.dumps({"size": len(described), "etag": etag, "content_type": "text/plain"}))
    os.utime(path, ns=(1, 1))
    os.utime(sidecar, ns=(2, 2))
    return path


def test_mending_drops_what_was_never_acknowledged(tmp_path: Path) -> None:
    whole = write_object(tmp_path, "whole", content=b"a", described=b"a")
    first = write_object(tmp_path, "first", content=b"a", described=b"a")
    first.with_name("first.meta.json").unlink()
    whole.with_name("whole.tmp").write_bytes(b"half")
    mend(tmp_path)
    assert sorted(each.name for each in whole.parent.iterdir()) == ["whole", "whole.meta.json"]


@pytest.mark.parametrize("same_size", [True, False])
def test_mending_describes_overwritten_bytes_anew(tmp_path: Path, same_size: bool) -> None:
    content = b"new" if same_size else b"newer"
    path = write_object(tmp_path, "a", content=content, described=b"old")
    if same_size:
        os.utime(path, ns=(3, 3))
    mend(tmp_path)
    described = json.loads(path.with_name("a.meta.json").read_text())
    assert described["etag"] == f'"{hashlib.md5(content).hexdigest()}"'
    assert (described["size"], described["content_type"]) == (len(content), "text/plain")
