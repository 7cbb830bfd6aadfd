"""A `.env` file: NAME=VALUE lines as shells and compose files write them, without anything that would be carried out."""

import re
from pathlib import Path
from typing import Final

from orrery_cli.failures import Failure

_NAME: Final = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*", re.ASCII)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


def load(path: Path) -> dict[str, str]:
    """What a file says; nothing where there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"cannot read `{path}`: {error}", kind="usage") from error
    try:
        return parse(text)
    except ValueError as error:
        raise Failure(f"`{path}`, line {error.args[0]}: it should be NAME=VALUE", kind="usage") from None


def parse(text: str) -> dict[str, str]:
    """Names and values; the last of several counts. Raises `ValueError` with the number of the line that is none.

    'single quotes' keep everything, "double quotes" know \\n, \\t, \\\\ and \\", both may go over several lines;
    without quotes a ` #` begins a comment. Nothing is substituted.
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        end = _line_end(text, at)
        line = text[at:end].strip()
        if not line or line.startswith("#"):
            at = end + 1
            continue
        start = at + len(text[at:end]) - len(text[at:end].lstrip())
        name = _NAME.match(text, start, end)
        if not name:
            raise ValueError(text.count("\n", 0, at) + 1)
        try:
            found[name[1]], at = _value(text, name.end())
        except ValueError:
            raise ValueError(text.count("\n", 0, at) + 1) from None
    return found


def _value(text: str, at: int) -> tuple[str, int]:
    """The value that begins there, and where the next line does."""
    quote = text[at : at + 1]
    if quote not in ("'", '"') or not quote:
        end = _line_end(text, at)
        return re.split(r"(?:^|\s)#", text[at:end], maxsplit=1)[0].strip(), end + 1
    pattern = r"'([^']*)'" if quote == "'" else r'"((?:[^"\\]|\\.)*)"'
    found = re.compile(pattern, re.DOTALL).match(text, at)
    if not found:
        raise ValueError
    end = _line_end(text, found.end())
    rest = text[found.end() : end].strip()
    if rest and not rest.startswith("#"):
        raise ValueError
    value = found[1]
    if quote == '"':
        value = re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), value, flags=re.DOTALL)
    return value, end + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
