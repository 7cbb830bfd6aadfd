"""`orrery organization audit-logs export`: a span, and its records as a table, a document, lines or a file."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from fake_plane import ORGANIZATION, Answer, Plane, error

Run = Callable[..., Result]
EXPORT = ("organization", "audit-logs", "export")
PATH = f"/v1/organizations/{ORGANIZATION}/audit-logs"


def asked(plane: Plane) -> dict[str, list[str]]:
    return plane.asked("GET", "/audit-logs")[-1].query


def test_the_span_is_the_apis_to_judge(orrery: Run, plane: Plane) -> None:
    orrery(*EXPORT, "--from", "2026-03-01", "--to", "2026-03-31T12:00:00Z")
    assert asked(plane) == {"startDate": ["2026-03-01"], "endDate": ["2026-03-31T12:00:00Z"]}
    orrery(*EXPORT)
    assert asked(plane) == {}


def test_so_many_days_until_now(orrery: Run, plane: Plane) -> None:
    before = datetime.now(UTC)
    orrery(*EXPORT, "--include", "30")
    (start,) = asked(plane)["startDate"]
    assert before <= datetime.fromisoformat(start) + timedelta(days=30) <= datetime.now(UTC)


@pytest.mark.parametrize("words", [["--include", "91"], ["--include", "0"], ["--include", "3", "--from", "2026-03-01"]])
def test_a_span_that_cannot_be_meant_is_wrong_usage(orrery: Run, plane: Plane, words: list[str]) -> None:
    assert orrery(*EXPORT, *words).exit_code == 2
    assert plane.asked("GET", "/audit-logs") == []


def test_a_file_holds_lines_compressed_if_it_is_called_so(orrery: Run, plane: Plane, tmp_path: Path) -> None:
    packed, plain = tmp_path / "audit.ndjson.gz", tmp_path / "audit.ndjson"
    document = json.loads(orrery(*EXPORT, "--output-file", str(packed), "-o", "json").stdout)
    orrery(*EXPORT, "--output-file", str(plain))
    assert document == {"file": str(packed), "records": 1}
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert [json.loads(line) for line in plain.read_text().splitlines()] == plane.audit_logs


def test_lines_go_to_stdout_for_the_next_command(orrery: Run, plane: Plane) -> None:
    plane.audit_logs *= 3
    assert [json.loads(line) for line in orrery(*EXPORT, "--output-file", "-").stdout.splitlines()] == plane.audit_logs


def test_a_server_that_says_nothing_of_compression_is_understood(orrery: Run, plane: Plane) -> None:
    plane.answer("GET", PATH, Answer(body=gzip.compress(b'{"path": "/v1"}\n'), headers={"content-type": "application/octet-stream"}))
    assert json.loads(orrery(*EXPORT, "-o", "json").stdout) == {"auditLogs": [{"path": "/v1"}]}


def test_a_quiet_time_is_an_empty_list(orrery: Run, plane: Plane) -> None:
    plane.audit_logs = []
    assert json.loads(orrery(*EXPORT, "-o", "json").stdout) == {"auditLogs": []}
    assert orrery(*EXPORT).stdout == "(none)\n"


def test_a_refusal_says_where_to_cut_and_writes_no_file(orrery: Run, plane: Plane, tmp_path: Path) -> None:
    plane.answer("GET", PATH, error(400, "`endDate` must be `2026-03-02T00:00:00.000Z` at the latest", code="INVALID"))
    result = orrery(*EXPORT, "--output-file", str(tmp_path / "a.gz"))
    assert result.exit_code == 2
    assert "`2026-03-02T00:00:00.000Z`" in result.stderr
    assert list(tmp_path.glob("a.gz")) == []


def test_a_file_that_cannot_be_written_is_told(orrery: Run, tmp_path: Path) -> None:
    result = orrery(*EXPORT, "--output-file", str(tmp_path / "missing" / "a.gz"))
    assert result.exit_code == 2
    assert "cannot write" in result.stderr
