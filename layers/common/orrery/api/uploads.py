"""Code uploads: the small part of the blob protocol that deploy clients speak, behind an address that is signed for one deploy.

    PUT <address>                              the whole archive in one go            (x-ms-blob-type: BlockBlob)
    PUT <address>&comp=block&blockid=<id>      one block of it, at most 4 MiB
    PUT <address>&comp=blocklist               the list of blocks: the upload is complete

The answer to a complete upload names the release's version in `x-ms-version-id`; finalizing the deploy with it puts the code live.
"""

import base64
import binascii
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from orrery import archive, names, releases
from orrery.api import blocks, refusals
from orrery.api.entrance import Event
from orrery.errors import Conflict, Invalid, NotFound, TooLarge
from orrery.model import upload
from orrery.model.deploy import Deploy, DeployStatus
from orrery.store import deploys

LARGEST = 4 * 1024 * 1024
"""Bytes of one request's body: what still fits through the gateway and into a function once it is written in base64."""
_IN_MEMORY = 8 * 1024 * 1024
_PROTOCOL = "2023-11-03"


def handle(event: Event, context: Any) -> dict[str, Any]:
    """The function's handler: an upload carries its permission in its address, and its body is no JSON."""
    request_id = str(event["requestContext"]["requestId"])
    try:
        return _created(request_id, _put(event))
    except Exception as problem:
        answer = refusals.answer(refusals.told(problem, request_id), request_id)
        answer["headers"] |= {"x-ms-request-id": request_id, "x-ms-version": _PROTOCOL}
        return answer


def _put(event: Event) -> str:
    """Does what the request says; answers with the version of a complete upload, or nothing."""
    if event["requestContext"]["http"]["method"] != "PUT":
        raise NotFound("uploads are sent with PUT")
    asked = dict(parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True))
    deploy, body = _admitted(event["rawPath"], asked), _body(event)
    what = asked.get("comp", "")
    if what == "block":
        releases.keep_block(deploy, _block_id(asked), body)
        return ""
    if what == "blocklist":
        return _assemble(deploy, blocks.parse(body))
    if what:
        raise Invalid.field("comp", f"`{what[:50]}` is not served; use `block` and `blocklist`, or leave it out")
    if event["headers"].get("x-ms-blob-type") != "BlockBlob":
        raise Invalid("an upload in one go needs the header `x-ms-blob-type: BlockBlob`")
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
        whole.write(body)
        return _complete(deploy, whole)  # type: ignore[arg-type]


def _admitted(path: str, asked: dict[str, str]) -> Deploy:
    """The deploy whose address this is."""
    parts = path.removeprefix("/uploads/v1/").split("/")
    if len(parts) != 3 or not all(names.is_id(part) for part in parts):
        raise NotFound("there is no such upload address; use `dagsUploadUrl` of a deploy, unchanged")
    try:
        deploy, expires = deploys.load(parts[1], parts[2]), int(asked.get("expires", ""))
    except (NotFound, ValueError):
        raise upload.refusal() from None
    upload.admit(deploy, expires, asked.get("signature", ""), datetime.now(UTC))
    if deploy.organization_id != parts[0]:
        raise upload.refusal()
    if deploy.status is not DeployStatus.INITIALIZED:
        raise Conflict(f"deploy `{deploy.id}` is already {deploy.status.value.lower()}; create a new one to upload other code")
    return deploy


def _body(event: Event) -> bytes:
    raw = event.get("body") or ""
    try:
        body = base64.b64decode(raw, validate=True) if event.get("isBase64Encoded") else raw.encode()
    except binascii.Error as problem:
        raise Invalid("the body did not arrive whole; send it again") from problem
    if len(body) > LARGEST:
        raise TooLarge(
            f"one request takes at most {LARGEST // 1024 // 1024} MiB; send larger uploads in blocks "
            "(`comp=block&blockid=<id>` for each, then `comp=blocklist`)"
        )
    return body


def _block_id(asked: dict[str, str]) -> str:
    block_id = asked.get("blockid", "")
    if not 1 <= len(block_id) <= 256:
        raise Invalid.clause("blockid", "is required, with at most 256 characters")
    return block_id


def _assemble(deploy: Deploy, block_ids: Iterable[str]) -> str:
    with tempfile.TemporaryFile() as whole:
        releases.assemble(deploy, block_ids, whole)
        return _complete(deploy, whole)


def _complete(deploy: Deploy, whole: BinaryIO) -> str:
    """Judged first, so that a bad archive changes nothing; then written again in its one clean form."""
    contents = archive.check(whole)
    version = names.new_version()
    with tempfile.TemporaryFile() as clean:
        archive.repack(whole, contents, clean)
        releases.keep(deploy, version, clean, contents)
    return version


def _created(request_id: str, version: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    headers = {
        "content-length": "0",
        "etag": f'"0x{now.timestamp():.6f}"'.replace(".", ""),
        "last-modified": format_datetime(now, usegmt=True),
        "x-ms-request-id": request_id,
        "x-ms-request-server-encrypted": "true",
        "x-ms-version": _PROTOCOL,
    }
    if version:
        headers["x-ms-version-id"] = version
    return {"statusCode": 201, "headers": headers, "body": "", "isBase64Encoded": False}
