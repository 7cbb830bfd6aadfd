"""Large documents in few bytes: what DynamoDB bills by the kilobyte is compressed, and says so in words when it is still too much."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from orrery.errors import TooLarge

_LARGEST = 350_000
"""Bytes of a packed document; DynamoDB's items end at 400 KB, keys and names included."""


def pack(document: Mapping[str, Any]) -> bytes:
    """The document's JSON, compressed; `TooLarge` when no item can hold it."""
    packed = zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 9)
    if len(packed) > _LARGEST:
        raise TooLarge("this cluster has more queues and workers than one snapshot can tell; place its Deployments on more clusters")
    return packed


def unpack(packed: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(zlib.decompress(packed))
    return document
