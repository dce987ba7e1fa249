"""Strict reader: one small, plain YAML document a file, or all the reasons why not.

It walks the events of PyYAML's C parser and builds values itself, so that nothing is coerced, merged, aliased or
constructed, and an alias bomb or a very deep document is refused while it is read. Limits come before work: size before
reading, depth and number of nodes while reading.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path as FilePath

import yaml

from govcloud.country.document import Document, Value
from govcloud.country.scalar import AmbiguousError, plain
from govcloud.errors import GovCloudError, Place, Problem, Text

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "read_bytes", "read_file"]

MAX_BYTES = 256 * 1024
"""A declaration fits on a screen or a few; the largest table of law is far below this."""
MAX_DEPTH = 24
MAX_NODES = 20_000

_MARKS_OF_ENCODINGS = (
    codecs.BOM_UTF8,
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
)
# Invisible and direction-changing characters make a reviewer see something else than the machine reads.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def read_file(path: FilePath, shown: str) -> Document:
    """Read the file at `path`, called `shown` in problems.

    Raises GovCloudError with every problem found in it.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise GovCloudError(_too_large(shown, size))
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise GovCloudError(
            Problem(
                "GC-READ-001",
                Text(f"the file cannot be read: {reason}", f"không đọc được tệp: {reason}"),
                Text("check that it exists and may be read", "kiểm tra tệp có tồn tại và được phép đọc"),
                Place(shown),
            )
        ) from None
    return read_bytes(data, shown)


def read_bytes(data: bytes, shown: str) -> Document:
    """Read one strict YAML document from `data`, called `shown` in problems.

    Raises GovCloudError with every problem found.
    """
    if len(data) > MAX_BYTES:
        raise GovCloudError(_too_large(shown, len(data)))
    text = _decode(data, shown)
    builder = _Builder(shown)
    invisible = _INVISIBLE.search(text)
    if invisible:
        line = text.count("\n", 0, invisible.start()) + 1
        column = invisible.start() - (text.rfind("\n", 0, invisible.start()) + 1) + 1
        builder.report(
            "GC-READ-004",
            Text("an invisible character", "có ký tự vô hình"),
            Text("delete it; retype the word around it", "xóa ký tự đó và gõ lại từ chứa nó"),
            Place(shown, line, column),
            value=f"U+{ord(invisible[0]):04X}",
        )
    try:
        builder.build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        builder.report_syntax(error)
    if builder.problems:
        raise GovCloudError(builder.problems)
    return Document(shown, text, builder.value)


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
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(shown, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise GovCloudError(_encoding(shown, place, f"0x{data[error.start]:02x}")) from None


def _encoding(shown: str, place: Place, value: str) -> Problem:
    return Problem(
        "GC-READ-003",
        Text("the file is not plain UTF-8", "tệp không phải UTF-8 thuần"),
        Text("save it as UTF-8 without a byte order mark", "lưu tệp dưới dạng UTF-8 không có BOM"),
        place,
        value=value,
        allowed="UTF-8",
    )


def _place_of(event: yaml.Event, shown: str) -> Place:
    mark = event.start_mark
    return Place(shown, mark.line + 1, mark.column + 1) if mark is not None else Place(shown)


class _LimitError(Exception):
    """The rest of the document is not worth reading: a limit is passed."""


class _Builder:
    """Builds one value from parser events and collects what is wrong on the way."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.value: Value = None
        self.problems: list[Problem] = []
        self._nodes = 0
        self._documents = 0

    def report(
        self,
        code: str,
        message: Text,
        fix: Text,
        place: Place,
        *,
        value: str | None = None,
        allowed: str | None = None,
    ) -> None:
        """Note one problem."""
        self.problems.append(Problem(code, message, fix, place, value, allowed))

    def report_syntax(self, error: yaml.YAMLError) -> None:
        """Note that the parser gave up."""
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        self.report(
            "GC-READ-005",
            Text(f"not valid YAML: {reason}", f"không đúng cú pháp YAML: {reason}"),
            Text(
                "check indentation, quotes and brackets at this place",
                "kiểm tra thụt dòng, dấu nháy và ngoặc tại vị trí này",
            ),
            Place(self.shown, mark.line + 1, mark.column + 1) if mark is not None else Place(self.shown),
        )

    def build(self, events: Iterator[yaml.Event]) -> None:
        """Read all events; stop early where a limit is passed."""
        try:
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self._document(event)
                    self.value = self._node(next(events), events, 1)
        except _LimitError:
            return
        if not self._documents:
            self.report(
                "GC-READ-006",
                Text("the file holds no document", "tệp không có nội dung"),
                Text("write a declaration, or delete the file", "viết khai báo, hoặc xóa tệp"),
                Place(self.shown),
            )

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self.report(
                "GC-READ-007",
                Text("a second document in one file", "có tài liệu thứ hai trong một tệp"),
                Text("move it to a file of its own", "chuyển nó sang tệp riêng"),
                _place_of(event, self.shown),
            )
            raise _LimitError
        if event.version or event.tags:
            self._refuse_feature("%", "directive", "chỉ thị", _place_of(event, self.shown))

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Value:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            self.report(
                "GC-READ-008",
                Text("the document is too large or too deep", "tài liệu quá lớn hoặc lồng quá sâu"),
                Text("split it: one declaration a file", "tách tệp: mỗi tệp một khai báo"),
                _place_of(event, self.shown),
                allowed=f"depth <= {MAX_DEPTH}, nodes <= {MAX_NODES}",
            )
            raise _LimitError
        if isinstance(event, yaml.AliasEvent):
            self._refuse_feature(f"*{event.anchor}", "alias", "bí danh", _place_of(event, self.shown))
            return None
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor is not None:
            self._refuse_feature(f"&{event.anchor}", "anchor", "neo", _place_of(event, self.shown))
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse_feature(str(tag), "tag", "nhãn kiểu", _place_of(event, self.shown))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, depth)
        return self._mapping(events, depth)

    def _sequence(self, events: Iterator[yaml.Event], depth: int) -> Value:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return tuple(items)

    def _mapping(self, events: Iterator[yaml.Event], depth: int) -> Value:
        result: dict[str, Value] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            name = self._node(event, events, depth + 1)
            if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style:
                self._refuse_feature("<<", "merge key", "khóa trộn", _place_of(event, self.shown))
            elif not isinstance(name, str) and name is not None:
                self.report(
                    "GC-READ-010",
                    Text("a field's name is not text", "tên trường không phải là văn bản"),
                    Text("quote the name if it is meant", "đặt tên trong dấu nháy nếu đúng ý"),
                    _place_of(event, self.shown),
                    value=str(getattr(event, "value", type(name).__name__)),
                )
            key = str(getattr(event, "value", name))
            if key in result:
                self.report(
                    "GC-READ-011",
                    Text(f"the field {key!r} stands twice", f"trường {key!r} bị lặp lại"),
                    Text("keep one of them", "chỉ giữ lại một"),
                    _place_of(event, self.shown),
                    value=key,
                )
            result[key] = self._node(next(events), events, depth + 1)
        return result

    def _scalar(self, event: yaml.ScalarEvent) -> str | int | Decimal | bool | object | None:
        if event.style:  # empty for a plain scalar
            return event.value
        try:
            return plain(event.value)
        except AmbiguousError:
            if event.value == "<<":  # reported by the mapping, by its name
                return event.value
            self.report(
                "GC-READ-012",
                Text(
                    "different YAML readers take this for different things",
                    "mỗi chương trình YAML hiểu giá trị này một cách khác nhau",
                ),
                Text(
                    f'write "{event.value}" in quotes if it is text, or true, false or a plain decimal number',
                    f'đặt trong dấu nháy "{event.value}" nếu là văn bản, hoặc dùng true, false hay số thập phân thường',
                ),
                _place_of(event, self.shown),
                value=event.value,
            )
            return event.value

    def _refuse_feature(self, value: str, english: str, vietnamese: str, place: Place) -> None:
        self.report(
            "GC-READ-009",
            Text(f"YAML's {english} is not allowed here", f"không được dùng {vietnamese} của YAML"),
            Text("write the value itself", "viết trực tiếp giá trị"),
            place,
            value=value,
        )
