"""The house keeps its own rules: import directions, small entrances, small files, and no word that is true on one machine only."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
ENTRANCE_LINES = 60
FILE_LINES = 400


def tracked(*patterns: str) -> list[pathlib.Path]:
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_imports_only_go_down():
    lint = pathlib.Path(sys.executable).with_name("lint-imports")
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/common'}", "PATH": "/usr/bin:/bin"}
    run = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "functions").glob("*/app.py")), ids=lambda path: path.parent.name)
def test_an_entrance_is_small(path):
    assert len(path.read_text().splitlines()) <= ENTRANCE_LINES


def test_no_file_outgrows_its_room():
    assert [str(p.relative_to(ROOT)) for p in tracked("*.py") if len(p.read_text().splitlines()) > FILE_LINES] == []


def test_every_room_says_what_it_is_for():
    rooms = [p for p in tracked("layers/**/*.py", "functions/**/*.py", "agent/**/*.py", "local/**/*.py") if p.read_text().strip()]
    assert [str(p.relative_to(ROOT)) for p in rooms if not p.read_text().lstrip().startswith('"""')] == []


def test_no_drawers_for_odds_and_ends():
    drawers = re.compile(r"(^|_)(utils?|helpers?|manager|common|impl)\.py$")
    assert [str(p.relative_to(ROOT)) for p in tracked("*.py") if drawers.search(p.name)] == []


def test_nothing_tracked_names_a_path_of_one_machine():
    here = re.compile("/" + r"(work|root|home/\w+)/")
    texts = [p for p in tracked("*.py", "*.md", "*.yaml", "*.toml", "*.json", "Makefile", "*.sh") if p.suffix != ".lock"]
    assert [str(p.relative_to(ROOT)) for p in texts if here.search(p.read_text(errors="replace"))] == []


def test_nothing_is_left_for_later():
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError")
    mine = pathlib.Path(__file__)
    assert [str(p.relative_to(ROOT)) for p in tracked("*.py") if p != mine and marks.search(p.read_text())] == []
