"""The console's files as a browser gets them: what they are, and how long one is kept. The same for this machine and for the bucket."""

import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

CONFIGURATION = "config.json"
INDEX = "index.html"
IMMUTABLE, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"

# not the machine's own table, which lies elsewhere on each and knows more or less
_TYPES = mimetypes.MimeTypes(filenames=())
for _ending, _type in {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}.items():
    _TYPES.add_type(_type, _ending)


@dataclass(frozen=True)
class File:
    key: str
    """Its place below the root, such as `assets/index-3f2a.js`."""
    body: bytes

    @property
    def type(self) -> str:
        guessed = _TYPES.guess_type(self.key)[0] or "application/octet-stream"
        return f"{guessed}; charset=utf-8" if guessed.startswith("text/") or guessed.endswith("json") else guessed

    @property
    def keep(self) -> str:
        """Cache-Control: a name under `assets/` has its content's hash in it, any other name says something new after each deploy."""
        return IMMUTABLE if self.key.startswith("assets/") else ASK_AGAIN

    @property
    def tag(self) -> str:
        """ETag, as S3 makes it."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True)
class Files:
    """A built console and the configuration of the stage that serves it."""

    folder: Path
    configuration: str

    def find(self, path: str) -> File | None:
        """The file at an address' path, percent-encoded as it came; never anything outside of the folder."""
        key = unquote(path.removeprefix("/"))
        if key == CONFIGURATION:
            return File(key, self.configuration.encode())
        found = self.folder / key
        if not _is_public(key) or not found.is_file():
            return None
        return File(key, found.read_bytes()) if found.resolve().is_relative_to(self.folder.resolve()) else None

    def every(self) -> Iterator[File]:
        """All that is to be published: what the index asks for comes before it."""
        keys = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        for key in sorted(filter(_is_public, keys - {CONFIGURATION, INDEX})):
            yield File(key, (self.folder / key).read_bytes())
        yield File(CONFIGURATION, self.configuration.encode())
        yield File(INDEX, (self.folder / INDEX).read_bytes())


def _is_public(key: str) -> bool:
    """Whether it names something below the folder, and nothing that begins with a dot."""
    return "\0" not in key and not any(part == "" or part.startswith(".") for part in key.split("/"))
