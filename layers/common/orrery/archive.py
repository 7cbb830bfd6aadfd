"""An uploaded DAG archive, judged: a tar (gzipped or not) is read as a stream within bounds and written again in one clean form.

Two walks over the same file: `check` reads everything and refuses (absolute paths, `..`, links, devices, bombs, names that are no UTF-8,
what is not a tar); only then `repack` writes plain files and directories, sorted out of any `dags/` that all of them lie under.
So Airflow sees the *content* of the project's `dags` directory, whether the archive carries that directory's name or not.
The price of reading headers here rather than with `tarfile`: that library holds extended headers of any size in memory.
"""

import contextlib
import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from orrery.errors import Invalid

MAX_BYTES = 512 * 1024 * 1024
"""Unpacked, headers included."""
MAX_ENTRIES = 20_000
"""Files and directories, those that are only named in another's path included: a small archive can name millions of them."""
MAX_RATIO = 100
"""Unpacked to packed, once past `RATIO_FROM` bytes: real code compresses five to twenty times."""
RATIO_FROM = 16 * 1024 * 1024
MAX_PATH = 1024
MAX_PART = 255
BLOCK = 512
EXTENDED = 64 * 1024
"""The longest extended header that is read."""
EXTENSIONS, RECORDS = 8, 100
"""Extended headers of one entry, and what one of them may say: honest archives have two, with a few records each."""
LATEST = 2**33
"""Times of change beyond this (the year 2242) would break whoever unpacks."""
QUICK = 2
"""Of gzip's levels: the gateway waits 30 seconds for the largest archive, and level 9 takes many times as long for a sixth less."""

_BASE = "dags/"
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_REFUSED = {
    tarfile.LNKTYPE: "a hard link", tarfile.SYMTYPE: "a symbolic link", tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe", tarfile.GNUTYPE_SPARSE: "a sparse file", tarfile.GNUTYPE_LONGLINK: "a link",
}  # fmt: skip


@dataclass(frozen=True)
class Contents:
    """What a good archive holds: `base` is the prefix that every entry shares and that is taken off."""

    entries: int
    bytes: int
    base: str


@dataclass(frozen=True)
class _Entry:
    path: str
    is_directory: bool
    size: int
    mode: int
    mtime: int


def check(file: BinaryIO) -> Contents:
    """Reads the whole of `file`, which can seek; raises `Invalid` in words for the customer, and changes nothing."""
    files: set[str] = set()
    directories: set[str] = set()
    entries = total = 0
    based = True
    for entry, _ in _entries(file):
        entries += 1
        total += entry.size
        _place(entry, files, directories)
        if max(entries, len(files) + len(directories)) > MAX_ENTRIES:
            raise Invalid(f"the archive has more than {MAX_ENTRIES} entries")
        based = based and (_is_root(entry, "") or _is_root(entry, _BASE) or entry.path.startswith(_BASE))
    return Contents(entries, total, _BASE if based else "")


def repack(file: BinaryIO, contents: Contents, into: BinaryIO) -> None:
    """Writes the archive that `check` found good as a gzipped tar of plain files and directories; the same input gives the same bytes."""
    with (
        gzip.GzipFile(fileobj=into, mode="wb", filename="", mtime=0, compresslevel=QUICK) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for entry, body in _entries(file):
            if _is_root(entry, "") or _is_root(entry, contents.base):
                continue
            info = tarfile.TarInfo(entry.path.removeprefix(contents.base))
            info.mtime = entry.mtime
            if entry.is_directory:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(info)
            else:
                info.size, info.mode = entry.size, 0o755 if entry.mode & 0o100 else 0o644
                tar.addfile(info, body)


def _entries(file: BinaryIO) -> Iterator[tuple[_Entry, BinaryIO]]:
    with _translated():
        stream = _Bounded(file)
        path, extended, extensions = "", {}, 0
        while (header := _header(stream)) is not None:
            extensions += 1
            if extensions > EXTENSIONS + 1:
                raise Invalid(f"the archive has more than {EXTENSIONS} extended headers for one entry")
            if header.type == tarfile.GNUTYPE_LONGNAME:
                path = _text(stream.extended(header.size).rstrip(b"\0"))
            elif header.type == tarfile.XHDTYPE:
                extended = _records(stream.extended(header.size))
            elif header.type == tarfile.XGLTYPE:
                stream.extended(header.size)
            else:
                entry = _entry(header, path, extended)
                path, extended, extensions = "", {}, 0
                body = _Body(stream, entry.size)
                yield entry, io.BufferedReader(body)
                body.finish()
        stream.finish()


def _header(stream: "_Bounded") -> tarfile.TarInfo | None:
    block = stream.exactly(BLOCK)
    if not block.strip(b"\0"):
        return None
    # A long name stands in an extended header, and what stands here is its beginning, cut wherever the field ends.
    info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    if info.size < 0:
        raise tarfile.HeaderError
    return info


def _entry(header: tarfile.TarInfo, path: str, extended: dict[str, str]) -> _Entry:
    named = extended.get("path") or path or _text(header.name.encode("utf-8", "surrogateescape"))
    sparse = any(key.startswith("GNU.sparse") for key in extended)
    if sparse or header.type not in (*_PLAIN, tarfile.DIRTYPE):
        kind = "a sparse file" if sparse else _REFUSED.get(header.type, "of an unknown kind")
        raise Invalid(f"`{_shown(named)}` in the archive is {kind}; only files and directories are taken")
    is_directory = header.type == tarfile.DIRTYPE or (header.type == tarfile.AREGTYPE and named.endswith("/"))
    size = 0 if is_directory else int(extended.get("size", header.size))
    if size < 0:
        raise tarfile.HeaderError
    return _Entry(_path(named), is_directory, size, header.mode, min(max(0, int(header.mtime)), LATEST))


def _path(named: str) -> str:
    if named.startswith("/"):
        raise Invalid(f"`{_shown(named)}` in the archive is an absolute path; pack the files with paths relative to the project")
    if _CONTROL.search(named):
        raise Invalid(f"`{_shown(named)}` in the archive has a control character in its name; rename that file")
    if "\\" in named:
        raise Invalid(f"`{_shown(named)}` in the archive has a backslash in its name; separate directories with `/`")
    parts = [part for part in named.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Invalid(f"`{_shown(named)}` in the archive leads out of it with `..`; pack the files from inside the project")
    path = "/".join(parts)
    if len(path.encode()) > MAX_PATH or any(len(part.encode()) > MAX_PART for part in parts):
        raise Invalid(f"`{_shown(named)}` in the archive has too long a name; at most {MAX_PATH} bytes, {MAX_PART} between slashes")
    return path


def _is_root(entry: _Entry, base: str) -> bool:
    return entry.is_directory and entry.path == base.removesuffix("/")


def _place(entry: _Entry, files: set[str], directories: set[str]) -> None:
    """Each path once, and nothing below a file: what is unpacked must not depend on the order of entries."""
    parents = _parents(entry.path)
    if not entry.is_directory and not entry.path:
        raise Invalid("the archive has a file without a name")
    taken = entry.path in files or (not entry.is_directory and entry.path in directories)
    if taken or any(parent in files for parent in parents):
        raise Invalid(f"`{_shown(entry.path)}` is in the archive more than once; each path may stand there only once")
    directories.update(parents)
    (directories if entry.is_directory else files).add(entry.path)


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def _records(raw: bytes) -> dict[str, str]:
    """The records of an extended header, `<length> <key>=<value>\\n`; values other than those we read may be any bytes."""
    found: dict[str, str] = {}
    for _ in range(RECORDS):
        if not raw:
            return found
        length, _, _ = raw.partition(b" ")
        if not length.isdigit() or not len(length) < int(length) <= len(raw):
            raise tarfile.HeaderError
        key, _, value = raw[len(length) + 1 : int(length) - 1].partition(b"=")
        if key in (b"path", b"size") or key.startswith(b"GNU.sparse"):
            found[_text(key)] = _text(value)
        raw = raw[int(length) :]
    if raw:
        raise Invalid(f"the archive has an extended header of more than {RECORDS} records")
    return found


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("the archive has a name that is not UTF-8; rename that file") from None


def _shown(name: str) -> str:
    return _CONTROL.sub("?", name)[:200]


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, ValueError):
        raise Invalid("the upload is not a tar archive; send the `dags` directory as .tar or .tar.gz") from None
    except EOFError:
        raise Invalid("the archive ends too early; upload it again") from None


class _Counted(io.RawIOBase):
    """The packed side: how many bytes of the upload have been read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.count = file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = self.file.read(len(buffer))
        self.count += len(data)
        buffer[: len(data)] = data
        return len(data)


class _Bounded:
    """The unpacked side: reads on, and refuses to go further than an honest archive would."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        magic = file.read(2)
        file.seek(0)
        self.packed = _Counted(file)
        self.gzipped = magic == b"\x1f\x8b"
        self.plain = gzip.GzipFile(fileobj=self.packed, mode="rb") if self.gzipped else file
        self.count = 0

    def read(self, size: int) -> bytes:
        data = self.plain.read(size)
        self.count += len(data)
        if self.count > MAX_BYTES:
            raise Invalid(f"the archive unpacks to more than {MAX_BYTES // 1024 // 1024} MiB")
        if self.gzipped and self.count > RATIO_FROM and self.count > MAX_RATIO * self.packed.count:
            raise Invalid(f"the archive unpacks to more than {MAX_RATIO} times its size; it looks like a decompression bomb")
        return data

    def exactly(self, size: int) -> bytes:
        data = self.read(size)
        while len(data) < size:
            more = self.read(size - len(data))
            if not more:
                raise EOFError if self.count >= BLOCK else tarfile.ReadError
            data += more
        return data

    def extended(self, size: int) -> bytes:
        if size > EXTENDED:
            raise Invalid("the archive has an extended header that is too long")
        return self.exactly(size + -size % BLOCK)[:size]

    def finish(self) -> None:
        """To the end, so that a checksum that does not fit is found."""
        while self.read(64 * 1024):
            pass


class _Body(io.RawIOBase):
    """One entry's bytes, no further."""

    def __init__(self, stream: _Bounded, size: int) -> None:
        self.stream, self.left, self.padding = stream, size, -size % BLOCK

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = self.stream.read(min(len(buffer), self.left))
        if self.left and not data:
            raise EOFError
        self.left -= len(data)
        buffer[: len(data)] = data
        return len(data)

    def finish(self) -> None:
        while self.left:
            self.left -= len(self.stream.exactly(min(self.left, 64 * 1024)))
        self.stream.exactly(self.padding)
