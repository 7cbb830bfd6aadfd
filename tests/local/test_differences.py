"""The page of local differences names tests that exist, and leaves no difference without a test or a reason."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "local-differences.md").read_text()
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| Here")]


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE))), ids="::".join)
def test_a_test_that_is_named_exists(named: tuple[str, str]) -> None:
    file, test = named
    assert (ROOT / file).is_file()
    assert not test or re.search(rf"^\s*(async )?def {test}\(", (ROOT / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip()[:60])
def test_a_difference_has_a_test_or_a_reason(row: list[str]) -> None:
    here, there, why = (cell.strip() for cell in row)
    assert here
    assert there
    assert "::test_" in why or "tests/" in why or len(why.removeprefix("Reason:").split()) >= 3
