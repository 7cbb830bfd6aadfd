"""The journal gives back what was appended, whole, whatever happened to its last line."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.aws.journal import Journal, JournalError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tables.jsonl"


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond a hundred bytes: only while inside, because the test runner's own output may go to a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_records_come_back_in_order_after_a_new_start(path: Path) -> None:
    journal = Journal(path)
    journal.append({"n": 1})
    journal.append({"text": "line\nbreak and ü"})
    assert list(Journal(path).read()) == [{"n": 1}, {"text": "line\nbreak and ü"}]


def test_appending_reaches_the_file_before_it_returns(path: Path) -> None:
    Journal(path).append({"n": 1})
    assert path.read_bytes() == b'{"n":1}\n'


def test_a_torn_last_line_is_cut_off_and_appending_goes_on_after_it(path: Path) -> None:
    path.write_bytes(b'{"n":1}\n{"n":2,"ite')
    journal = Journal(path)
    assert list(journal.read()) == [{"n": 1}]
    journal.append({"n": 3})
    assert list(Journal(path).read()) == [{"n": 1}, {"n": 3}]


def test_a_damaged_line_before_the_last_is_reported_and_not_skipped(path: Path) -> None:
    path.write_bytes(b'{"n":1}\n{"n":\n{"n":3}\n')
    with pytest.raises(JournalError, match="line 2 of"):
        list(Journal(path).read())


def test_rewriting_replaces_everything_and_appending_goes_on_in_the_new_file(path: Path) -> None:
    journal = Journal(path, sync=True)
    for n in range(50):
        journal.append({"n": n})
    journal.rewrite([{"sum": 1225}])
    journal.append({"n": 50})
    assert path.read_bytes() == b'{"sum":1225}\n{"n":50}\n'
    assert journal.size == path.stat().st_size


def test_a_rewrite_that_was_cut_short_leaves_no_trace(path: Path) -> None:
    path.write_bytes(b'{"n":1}\n')
    path.with_suffix(".new").write_bytes(b'{"half":')
    journal = Journal(path)
    journal.rewrite(journal.read())
    assert path.read_bytes() == b'{"n":1}\n'


def test_a_full_disk_is_one_clear_line(path: Path) -> None:
    journal = Journal(path)
    journal.append({"n": 1})
    with full_disk(), pytest.raises(JournalError, match=r"cannot write `.*tables\.jsonl`: file too large"):
        journal.append({"text": "x" * 200})
    assert list(Journal(path).read()) == [{"n": 1}]


def test_a_rewrite_on_a_full_disk_keeps_the_old_file(path: Path) -> None:
    journal = Journal(path)
    journal.append({"n": 1})
    with full_disk(), pytest.raises(JournalError):
        journal.rewrite([{"text": "x" * 200}])
    assert list(Journal(path).read()) == [{"n": 1}]


def test_only_the_owner_can_read_it(path: Path) -> None:
    Journal(path).append({"n": 1})
    assert os.stat(path).st_mode & 0o077 == 0
