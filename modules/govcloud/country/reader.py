"""Strict reader: one small, plain YAML document a file, or all the reasons why not.

Limits come before work: what kind of file it is and its size before reading, encoding and invisible characters before
parsing, depth and number of parts while parsing.
"""

from __future__ import annotations

import codecs
import os
import stat
from itertools import islice
from pathlib import Path as FilePath

from govcloud.country.builder import Builder
from govcloud.country.characters import described, invisible
from govcloud.country.document import Document
from govcloud.refusal import refusal
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["MAX_BYTES", "content", "read_bytes", "read_file"]

MAX_BYTES = 256 * 1024
"""A declaration fits on a screen or a few; the largest table of law is far below this."""

_SHOWN_AT_ONCE = 20
"""Most invisible characters reported of one file: a binary file has thousands."""
_MARKS_OF_ENCODINGS = (
    codecs.BOM_UTF8,
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
)


def read_file(path: FilePath | str, shown: str) -> Document:
    """Read the file at `path`, called `shown` in problems.

    Raises GovCloudError with every problem found in it.
    """
    return read_bytes(content(path, shown), shown)


def content(path: FilePath | str, shown: str) -> bytes:
    """Return what the plain file at `path` holds, never more than MAX_BYTES and never by way of a link or device.

    Raises GovCloudError where it is none, is too large, or cannot be read.
    """
    try:
        # Without O_NONBLOCK the opening of a named pipe waits for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise GovCloudError(_unreadable(shown, "not a plain file", "không phải tệp thường"))
            if status.st_size > MAX_BYTES:
                raise GovCloudError(_too_large(shown, status.st_size))
            data = os.read(descriptor, MAX_BYTES + 1)
            while len(data) < status.st_size and (more := os.read(descriptor, MAX_BYTES + 1)):
                data += more
            return data
        finally:
            os.close(descriptor)
    except OSError as error:
        reason = refusal(error)
        raise GovCloudError(_unreadable(shown, reason.en, reason.vi)) from None


def read_bytes(data: bytes, shown: str) -> Document:
    """Read one strict YAML document from `data`, called `shown` in problems.

    Raises GovCloudError with every problem found.
    """
    if len(data) > MAX_BYTES:
        raise GovCloudError(_too_large(shown, len(data)))
    text = _decode(data, shown)
    problems = [
        Problem(
            "GC-READ-004",
            Text("an invisible character", "có ký tự vô hình"),
            Text("delete it; retype the word around it", "xóa ký tự đó và gõ lại từ chứa nó"),
            Place(shown, line, column),
            value=described(character),
        )
        for line, column, character in islice(invisible(text), _SHOWN_AT_ONCE)
    ]
    builder = Builder(data, shown)
    value = builder.build()
    problems += builder.problems
    if problems:
        raise GovCloudError(problems)
    return Document(shown, data, value)


def _unreadable(shown: str, english: str, vietnamese: str) -> Problem:
    return Problem(
        "GC-READ-001",
        Text(f"the file cannot be read: {english}", f"không đọc được tệp: {vietnamese}"),
        Text("check that it exists and may be read", "kiểm tra tệp có tồn tại và được phép đọc"),
        Place(shown),
    )


def _too_large(shown: str, size: int) -> Problem:
    return Problem(
        "GC-READ-002",
        Text(f"the file is too large: {size} bytes", f"tệp quá lớn: {size} byte"),
        Text("split it: one declaration a file", "tách tệp: mỗi tệp một khai báo"),
        Place(shown),
        value=f"{size}",
        allowed=f"<= {MAX_BYTES}",
    )


def _decode(data: bytes, shown: str) -> str:
    for mark in _MARKS_OF_ENCODINGS:
        if data.startswith(mark):
            raise GovCloudError(_encoding(shown, Place(shown, 1, 1), "byte order mark"))
    if (zero := data.find(b"\0")) >= 0:  # UTF-16 and UTF-32 without a mark
        raise GovCloudError(_encoding(shown, _place(data, zero, shown), "0x00"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        value = f"0x{data[error.start]:02x}"
        raise GovCloudError(_encoding(shown, _place(data, error.start, shown), value)) from None


def _place(data: bytes, index: int, shown: str) -> Place:
    before = data[:index]
    return Place(shown, before.count(b"\n") + 1, index - before.rfind(b"\n"))


def _encoding(shown: str, place: Place, value: str) -> Problem:
    return Problem(
        "GC-READ-003",
        Text("the file is not plain UTF-8", "tệp không phải UTF-8 thuần"),
        Text("save it as UTF-8 without a byte order mark", "lưu tệp dưới dạng UTF-8 không có BOM"),
        place,
        value=value,
        allowed="UTF-8",
    )
