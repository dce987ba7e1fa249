"""Files that are replaced whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from govcloud_base.replacement import remove_begun, replacement


def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    with pytest.raises(OSError, match="no space"), replacement(file) as begun:
        begun.write_text("half")
        raise OSError("no space")
    assert (file.read_text(), [*tmp_path.iterdir()]) == ("before", [file])
    with replacement(file) as begun:
        begun.symlink_to("elsewhere")
    assert (str(file.readlink()), [*tmp_path.iterdir()]) == ("elsewhere", [file])


def test_what_a_link_leads_to_is_not_written(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.write_text("of another")
    link.symlink_to(kept)
    with replacement(link) as begun:
        begun.write_text("ours")
    assert (kept.read_text(), link.read_text(), link.is_symlink()) == ("of another", "ours", False)


def test_writers_at_once_do_not_meet(tmp_path: Path) -> None:
    file, together = tmp_path / "file", threading.Barrier(8, timeout=60)

    def write(number: int) -> None:
        with replacement(file) as begun, begun.open("x") as stream:
            together.wait()
            stream.write(f"{number}" * 5000)
            stream.flush()
            remove_begun(tmp_path, 0)  # another's are being written
            together.wait()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = file.read_text()
    assert (len(written), len(set(written))) == (5000, 1)
    assert [*tmp_path.iterdir()] == [file]
