"""Large documents in few bytes: what DynamoDB bills by the kilobyte is compressed, and says so in words when it is still too much.

Most rows are short and say much the same, so each is compressed as if it came after an example of its kind (RFC 1950, preset dictionary).
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from orrery.errors import TooLarge
from orrery.store.packing_examples import FIRST

_LARGEST = 350_000
"""Bytes of a packed document; DynamoDB's items end at 400 KB, keys and names included."""


def pack(document: Mapping[str, Any]) -> bytes:
    """The document's JSON, compressed; `TooLarge` when no item can hold it."""
    packed = _compressed(json.dumps(document, separators=(",", ":")).encode())
    if len(packed) > _LARGEST:
        raise TooLarge("this cluster has more queues and workers than one snapshot can tell; place its Deployments on more clusters")
    return packed


def unpack(packed: bytes) -> dict[str, Any]:
    """The document; what was packed without the example is legible too."""
    document: dict[str, Any] = json.loads(zlib.decompressobj(zdict=FIRST).decompress(packed))
    return document


def _compressed(text: bytes) -> bytes:
    packing = zlib.compressobj(9, zdict=FIRST)
    return packing.compress(text) + packing.flush()
