"""What a `.env` file says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery_cli.failures import Failure
from orrery_cli.local import dotenv

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\nB = two words # and a comment\n", {"A": "1", "B": "two words"}),
        ("export A=1", {"A": "1"}),
        ("  # nothing\n\nA=", {"A": ""}),
        ("A='it is # $HOME \\n'", {"A": "it is # $HOME \\n"}),
        ('A="a\\nb \\"c\\" \\\\"  # said', {"A": 'a\nb "c" \\'}),
        ("KEY='-----BEGIN\nabc\n-----END'\nB=2", {"KEY": "-----BEGIN\nabc\n-----END", "B": "2"}),
        ("A=1\nA=2", {"A": "2"}),
        ("URL=postgres://ada:p#ss@host/db?x=y", {"URL": "postgres://ada:p#ss@host/db?x=y"}),
        ('EXTRA={"a": 1}', {"EXTRA": '{"a": 1}'}),
        ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    ],
)
def test_lines_are_names_and_values(text: str, found: dict[str, str]) -> None:
    assert dotenv.parse(text) == found


@pytest.mark.parametrize(("text", "line"), [("A=1\nnonsense\n", 2), ("A=1\n\nB='open\n", 3), ("1A=2", 1), ('A="x" y', 1), ("A=1\n=2", 2)])
def test_a_line_that_says_nothing_is_named(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / ".env").write_text(text)
    with pytest.raises(Failure, match=f"line {line}: it should be NAME=VALUE"):
        dotenv.load(tmp_path / ".env")


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert dotenv.load(tmp_path / ".env") == {}


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_is_quoted_comes_back_whatever_it_is(said: dict[str, str]) -> None:
    quoted = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in said.items()}
    assert dotenv.parse("".join(f'{name}="{value}"\n' for name, value in quoted.items())) == said


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = dotenv.parse(text)
    except ValueError as error:
        found = {}
        refused = error.args[0]
    else:
        refused = 1
    assert 1 <= refused <= text.count("\n") + 1
    assert all(name and "=" not in name for name in found)
