"""How a document looks on stdout: json and yaml are the API's own words, a table is for people."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import click

Format = Literal["json", "yaml", "table"]
Columns = Sequence[str]
"""Keys of an item, dotted for nested ones; the heading is the key in capitals."""

_COLOURS: Final = {
    **dict.fromkeys(("HEALTHY", "CREATED", "DEPLOYED", "ACTIVE"), "green"),
    **dict.fromkeys(("UNHEALTHY", "FAILED", "CREATE_FAILED", "UPDATE_FAILED"), "red"),
    **dict.fromkeys(("CREATING", "DEPLOYING", "INITIALIZED", "UPDATING"), "yellow"),
    **dict.fromkeys(("HIBERNATING", "UNKNOWN", "INACTIVE"), "cyan"),
}
_BREAKS: Final = frozenset("\x85\u2028\u2029")


def show(document: Any, output: Format, columns: Columns = ()) -> None:
    """Write one document to stdout and nothing else."""
    if output == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif output == "yaml":
        click.echo(yaml_text(document), nl=False)
    else:
        click.echo(_table(document, columns), nl=False)


def yaml_text(document: Any) -> str:
    """YAML that reads back as what it was."""
    import yaml  # costs every other command twenty milliseconds

    class Dumper(yaml.SafeDumper):
        """Writes the rarer line breaks of Unicode as escapes: bare, a reader takes them for spaces."""

        def represent_text(self, text: str) -> yaml.ScalarNode:
            return self.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _BREAKS & set(text) else None)

    Dumper.add_representer(str, Dumper.represent_text)
    return yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True)


def note(text: str) -> None:
    """A word to the person who waits: stderr, so that stdout stays one document."""
    click.echo(text, err=True)


def _table(document: Any, columns: Columns) -> str:
    if isinstance(document, Mapping):
        found = next((value for value in document.values() if isinstance(value, list)), None)
        if len(document) == 1 and found is not None:
            return rows(found, columns)
        return _record(document, columns)
    return f"{document}\n"


def rows(items: list[Any], columns: Columns) -> str:
    """A table: a line of headings, then one an item."""
    if not items:
        return "(none)\n"
    headings = columns or tuple(items[0])
    lines = [[_heading(each) for each in headings]] + [[_cell(_at(item, each)) for each in headings] for item in items]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    painted = ["  ".join(_paint(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(painted) + "\n"


def _record(document: Mapping[str, Any], columns: Columns) -> str:
    keys = columns or tuple(document)
    width = max((len(each) for each in keys), default=0)
    return "".join(f"{each:<{width}}  {_paint(_cell(_at(document, each)), 0)}".rstrip() + "\n" for each in keys)


def _at(item: Any, path: str) -> Any:
    for key in path.split("."):
        item = item.get(key) if isinstance(item, Mapping) else None
    return item


def _heading(path: str) -> str:
    words = "".join(f" {c}" if c.isupper() else c for c in path.rsplit(".", 1)[-1])
    return words.upper()


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _paint(cell: str, width: int) -> str:
    padded = f"{cell:<{width}}"
    colour = _COLOURS.get(cell)
    if not colour or os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return padded
    return click.style(padded, fg=colour)
