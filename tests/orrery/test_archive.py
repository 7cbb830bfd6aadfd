"""An uploaded archive is taken whole or refused in words; what is written again unpacks to the same files and nothing else."""

import contextlib
import gzip
import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orrery import archive
from orrery.errors import Invalid

Member = tuple[str, bytes]
parts = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/\\"), min_size=1, max_size=12).filter(
    lambda part: part not in (".", "..", "dags")
)
paths = st.lists(parts, min_size=1, max_size=4).map("/".join)


def tar(*members: Member | tarfile.TarInfo, format: int = tarfile.PAX_FORMAT) -> io.BytesIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format) as into:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                into.addfile(member, io.BytesIO(b"x" * member.size))
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            into.addfile(info, io.BytesIO(member[1]))
    file.seek(0)
    return file


def entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def repacked(file: io.BytesIO) -> dict[str, bytes]:
    into = io.BytesIO()
    archive.repack(file, archive.check(file), into)
    into.seek(0)
    with tarfile.open(fileobj=into, mode="r:gz") as unpacked:
        return {m.name: (unpacked.extractfile(m) or io.BytesIO(b"(directory)")).read() for m in unpacked.getmembers()}


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(Invalid) as refused:
        archive.check(file)
    return refused.value.message


@given(
    st.dictionaries(paths, st.binary(max_size=2000), max_size=8), st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]), st.booleans()
)
@settings(max_examples=60, deadline=None)
def test_any_set_of_files_comes_through_unchanged(files: dict[str, bytes], format: int, gzipped: bool) -> None:
    files = {path: body for path, body in files.items() if not any(other.startswith(path + "/") for other in files)}
    file = tar(*files.items(), format=format)
    assert repacked(io.BytesIO(gzip.compress(file.getvalue())) if gzipped else file) == files


def test_a_long_name_may_be_cut_anywhere_in_the_header_that_follows_it() -> None:
    path = "dags/" + "ü" * 60 + ".py"  # a hundred bytes end within a letter
    assert repacked(tar((path, b"1"), format=tarfile.GNU_FORMAT)) == {path.removeprefix("dags/"): b"1"}


@given(st.binary(max_size=4000))
@settings(max_examples=200, deadline=None)
def test_bytes_of_any_kind_pass_or_are_refused_and_nothing_else_is_raised(noise: bytes) -> None:
    for upload in (noise, b"\x1f\x8b" + noise, gzip.compress(noise), tar(("a.py", noise)).getvalue()[: len(noise)]):
        with contextlib.suppress(Invalid):
            archive.check(io.BytesIO(upload))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_archive_never_unpacks_outside_its_root(data: st.DataObject) -> None:
    raw = bytearray(tar(("dags/a.py", b"print(1)\n" * 50), ("dags/b/c.py", b"x" * 700)).getvalue())
    for _ in range(3):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        names = repacked(io.BytesIO(bytes(raw)))
    except Invalid:
        return
    assert all(not name.startswith("/") and ".." not in name.split("/") for name in names)


def test_the_directory_dags_is_taken_off_when_everything_lies_under_it() -> None:
    assert repacked(tar(entry("dags", tarfile.DIRTYPE), ("dags/etl.py", b"1"), ("dags/dags/b.py", b"2"))) == {
        "etl.py": b"1",
        "dags/b.py": b"2",
    }


def test_an_archive_without_the_base_directory_is_taken_as_it_is() -> None:
    assert repacked(tar(("etl.py", b"1"), ("dags/b.py", b"2"))) == {"etl.py": b"1", "dags/b.py": b"2"}


def test_an_archive_made_in_its_own_directory_loses_the_leading_dot() -> None:
    assert repacked(tar(entry(".", tarfile.DIRTYPE), ("./etl.py", b"1"))) == {"etl.py": b"1"}
    assert repacked(tar(entry(".", tarfile.DIRTYPE), ("./dags/etl.py", b"1"))) == {"etl.py": b"1"}


def test_an_archive_of_no_files_is_a_deploy_of_no_dags() -> None:
    assert repacked(tar()) == {}


def test_the_same_files_give_the_same_bytes() -> None:
    def packed() -> bytes:
        file, into = tar(("dags/etl.py", b"1")), io.BytesIO()
        archive.repack(file, archive.check(file), into)
        return into.getvalue()

    assert packed() == packed()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: tar(("/etc/cron.d/x", b"")), "`/etc/cron.d/x` in the archive is an absolute path"),
        (lambda: tar(("dags/../../x.py", b"")), "leads out of it with `..`"),
        (lambda: tar(entry("dags/x", tarfile.SYMTYPE, "/etc/passwd")), "is a symbolic link"),
        (lambda: tar(("dags/y", b"1"), entry("dags/x", tarfile.LNKTYPE, "dags/y")), "is a hard link"),
        (lambda: tar(entry("dags/x", tarfile.CHRTYPE)), "is a device"),
        (lambda: tar(entry("dags/x", tarfile.BLKTYPE)), "is a device"),
        (lambda: tar(entry("dags/x", tarfile.FIFOTYPE)), "is a pipe"),
        (lambda: tar(("dags/a\nb.py", b"")), "has a control character in its name"),
        (lambda: tar(("dags\\etl.py", b"")), "has a backslash in its name"),
        (lambda: tar(("dags/" + "a" * 300, b"")), "has too long a name"),
        (lambda: tar(("dags/a.py", b"1"), ("dags/a.py", b"2")), "is in the archive more than once"),
        (lambda: tar(("dags/a", b"1"), ("dags/a/b.py", b"2")), "is in the archive more than once"),
        (lambda: io.BytesIO(b"PK\x03\x04 a zip"), "is not a tar archive"),
        (lambda: io.BytesIO(b""), "is not a tar archive"),
        (lambda: io.BytesIO(gzip.compress(b"hello" * 1000)), "is not a tar archive"),
        (lambda: io.BytesIO(tar(("a.py", b"1" * 5000)).getvalue()[:3000]), "ends too early"),
        (lambda: io.BytesIO(gzip.compress(tar(("a.py", bytes(range(256)) * 40)).getvalue())[:-12]), "ends too early"),
        (lambda: io.BytesIO(tar(("dags/é.py", b""), format=tarfile.GNU_FORMAT).getvalue().replace("é".encode(), b"\xff\xfe")), "tar"),
    ],
)
def test_a_bad_archive_is_refused_in_words(bad: Callable[[], io.BytesIO], words: str) -> None:
    assert words in refusal(bad())


def test_a_name_that_is_not_utf_8_is_refused() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as into:
        into.addfile(tarfile.TarInfo("dags/é.py"))
    assert "not UTF-8" in refusal(file)


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as packed:
        header = tarfile.TarInfo("dags/zeros")
        header.size = 8 * 1024**3
        packed.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(64):
            packed.write(bytes(1024**2))
    assert "decompression bomb" in refusal(bomb)


def test_an_endless_extended_header_is_refused_before_it_is_held_in_memory() -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 400 * 1024**2
    assert "extended header that is too long" in refusal(io.BytesIO(header.tobuf(tarfile.GNU_FORMAT) + bytes(4096)))


def extended_header(records: int) -> bytes:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, records * 5
    return header.tobuf(tarfile.GNU_FORMAT) + (b"5 a=\n" * records).ljust(-(-header.size // 512) * 512, b"\0")


def test_extended_headers_cost_no_more_time_than_honest_ones() -> None:
    plain = tar(("a.py", b"1")).getvalue()
    assert repacked(io.BytesIO(extended_header(100) * 8 + plain)) == {"a.py": b"1"}
    assert "more than 100 records" in refusal(io.BytesIO(extended_header(101) + plain))
    assert "more than 8 extended headers" in refusal(io.BytesIO(extended_header(1) * 9 + plain))


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 3)
    assert refusal(tar(*((f"dags/{n}.py", b"") for n in range(4)))) == "the archive has more than 3 entries"


def test_directories_that_only_paths_name_are_entries_too() -> None:
    deep = tar(*((f"{n}/" + "a/" * 500 + "b", b"") for n in range(50)))
    assert refusal(deep) == "the archive has more than 20000 entries"


def test_too_large_an_archive_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 2 * 1024**2)
    assert refusal(tar(("dags/a.bin", bytes(3 * 1024**2)))) == "the archive unpacks to more than 2 MiB"
