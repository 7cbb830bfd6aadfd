"""The upload of an archive to its signed address: one PUT when it is small, else blocks and then the list of them."""

import base64
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from orrery_cli.failures import Failure
from orrery_cli.http import upload

BLOCK: Final = 1024 * 1024


def put(url: str, content: bytes, *, progress: Callable[[int, int], None]) -> str:
    """Upload and return the version that finalize wants; `progress` hears blocks done and blocks in all."""
    if len(content) < BLOCK:
        headers = upload(url, content, headers={"x-ms-blob-type": "BlockBlob", "Content-Type": "application/gzip"})
    else:
        headers = upload(url, _block_list(url, content, progress), headers={"Content-Type": "application/xml"}, query="&comp=blocklist")
    version = headers.get("x-ms-version-id")
    if not version:
        raise Failure("the upload address took the archive without telling its version", kind="api_unavailable")
    return version


def _block_list(url: str, content: bytes, progress: Callable[[int, int], None]) -> bytes:
    blocks = [content[start : start + BLOCK] for start in range(0, len(content), BLOCK)]
    ids = [base64.b64encode(f"{number:08d}".encode()).decode() for number in range(len(blocks))]
    for done, (block_id, block) in enumerate(zip(ids, blocks, strict=True), start=1):
        query = f"&comp=block&blockid={quote(block_id, safe='')}"
        upload(url, block, headers={"Content-Type": "application/octet-stream"}, query=query)
        progress(done, len(blocks))
    names = "".join(f"<Latest>{each}</Latest>" for each in ids)
    return f'<?xml version="1.0" encoding="utf-8"?><BlockList>{names}</BlockList>'.encode()
