"""What the system refuses is told in the reader's language."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from govcloud.country.reader import read_file
from govcloud.errors import GovCloudError
from govcloud.refusal import refusal


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOENT, errno.ENOSPC, errno.EROFS, errno.EISDIR])
def test_a_common_refusal_has_vietnamese_words(number: int) -> None:
    said = refusal(OSError(number, os.strerror(number)))
    assert said.en == os.strerror(number)
    assert os.strerror(number) not in said.vi
    assert not said.vi.isascii()


def test_an_uncommon_one_keeps_its_code() -> None:
    assert refusal(OSError(errno.EXDEV, os.strerror(errno.EXDEV))).vi == "lỗi hệ thống EXDEV"
    assert refusal(TimeoutError()).en == "TimeoutError"


def test_a_file_that_is_not_there_is_told_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(GovCloudError) as caught:
        read_file(tmp_path / "none.yaml", "none.yaml")
    (problem,) = caught.value.problems
    assert "No such file" in problem.message.en
    assert "không có tệp" in problem.message.vi
    assert "No such file" not in problem.message.vi
