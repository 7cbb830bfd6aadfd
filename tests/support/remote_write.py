"""A Prometheus remote-write endpoint for tests; it unpacks Snappy and protobuf by their specifications, with no library of the sender's."""

import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Sample:
    name: str
    labels: dict[str, str]
    value: float
    milliseconds: int


class Receiver:
    """Keeps what it is sent; answers with `status`, and with a redirect to `elsewhere` where one is named."""

    def __init__(self, status: int = 204, *, elsewhere: str = "") -> None:
        self.status, self.elsewhere = status, elsewhere
        self.requests: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append(({name.title(): text for name, text in self.headers.items()}, body))
                self.send_response(outer.status)
                if outer.elsewhere:
                    self.send_header("Location", outer.elsewhere)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1/write"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def samples(self) -> list[Sample]:
        return [sample for _, body in list(self.requests) for sample in decode(body)]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def decode(body: bytes) -> list[Sample]:
    """The samples of one request's body."""
    found = []
    for _, series in _fields(decompress(body)):
        parts = list(_fields(series))
        labels = dict(_label(part) for number, part in parts if number == 1)
        for sample in (dict(_fields(part)) for number, part in parts if number == 2):
            (value,) = struct.unpack("<d", sample.get(1, bytes(8)))
            found.append(Sample(labels.pop("__name__"), labels, value, sample.get(2, 0)))
    return found


def decompress(packed: bytes) -> bytes:
    """One raw block of Snappy (https://github.com/google/snappy/blob/main/format_description.txt)."""
    size, at = _varint(packed, 0)
    out = bytearray()
    while at < len(packed):
        tag = packed[at]
        at += 1
        if tag & 3 == 0:
            length, extra = (tag >> 2) + 1, max(0, (tag >> 2) - 59)
            if extra:
                length = int.from_bytes(packed[at : at + extra], "little") + 1
                at += extra
            out += packed[at : at + length]
            at += length
            continue
        if tag & 3 == 1:
            length, offset, width = ((tag >> 2) & 7) + 4, (tag >> 5 << 8) | packed[at], 1
        else:
            width = 2 if tag & 3 == 2 else 4
            length, offset = (tag >> 2) + 1, int.from_bytes(packed[at : at + width], "little")
        at += width
        for _ in range(length):
            out.append(out[-offset])
    assert len(out) == size
    return bytes(out)


def _label(part: bytes) -> tuple[str, str]:
    fields = dict(_fields(part))
    return fields[1].decode(), fields.get(2, b"").decode()


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protobuf message: numbers as they are, everything else as bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        if tag & 7 == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        length, at = (8, at) if tag & 7 == 1 else _varint(message, at)
        yield tag >> 3, message[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at
