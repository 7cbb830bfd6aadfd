"""Reading what processes wrote: every line once, through rotation, in pieces of any size."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from orrery.model.log_lines import LONGEST

from local.home import logs, supervisor

STAMP = "2026-11-27T00:54:48.518560Z"
AT = int(datetime(2026, 11, 27, 0, 54, 48, tzinfo=UTC).timestamp() * 1000) + 518


def line(number: int) -> str:
    return f"{STAMP} [info     ] line {number}"


class Reader:
    """Somebody who looks again and again and remembers only the place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.after: dict[str, Any] = {}

    def look(self, most: int = 1_000_000) -> list[dict[str, Any]]:
        told = logs.read(self.folder, self.after, most=most)
        self.after = told["after"]
        return list(told["entries"])

    def everything(self, most: int = 1_000_000) -> list[str]:
        """Until there is no more."""
        found: list[str] = []
        for _ in range(1000):
            told = logs.read(self.folder, self.after, most=most)
            self.after = told["after"]
            found += [entry["raw"] for entry in told["entries"]]
            if not told["more"]:
                return found
        raise AssertionError("there is always more")


def write(file: Path, text: str) -> None:
    with open(file, "a") as log:
        log.write(text)


def rotate(file: Path) -> None:
    """As the supervisor does when a log has grown too long."""
    before = supervisor._LOG_BYTES
    supervisor._LOG_BYTES = 0
    try:
        supervisor._bound(file)
    finally:
        supervisor._LOG_BYTES = before


def test_each_component_is_named_and_nothing_else_is_read(tmp_path: Path) -> None:
    for name in ("api-server", "scheduler", "dag-processor", "triggerer", "worker-w1", "worker-w2", "broker", "scheduler.old"):
        write(tmp_path / f"{name}.log", f"{STAMP} from {name}\n")
    found = Reader(tmp_path).look()
    assert sorted((entry["source"], entry["raw"].split()[-1], entry["at"]) for entry in found) == [
        ("apiserver", "api-server", AT), ("dag-processor", "dag-processor", AT), ("scheduler", "scheduler", AT),
        ("triggerer", "triggerer", AT), ("worker", "worker-w1", AT), ("worker", "worker-w2", AT),
    ]  # fmt: skip


def test_a_second_look_brings_only_what_is_new_and_whole(tmp_path: Path) -> None:
    reader, file = Reader(tmp_path), tmp_path / "scheduler.log"
    write(file, f"{line(1)}\n{line(2)}")
    assert [entry["raw"] for entry in reader.look()] == [line(1)]
    assert reader.look() == []
    write(file, f" and its end\n{line(3)}\n")
    assert [entry["raw"] for entry in reader.look()] == [f"{line(2)} and its end", line(3)]


def test_a_traceback_belongs_to_what_was_said_before_it(tmp_path: Path) -> None:
    write(tmp_path / "scheduler.log", f"{line(1)}\nTraceback (most recent call last):\n  File x\n\nValueError: no\n{line(2)}\n")
    found = Reader(tmp_path).look()
    assert [entry["raw"].split("\n") for entry in found] == [
        [line(1), "Traceback (most recent call last):", "  File x", "", "ValueError: no"],
        [line(2)],
    ]


def test_what_has_no_time_is_as_old_as_its_file(tmp_path: Path) -> None:
    file = tmp_path / "worker-w1.log"
    write(file, " ------ celery\n--- * ---\n\n")
    os.utime(file, (1000.5, 1000.5))
    assert Reader(tmp_path).look() == [{"source": "worker", "at": 1_000_500, "raw": " ------ celery\n--- * ---"}]


def test_times_are_read_as_they_are_written(tmp_path: Path) -> None:
    write(tmp_path / "scheduler.log", "2026-11-27T00:54:48Z a\n[2026-11-27 00:54:48,518+00:00: INFO] b\n2026-11-27T02:54:48+02:00 c\n")
    assert [entry["at"] for entry in Reader(tmp_path).look()] == [AT - 518, AT, AT - 518]
    write(tmp_path / "scheduler.log", f"{line(1)}\n2026-13-45T99:99:99Z no time\n")
    assert [entry["at"] for entry in Reader(tmp_path).look()][-1] == AT


def test_colours_and_what_is_no_text_are_taken_out(tmp_path: Path) -> None:
    (tmp_path / "scheduler.log").write_bytes(f"{STAMP} \x1b[31mred\x1b[0m \x00bell\x07\tand ".encode() + b"\xff\xfe\r\n")
    assert [entry["raw"] for entry in Reader(tmp_path).look()] == [f"{STAMP} red bell\tand ��"]


def test_a_line_without_an_end_is_cut(tmp_path: Path) -> None:
    write(tmp_path / "scheduler.log", f"{STAMP} {'a' * 50_000}\n{line(2)}\n")
    found = Reader(tmp_path).everything(most=100_000)
    assert [len(raw) for raw in found] == [LONGEST, len(line(2))]
    assert Reader(tmp_path).everything(most=20_000)[-1].endswith(line(2))


def test_what_was_rotated_away_after_a_look_is_read_from_the_older_part(tmp_path: Path) -> None:
    reader, file = Reader(tmp_path), tmp_path / "scheduler.log"
    write(file, f"{line(1)}\n")
    reader.look()
    write(file, f"{line(2)}\n")
    rotate(file)
    write(file, f"{line(3)}\n")
    assert reader.everything() == [line(2), line(3)]


def test_a_file_that_has_grown_again_beyond_the_place_is_known_for_another(tmp_path: Path) -> None:
    reader, file = Reader(tmp_path), tmp_path / "scheduler.log"
    write(file, f"{line(1)}\n")
    reader.look()
    rotate(file)
    lines = [line(number) for number in range(2, 9)]
    write(file, "\n".join(lines) + "\n")
    assert reader.everything() == lines


def test_what_was_rotated_away_twice_is_said_to_be_gone(tmp_path: Path) -> None:
    reader, file = Reader(tmp_path), tmp_path / "scheduler.log"
    write(file, f"{line(1)}\n")
    reader.look()
    for number in (2, 3):
        write(file, f"{line(number)} {'and more ' * number}\n")
        rotate(file)
    write(file, f"{line(4)}\n")
    found = reader.everything()
    assert found[0] == "orrery: earlier lines were rotated away before they could be read"
    assert [raw.split(" and")[0] for raw in found[1:]] == [line(3), line(4)]


def test_a_first_look_begins_with_the_older_part(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.log"
    write(file, f"{line(1)}\n")
    rotate(file)
    write(file, f"{line(2)}\n")
    assert Reader(tmp_path).everything() == [line(1), line(2)]


def test_a_place_that_makes_no_sense_is_the_beginning(tmp_path: Path) -> None:
    write(tmp_path / "scheduler.log", f"{line(1)}\n")
    for nonsense in ("x", [], [-1, 0, False], [1, 2], {"offset": 1}, None):
        assert [entry["raw"] for entry in logs.read(tmp_path, {"scheduler": nonsense}, most=100_000)["entries"]] == [line(1)]


def test_of_many_files_each_has_its_turn(tmp_path: Path) -> None:
    for number in range(40):
        write(tmp_path / f"worker-w{number:02}.log", "".join(f"{STAMP} {number} {count}\n" for count in range(1000)))
    reader = Reader(tmp_path)
    assert sum(len(entry["raw"]) for entry in reader.look(most=100_000)) <= 100_000
    reader.after = {}
    found = reader.everything(most=100_000)
    assert sorted(found) == sorted(f"{STAMP} {number} {count}" for number in range(40) for count in range(1000))


STEPS = st.lists(st.one_of(st.integers(1, 30), st.just("rotate"), st.just("look")), max_size=30)


@settings(max_examples=100, deadline=None)
@given(steps=STEPS, most=st.integers(20_000, 60_000))
def test_every_line_is_read_once_and_in_order_whenever_somebody_looks(tmp_path_factory: Any, steps: list[Any], most: int) -> None:
    """As long as nothing is rotated twice between two looks."""
    folder = tmp_path_factory.mktemp("logs")
    reader, file = Reader(folder), folder / "scheduler.log"
    file.touch()
    written: list[str] = []
    found: list[str] = []
    was_rotated = False
    for step in steps:
        if step == "look" or (step == "rotate" and was_rotated):
            found += reader.everything(most)
            was_rotated = False
        if step == "rotate":
            rotate(file)
            was_rotated = True
        elif step != "look":
            fresh = [f"{line(len(written) + number)} {'x' * (1 + 37 * number % 500)}" for number in range(step)]
            write(file, "".join(f"{each}\n" for each in fresh))
            written += fresh
    assert found + reader.everything(most) == written
