"""Files in memory: readable again and again, by children too, and by nobody else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from govcloud_base import memory_file


def test_a_lent_file_can_be_read_again_and_by_children_until_it_is_gone() -> None:
    with memory_file.lent(b"content") as path:
        assert [Path(path).read_bytes() for _ in range(2)] == [b"content"] * 2
        assert subprocess.run(["cat", path], capture_output=True, check=True).stdout == b"content"
    with pytest.raises(OSError):
        Path(path).read_bytes()


def test_a_lent_file_can_be_written_by_children() -> None:
    with memory_file.lent() as path:
        subprocess.run(["/bin/sh", "-c", 'echo said > "$0"', path], check=True)
        assert Path(path).read_text() == "said\n"


def test_it_is_in_no_folder_and_its_owners_alone() -> None:
    with memory_file.lent(b"content") as path:
        status = Path(path).stat()
        assert (status.st_nlink, status.st_mode & 0o777) == (0, 0o600)


def test_equal_contents_are_kept_once() -> None:
    first, second = memory_file.kept(b"one"), memory_file.kept(b"two")
    assert first != second
    assert memory_file.kept(b"one") == first
    assert (Path(first).read_bytes(), Path(second).read_bytes()) == (b"one", b"two")
