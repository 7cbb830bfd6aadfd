"""`orrery organization audit-logs`: who did what."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from orrery_cli.failures import Failure
from orrery_cli.session import current
from orrery_cli.shared import group

COLUMNS = ("timestamp", "subjectType", "subjectId", "sourceIp", "operationId", "responseStatus", "path")


@group("audit-logs")
def audit_logs() -> None:
    """See who did what in the Organization; for its owners.

    \b
    Examples:
      orrery organization audit-logs export --include 30 --output-file audit.ndjson.gz
    """


@audit_logs.command("export")
@click.option("--from", "start", metavar="DAY|TIME", help="Records from here on; seven days before the end when left out.")
@click.option("--to", "end", metavar="DAY|TIME", help="Records until here, a day counts whole; now when left out.")
@click.option("--include", metavar="DAYS", type=click.IntRange(1, 90), help="Records of so many days until now, in place of --from.")
@click.option("--output-file", metavar="FILE", help="Write lines of JSON there, gzip'd if it ends in `.gz`; `-` is stdout.")
def export(start: str | None, end: str | None, include: int | None, output_file: str | None) -> None:
    """Export the audit log: changes, refusals and looks at secrets.

    Times are like `2026-03-16T03:50:36Z`, days are UTC. Records are kept for ninety days. The API refuses a span with too many records for
    one answer and says where to cut it.

    \b
    Examples:
      orrery organization audit-logs export
      orrery organization audit-logs export --from 2026-03-01 --to 2026-03-31 --output-file march.ndjson.gz
      orrery organization audit-logs export --include 1 --output-file - | jq 'select(.responseStatus == 403)'
    """
    session = current()
    if include and start:
        raise Failure("`--include` and `--from` both say where to begin: give one of them", kind="usage")
    if include:
        start = (datetime.now(UTC) - timedelta(days=include)).isoformat()
    lines = _plain(session.api.get(f"{session.root}/audit-logs", {"startDate": start, "endDate": end}))
    if output_file == "-":
        click.echo(lines, nl=False)
    elif output_file:
        _write(Path(output_file), lines)
        session.show({"file": output_file, "records": lines.count(b"\n")})
    else:
        session.show({"auditLogs": _records(lines)}, COLUMNS)


def _plain(body: bytes | None) -> bytes:
    """Unpacked; usually the connection has done so already."""
    return gzip.decompress(body) if body and body.startswith(b"\x1f\x8b") else body or b""


def _records(lines: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


def _write(path: Path, lines: bytes) -> None:
    try:
        path.write_bytes(gzip.compress(lines, mtime=0) if path.suffix == ".gz" else lines)
    except OSError as problem:
        raise Failure(f"cannot write `{path}`: {problem.strerror}", kind="usage") from problem
