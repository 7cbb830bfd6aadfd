"""Uploads under a signed address: whole or in blocks as deploy clients send them; a bad one is refused in words and changes nothing."""

import base64
import gzip
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from orrery import releases
from orrery.api import blocks, uploads
from orrery.errors import Invalid
from orrery.model import upload
from orrery.store import deploys

from tests.support.plane import Plane
from tests.support.tars import tar_of

VERSION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")
CODE = random.Random(7).randbytes(3 * 1024 * 1024)
"""Does not compress, so its archive needs blocks."""


@pytest.fixture
def deploy(plane: Plane) -> dict[str, Any]:
    deployment = plane.made()
    body: dict[str, Any] = plane.installation.owner.post(f"{plane.path}/{deployment['id']}/deploys", {"type": "DAG_ONLY"}).body
    return body


def block(n: int) -> str:
    return base64.b64encode(f"block-{n:06d}+/".encode()).decode()


def listing(*ids: str) -> bytes:
    latest = "".join(f"<Latest>{id}</Latest>" for id in ids)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<BlockList>{latest}</BlockList>'.encode()


def test_a_small_archive_goes_up_in_one_go(plane: Plane, deploy: dict[str, Any]) -> None:
    answer = plane.put(deploy["dagsUploadUrl"], gzip.compress(tar_of({"dags/etl.py": b"1"})))
    assert (answer.status, answer.body) == (201, None)
    version = answer.headers["x-ms-version-id"]
    assert VERSION.fullmatch(version)
    assert {"etag", "last-modified", "x-ms-request-id", "x-ms-version"} <= set(answer.headers)
    assert plane.stored(deploy["deploymentId"]) == [f"{version}.json", f"{version}.tar.gz"]


def test_a_plain_tar_is_taken_as_well(plane: Plane, deploy: dict[str, Any]) -> None:
    assert plane.put(deploy["dagsUploadUrl"], tar_of({"etl.py": b"1"})).status == 201


def test_a_large_archive_goes_up_in_blocks_and_is_put_together_in_the_order_of_the_list(plane: Plane, deploy: dict[str, Any]) -> None:
    whole, url = gzip.compress(tar_of({"dags/model.bin": CODE, "dags/etl.py": b"1"})), deploy["dagsUploadUrl"]
    pieces = {block(n): whole[n * 2**20 : (n + 1) * 2**20] for n in range(4)}
    for id in reversed(pieces):
        sent = plane.put(url, pieces[id], f"&comp=block&blockid={quote(id, safe='')}", headers={})
        assert (sent.status, "x-ms-version-id" in sent.headers) == (201, False)
    assert plane.stored(deploy["deploymentId"]) == []
    answer = plane.put(url, listing(*pieces), "&comp=blocklist", headers={})
    assert answer.status == 201, answer.body
    done = plane.installation.owner.post(
        f"{plane.path}/{deploy['deploymentId']}/deploys/{deploy['id']}/finalize", {"dagTarballVersion": answer.headers["x-ms-version-id"]}
    )
    assert done.body["status"] == "DEPLOYED"


def test_a_block_that_was_never_sent_is_missed(plane: Plane, deploy: dict[str, Any]) -> None:
    answer = plane.put(deploy["dagsUploadUrl"], listing("absent"), "&comp=blocklist")
    assert (answer.status, answer.body["message"]) == (400, "the block `absent` was not uploaded; send it before the list of blocks")


def test_a_block_needs_a_name(plane: Plane, deploy: dict[str, Any]) -> None:
    answer = plane.put(deploy["dagsUploadUrl"], b"x", "&comp=block")
    assert (answer.status, answer.body["message"]) == (400, "`blockid` is required, with at most 256 characters")


def test_one_request_that_is_too_large_is_told_of_blocks(plane: Plane, deploy: dict[str, Any]) -> None:
    answer = plane.put(deploy["dagsUploadUrl"], b"x" * (uploads.LARGEST + 1))
    assert (answer.status, "comp=block&blockid=<id>" in answer.body["message"]) == (413, True)


def test_more_bytes_than_an_upload_may_have_are_refused(plane: Plane, deploy: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "MAX_UPLOAD", 1024 * 1024)
    plane.put(deploy["dagsUploadUrl"], CODE[: 600 * 1024], "&comp=block&blockid=YQ==")
    answer = plane.put(deploy["dagsUploadUrl"], listing("YQ==", "YQ=="), "&comp=blocklist")
    assert (answer.status, answer.body["message"]) == (413, "the upload has more than 1 MiB")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"<BlockList><Latest>YQ==</Latest>", "not valid XML"),
        (b"not xml", "not valid XML"),
        (b'<?xml version="1.0" encoding="hex"?><BlockList/>', "not valid XML"),
        (b'<?xml version="1.0" encoding="shift_jis"?><BlockList/>', "not valid XML"),
        (b"<Blocks><Latest>YQ==</Latest></Blocks>", "must be `<BlockList>`"),
        (b"<BlockList><Newest>YQ==</Newest></BlockList>", "must be `<BlockList>`"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><BlockList><Latest>&a;</Latest></BlockList>', "document type"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><BlockList><Latest>&a;</Latest></BlockList>'.encode("utf-16"), "document type"),
        (listing(*["YQ=="] * 2001), "more than 2000 blocks"),
        (b" " * 600_000, "more than 512 KiB"),
    ],
)
def test_a_bad_list_of_blocks_is_refused(document: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        blocks.parse(document)
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (b"PK\x03\x04 a zip file", "not a tar archive"),
        (b"", "not a tar archive"),
        (tar_of({"/etc/passwd": b"x"}), "an absolute path"),
        (tar_of({"dags/../../x": b"x"}), "leads out of it"),
        (gzip.compress(tar_of({"dags/zeros": bytes(40 * 1024 * 1024)}), 9), "decompression bomb"),
    ],
)
def test_a_bad_archive_is_refused_and_changes_nothing(plane: Plane, deploy: dict[str, Any], archive: bytes, words: str) -> None:
    answer = plane.put(deploy["dagsUploadUrl"], archive)
    assert answer.status == 400
    assert words in answer.body["message"]
    assert {"message", "requestId", "statusCode"} <= set(answer.body)
    assert plane.stored(deploy["deploymentId"]) == []
    assert plane.put(deploy["dagsUploadUrl"], tar_of({"dags/etl.py": b"1"})).status == 201


def test_an_address_that_was_changed_opens_nothing(plane: Plane, deploy: dict[str, Any]) -> None:
    url, body = deploy["dagsUploadUrl"], tar_of({"dags/etl.py": b"1"})
    other = plane.made(name="other")
    for wrong in (
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        re.sub(r"expires=\d+", "expires=9999999999", url),
        re.sub(r"expires=\d+", "expires=soon", url),
        re.sub(r"signature=\w+", "", url),
        url.replace(deploy["id"], f"c{'0' * 24}"),
        url.replace(deploy["deploymentId"], other["id"]),
        url.replace(plane.installation.organization_id, f"c{'0' * 24}"),
    ):
        answer = plane.put(wrong, body)
        assert (answer.status, "not one we gave out" in answer.body["message"]) == (403, True), wrong
    assert plane.stored(deploy["deploymentId"]) == []


def test_an_address_lives_for_ten_minutes(plane: Plane, deploy: dict[str, Any]) -> None:
    stored = deploys.load(deploy["deploymentId"], deploy["id"])
    late = upload.address("http://127.0.0.1:8888", stored, datetime.now(UTC) - timedelta(minutes=10, seconds=1))
    answer = plane.put(late, tar_of({"dags/etl.py": b"1"}))
    assert (answer.status, "has expired" in answer.body["message"]) == (403, True)
    early = upload.address("http://127.0.0.1:8888", stored, datetime.now(UTC) - timedelta(minutes=9))
    assert plane.put(early, tar_of({"dags/etl.py": b"1"})).status == 201


def test_a_deploy_that_is_done_takes_no_more_code(plane: Plane, deploy: dict[str, Any]) -> None:
    finalize = f"{plane.path}/{deploy['deploymentId']}/deploys/{deploy['id']}/finalize"
    plane.installation.owner.post(finalize, {})
    answer = plane.put(deploy["dagsUploadUrl"], tar_of({"dags/etl.py": b"1"}))
    assert (answer.status, "is already deployed" in answer.body["message"]) == (409, True)


@pytest.mark.parametrize(("more", "headers", "words"), [("", {}, "x-ms-blob-type: BlockBlob"), ("&comp=metadata", {}, "is not served")])
def test_other_parts_of_the_blob_protocol_are_refused(
    plane: Plane, deploy: dict[str, Any], more: str, headers: dict[str, str], words: str
) -> None:
    answer = plane.put(deploy["dagsUploadUrl"], tar_of({"dags/etl.py": b"1"}), more, headers)
    assert (answer.status, words in answer.body["message"]) == (400, True)
