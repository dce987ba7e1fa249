"""Files of a cache under attack: planted, swapped, half written, written by two at once."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from govcloud_base import own_file

NAME = f"{'a1' * 8}.readings"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "cache" / NAME
    own_file.write(made, b"own", 3)
    return made


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_written_is_read(file: Path) -> None:
    assert own_file.read(file, 100) == b"own"
    assert own_file.read(file, 2) == b"ow"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def _linked(file: Path) -> None:
    file.rename(file.with_name("other"))
    file.symlink_to("other")


def _linked_folder(file: Path) -> None:
    file.parent.rename(file.parent.with_name("other"))
    file.parent.symlink_to("other")


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize(
    "harm",
    [
        _linked,
        _linked_folder,
        _pipe,
        lambda file: file.chmod(0o620),
        lambda file: file.parent.chmod(0o770),
        lambda file: os.chown(file, 12345, -1),
        lambda file: os.chown(file.parent, 12345, -1),
    ],
)
def test_what_others_could_have_put_there_is_not_believed(file: Path, harm: Callable[[Path], None]) -> None:
    try:
        harm(file)
    except PermissionError:
        pytest.skip("only root gives files away")
    with pytest.raises(OSError):
        own_file.read(file, 100)


def test_nothing_is_written_or_removed_behind_a_link(tmp_path: Path) -> None:
    mine = tmp_path / "documents"
    mine.mkdir()
    for number in range(9):
        (mine / f"{number:016x}.letters").write_text("dear")
    (tmp_path / "cache").symlink_to(mine)
    with pytest.raises(OSError):
        own_file.write(tmp_path / "cache" / NAME, b"x", 1)
    assert len(_names(mine)) == 9


def test_only_files_of_the_cache_are_ever_removed(file: Path) -> None:
    others = ["notes.txt", "thesis.pdf", "abc.json", ".hidden"]
    for name in others:
        (file.parent / name).write_text("mine")
    for number in range(5):
        own_file.write(file.with_name(f"{number:016x}.readings"), b"x", 2)
        os.utime(file.with_name(f"{number:016x}.readings"), (number, number))
    assert sorted(set(_names(file.parent)) & set(others)) == sorted(others)
    assert len(_names(file.parent)) == len(others) + 2


def test_a_write_that_fails_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError):
        own_file.write(file, b"new", 3)
    assert _names(file.parent) == [NAME]
    assert own_file.read(file, 100) == b"own"


def test_what_a_killed_writer_left_goes_in_time(file: Path) -> None:
    fresh, old = (file.with_name(f".{NAME}.{mark * 8}.new") for mark in ("ab", "cd"))
    for begun in (fresh, old):
        begun.write_text("half")
    os.utime(old, (time.time() - 7200,) * 2)
    own_file.write(file, b"new", 3)
    assert _names(file.parent) == [fresh.name, NAME]


def test_of_two_writers_one_wins_whole(file: Path) -> None:
    contents = [bytes([65 + number]) * 200_000 for number in range(4)]

    def write_often(data: bytes) -> None:
        for _ in range(20):
            own_file.write(file, data, 3)

    writers = [threading.Thread(target=write_often, args=(data,)) for data in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert own_file.read(file, 1 << 20) in [b"own", *contents]
    assert own_file.read(file, 1 << 20) in contents
    assert _names(file.parent) == [NAME]
