"""Logs of components as entries, once or on and on."""

import json
import os
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from orrery_cli.session import Session

_EVERY: Final = 0.5
_PAGE: Final = 1 << 20

Entry = dict[str, Any]


def last(component: str, file: Path, limit: int) -> list[Entry]:
    """The last lines of a file, oldest first; none where there is no file yet."""
    if not file.exists():
        return []
    with file.open(errors="replace") as lines:
        return [_entry(component, line) for line in deque(lines, maxlen=limit)]


def follow(session: Session, files: Mapping[str, Path]) -> None:
    """Every line that is written from now on, until somebody interrupts; files may come, and be started anew."""
    at = {name: _size(file) for name, file in files.items()}
    while True:
        for name, file in files.items():
            content = _fresh(file, at[name])
            if content is None:
                at[name] = 0
                continue
            at[name] += len(content)
            show(session, [_entry(name, line) for line in content.decode(errors="replace").splitlines()])
        time.sleep(_EVERY)


def show(session: Session, entries: list[Entry]) -> None:
    for entry in entries:
        click.echo(json.dumps(entry, ensure_ascii=False) if session.output == "json" else f"{entry['source']:13} {entry['raw']}")


def _fresh(file: Path, at: int) -> bytes | None:
    """Whole lines after a place in the file; None when it was started anew."""
    if _size(file) < at:
        return None
    try:
        with file.open("rb") as opened:
            opened.seek(at)
            content = opened.read(_PAGE)
    except OSError:
        return b""
    return content if len(content) == _PAGE else content[: content.rfind(b"\n") + 1]


def _size(file: Path) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return 0


def _entry(component: str, line: str) -> Entry:
    return {"source": component, "raw": line.rstrip("\r\n")}
