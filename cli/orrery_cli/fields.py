"""`-F key=value` words as a JSON body: numbers, true, false and null are themselves, `a[b]=` nests and `a[]=` appends."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure

_KEY: Final = re.compile(r"([^\[\]=]+)((?:\[[^\[\]=]*\])*)")


def parse(pairs: Iterable[str]) -> dict[str, Any]:
    """One object from many pairs; `@file` as a value reads the file as text."""
    body: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        matched = _KEY.fullmatch(key)
        if not equals or not matched:
            raise Failure(f"a field is written key=value, not `{pair}`", kind="usage")
        path = [matched[1], *re.findall(r"\[([^\[\]]*)\]", matched[2])]
        _set(body, path, _value(text), pair)
    return body


def _set(body: dict[str, Any], path: list[str], value: Any, pair: str) -> None:
    target: Any = body
    for key, following in zip(path, [*path[1:], None], strict=True):
        last = following is None
        if key == "" and isinstance(target, list):
            target.append(value if last else ([] if following == "" else {}))
            target = target[-1]
        elif key != "" and isinstance(target, dict):
            if last:
                target[key] = value
            else:
                target = target.setdefault(key, [] if following == "" else {})
        else:
            raise Failure(f"`{pair}` does not fit the fields before it", kind="usage")


def _value(text: str) -> Any:
    if text.startswith("@"):
        try:
            return Path(text[1:]).read_text()
        except OSError as error:
            raise Failure(f"cannot read `{text[1:]}`: {error.strerror}", kind="usage") from error
    if text in ("true", "false", "null") or re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
        return json.loads(text)
    return text
